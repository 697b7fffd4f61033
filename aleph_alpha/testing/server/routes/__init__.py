"""The handlers of the operations, by operation id."""

from __future__ import annotations

from aleph_alpha.testing.server.call import Handler
from aleph_alpha.testing.server.routes import (
    account,
    chat,
    completions,
    embeddings,
    explanations,
    models,
    reading,
    steering,
    tokens,
)

HANDLERS: dict[str, Handler] = {
    **account.HANDLERS,
    **chat.HANDLERS,
    **completions.HANDLERS,
    **embeddings.HANDLERS,
    **explanations.HANDLERS,
    **models.HANDLERS,
    **reading.HANDLERS,
    **steering.HANDLERS,
    **tokens.HANDLERS,
}
