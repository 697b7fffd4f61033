# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
"""Low-level client of the Aleph Alpha inference API, version 4.7.0.

Generated from openapi/inference.yaml (sha256 fa09201553c5a7b6bfcecf6627420100cc404f47e7c349d4626d9703d01a7dc1). Not to be edited: run `make regenerate`.

Three things, and no network:

- `models`: one attrs class a schema. A field that is absent is `UNSET`; one that is `None` is JSON null. Fields that
  the contract does not know are kept in `additional_properties`, enum values that it does not know become members of
  their own. `to_dict()` and `from_dict()` map to and from JSON values.
- `api.<tag>.<operation>.build_request(...)`: method, URL (relative to `{host}/v1`), query, headers and JSON body of a
  request, as keyword arguments for any HTTP library.
- `api.<tag>.<operation>.parse_response(status_code, content)`: the answer's model, or the API's `Error`. It raises
  `DecodeError`, naming the place, for an answer that does not have the contract's shape, and `UnexpectedStatus` for a
  status that the contract does not have.

`openapi.json` beside this file is the contract itself.

With httpx (here with a canned answer in place of a server):

    >>> import httpx
    >>> from aleph_alpha_api.api.tasks import complete
    >>> from aleph_alpha_api.models import CompletionRequest, CompletionResponse
    >>> answer = {
    ...     "completions": [{"index": 0, "completion": " Berlin.", "finish_reason": "end_of_text"}],
    ...     "model_version": "1",
    ...     "num_tokens_prompt_total": 6,
    ...     "num_tokens_generated": 3,
    ... }
    >>> transport = httpx.MockTransport(lambda request: httpx.Response(200, json=answer))
    >>> body = CompletionRequest(model="m", prompt="The capital of Germany is")
    >>> request = complete.build_request(body=body, nice=True)
    >>> with httpx.Client(base_url="https://inference.example.com/v1", transport=transport) as client:
    ...     response = client.request(**request)
    >>> parsed = complete.parse_response(response.status_code, response.content)
    >>> assert isinstance(parsed, CompletionResponse)
    >>> parsed.completions[0].completion
    ' Berlin.'
"""

from .errors import DecodeError, UnexpectedStatus
from .types import UNSET, File, Unset

__all__ = ["SPEC_SHA256", "SPEC_VERSION", "UNSET", "DecodeError", "File", "UnexpectedStatus", "Unset"]

#: Version and hash of the contract this package was generated from.
SPEC_VERSION = "4.7.0"
SPEC_SHA256 = "fa09201553c5a7b6bfcecf6627420100cc404f47e7c349d4626d9703d01a7dc1"
