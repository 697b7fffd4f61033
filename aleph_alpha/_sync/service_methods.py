# Made from aleph_alpha/_async/service_methods.py by scripts/unasync.py: change it there, then run `make fix`.
"""The methods of the client about the account, and about what the installation has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aleph_alpha._runtime.threads import in_background
from aleph_alpha._sync.methods import Methods

if TYPE_CHECKING:
    from aleph_alpha.service.account import ApiToken, NewApiToken, RecentRequest, UserDetail
    from aleph_alpha.service.compatibility import CompatibilityReport
    from aleph_alpha.service.model_settings import ModelCatalogue

__all__ = ["AccountMethods"]


class AccountMethods(Methods):
    """Models and what they can do, tokens, account, permissions, the API's own document."""

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
        """The installation's own OpenAPI document: YAML text.

        Raises:
            As ``complete``.

        >>> "/complete" in client.openapi_document()
        True
        """
        from aleph_alpha.service.models import openapi_document_call

        return self._send(openapi_document_call())

    def check_compatibility(self) -> CompatibilityReport:
        """Compare the installation's own document with the contract that this client was generated from.

        The report tells what it means for the client: which methods will fail, and which fields are
        not to be used. What the vendor's document is known to have wrong is left out. It also tells
        what this client, with its copies, has met in responses that was not as the contract says
        (``meta.deviations``), and whether the installation's document explains it.

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
