"""The module path of earlier versions for :mod:`aleph_alpha.service.account`."""

from aleph_alpha.service.account import (
    ApiToken,
    NewApiToken,
    RecentRequest,
    UserDetail,
    create_token_call,
    delete_token_call,
    list_tokens_call,
    me_call,
    privileges_call,
    recent_requests_call,
)

__all__ = [
    "ApiToken",
    "NewApiToken",
    "RecentRequest",
    "UserDetail",
    "create_token_call",
    "delete_token_call",
    "list_tokens_call",
    "me_call",
    "privileges_call",
    "recent_requests_call",
]
