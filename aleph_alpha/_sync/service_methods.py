# Made from aleph_alpha/_async/service_methods.py by scripts/unasync.py: change it there, then run `make fix`.
"""The methods of the client about the account, and about what the deployment has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aleph_alpha._runtime.threads import in_background
from aleph_alpha._sync.methods import Methods
from aleph_alpha.version import check_api_version

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from aleph_alpha.prompt.prompt import Prompt
    from aleph_alpha.service.account import ApiToken, NewApiToken, RecentRequest, UserDetail
    from aleph_alpha.service.compatibility import CompatibilityReport
    from aleph_alpha.service.model_settings import ModelCatalogue

__all__ = ["ServiceMethods"]


class ServiceMethods(Methods):
    """Version, models and what they can do, tokens, account, permissions, the API's own document."""

    _tokenizers: dict[str, Tokenizer]
    _context_sizes: dict[str, int]

    def get_version(self) -> str:
        """Version of the API, as in ``"4.7.0"``.

        Raises: as :meth:`complete`.
        """
        from aleph_alpha.service.models import version_call

        return self._send(version_call())

    def validate_version(self) -> None:
        """Check that the API is one that this client works with: 1.16 or newer.

        Raises:
            UnsupportedVersionError: it is older, or says what is not a version.
            And as :meth:`complete`.

        >>> client.validate_version()
        """
        check_api_version(self.get_version())

    def models(self) -> list[dict[str, Any]]:
        """The models that can be used now, as the API describes them: ``name``, ``max_context_size``, ...

        Raises: as :meth:`complete`.

        >>> "toy-base" in [model["name"] for model in client.models()]
        True
        """
        from aleph_alpha.service.models import models_call

        return self._send(models_call())

    def tokenizer(self, model: str, *, refresh: bool = False) -> Tokenizer:
        """The model's tokenizer, a ``tokenizers.Tokenizer``; 2 to 10 MB are downloaded.

        It is downloaded and parsed once: the client remembers it, and it is kept on disk for a day,
        in the folder that the environment variable ``AA_CACHE`` names (by default one in the user's
        folder for caches; an empty ``AA_CACHE`` keeps nothing). All who ask share one object, which is
        safe to encode and decode with: **copy it** (``copy.deepcopy``) before changing it, such as with
        ``enable_padding``. Parsing takes 0.1 s for 32,000 tokens and 0.6 s for 128,000, in which no
        other Python thread runs.

        Args:
            model: name of the model.
            refresh: download it again, for when the model has changed.

        Raises: as :meth:`complete`.

        >>> tokenizer = client.tokenizer("toy-base")
        >>> tokenizer.decode(tokenizer.encode("Hello world").ids).strip()
        'Hello world'
        """
        from aleph_alpha.service.models import tokenizer_call
        from aleph_alpha.service.tokenizers import keep, stored

        call, host = tokenizer_call(model), self._settings.host
        found = None if refresh else self._tokenizers.get(model) or in_background(stored, host, model)
        if found is None:
            body = self._send(call)
            found = in_background(keep, host, model, body)
        self._tokenizers[model] = found
        return found

    def model_settings(self) -> ModelCatalogue:
        """What each model can do.

        Raises:
            As ``complete``.

        >>> models = client.model_settings()
        >>> models.require("toy-chat", "chat").name
        'toy-chat'
        >>> models.require("toy-reranker", "chat")
        Traceback (most recent call last):
        aleph_alpha.errors.InvalidRequestError: the model toy-reranker does not have the capability chat; \
these have: toy-multimodal, toy-chat
        """
        from aleph_alpha.service.model_settings import model_settings_call

        return self._send(model_settings_call())

    def count_tokens(self, prompt: Prompt | str, model: str) -> int:
        """How many tokens a prompt or a text has, counted here with the model's tokenizer.

        Each item of a prompt is counted by itself, as the API reads it; an image has 144 tokens (as its
        documentation says). The prompt of a completion may come to a few less, as the API trims its texts
        (see ``disable_optimizations``).

        Raises:
            InvalidRequestError: no prompt and no text, or an item that cannot be counted.
            And as :meth:`tokenizer`.

        >>> client.count_tokens("An apple a day", model="toy-base")
        4
        """
        from aleph_alpha.prompt.lengths import count_tokens

        return in_background(count_tokens, prompt, self.tokenizer(model))

    def context_size(self, model: str) -> int:
        """How many tokens the model takes, prompt and completion together, as the deployment tells.

        It is asked once: the client remembers the sizes.

        Raises:
            InvalidRequestError: the deployment has no such model; the message names those that it has.
            ResponseError: it does not tell the size.
            And as :meth:`complete`.

        >>> client.context_size("toy-base")
        2048
        """
        from aleph_alpha._call.checks import check_model
        from aleph_alpha.service.models import context_sizes, size_of

        check_model(model, "context_size")
        if not self._context_sizes.get(model):
            sizes = context_sizes(self.models())
            if sizes.get(model) is None:  # older deployments tell it in one place, newer ones in both
                sizes |= {one.name: one.max_context_size for one in self.model_settings()}
            self._context_sizes[model] = size_of(model, sizes)
        return self._context_sizes[model]

    def list_tokens(self) -> list[ApiToken]:
        """The account's API tokens, without their secrets.

        Raises:
            As ``complete``.

        >>> new = client.create_token("for the example")
        >>> new.metadata in client.list_tokens()
        True
        >>> client.delete_token(new.metadata.token_id)
        """
        from aleph_alpha.service.account import list_tokens_call

        return self._send(list_tokens_call())

    def create_token(self, description: str) -> NewApiToken:
        """Create an API token.

        Its secret is shown this one time; ``.token.reveal()`` gives it.

        Args:
            description: what it is for.

        Raises:
            As ``complete``.

        >>> new = client.create_token("for the example")
        >>> new.token
        Secret('**********')
        >>> client.delete_token(new.metadata.token_id)
        """
        from aleph_alpha.service.account import create_token_call

        return self._send(create_token_call(description))

    def delete_token(self, token_id: int) -> None:
        """Delete an API token.

        Args:
            token_id: as :meth:`list_tokens` gives it.

        Raises:
            As ``complete``.
        """
        from aleph_alpha.service.account import delete_token_call

        return self._send(delete_token_call(token_id))

    def me(self) -> UserDetail:
        """The account behind the token.

        Raises:
            As ``complete``.

        >>> user = client.me()
        >>> "@" in user.email
        True
        """
        from aleph_alpha.service.account import me_call

        return self._send(me_call())

    def recent_requests(self) -> list[RecentRequest]:
        """Recent requests of the account. Deprecated by the API.

        Raises:
            As ``complete``.

        >>> response = client.complete(request, model="toy-base")
        >>> "toy-base" in [recent.model_name for recent in client.recent_requests()]
        True
        """
        from aleph_alpha.service.account import recent_requests_call

        return self._send(recent_requests_call())

    def check_privileges(self) -> list[str]:
        """What the token may do, by the names of the permissions.

        Raises:
            As ``complete``.

        >>> isinstance(client.check_privileges(), list)
        True
        """
        from aleph_alpha.service.account import privileges_call

        return self._send(privileges_call())

    def openapi_document(self) -> str:
        """The deployment's own OpenAPI document: YAML text.

        Raises:
            As ``complete``.

        >>> "/complete" in client.openapi_document()
        True
        """
        from aleph_alpha.service.models import openapi_document_call

        return self._send(openapi_document_call())

    def check_compatibility(self) -> CompatibilityReport:
        """Compare the deployment's own document with the contract that this client was generated from.

        The report tells what it means for the client: which methods will fail, and which fields are
        not to be used. What the vendor's document is known to have wrong is left out. It also tells
        what this client, with its copies, has met in responses that was not as the contract says
        (``meta.deviations``), and whether the deployment's document explains it.

        Raises:
            As ``complete``.
            ImportError: the document is YAML, and PyYAML is not installed (extra ``openapi``).

        >>> report = client.check_compatibility()
        >>> report.problems
        []
        """
        from aleph_alpha.service.compatibility import compare_documents, read_document

        document = in_background(read_document, self.openapi_document())
        return in_background(compare_documents, document, None, dict(self._sender.deviating.seen))
