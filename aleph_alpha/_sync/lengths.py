# Made from aleph_alpha/_async/lengths.py by scripts/unasync.py: change it there, then run `make fix`.
"""Prompts that cannot fit, refused before they are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aleph_alpha._runtime.threads import in_background
from aleph_alpha.errors import InvalidRequestError, NotFoundError, PromptDoesNotFitError, ResponseError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["NOT_TOLD", "check_length"]

_BESIDE = ("completion_expected", "target", "instruction")  # texts that are in the context, too
NOT_TOLD = 0  # in the place of the size, or of a tokenizer, that the deployment does not have


def check_length(client: Any, operation: str, model: str, request: object, first: int) -> None:
    """Refuse a request with a prompt that has more tokens than the model takes.

    Where the deployment does not tell how many these are, or has no tokenizer, nothing is refused.

    Raises:
        PromptDoesNotFitError: it has; the message says which prompt, counted from the `first`.
    """
    sizes = client._context_sizes
    if sizes.get(model) == NOT_TOLD:
        return
    try:
        limit = client.context_size(model)
        tokenizer = client.tokenizer(model)
    except (NotFoundError, ResponseError, InvalidRequestError):  # the API is the one to say what it has not
        sizes[model] = NOT_TOLD
        return
    in_background(_check, operation, request, model, tokenizer, limit, first)


def _check(operation: str, request: Any, model: str, tokenizer: Tokenizer, limit: int, first: int) -> None:
    from aleph_alpha.prompt.lengths import count_tokens

    fields = vars(request)
    prompts = {f"prompts[{index}]": prompt for index, prompt in enumerate(fields.get("prompts", ()), first)}
    prompts |= {name: fields[name] for name in ("prompt", "input") if name in fields}
    more = sum(count_tokens(fields[name], tokenizer) for name in _BESIDE if fields.get(name))
    for name, prompt in prompts.items():
        tokens = count_tokens(prompt, tokenizer) + more
        if tokens > limit:
            what = f"{name} and the text beside it have" if more else f"{name} has"
            raise PromptDoesNotFitError(
                f"{operation}: {what} {tokens} tokens, {model} takes {limit}; nothing was sent",
                tokens=tokens,
                limit=limit,
            )
