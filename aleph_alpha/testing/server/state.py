"""What one running server knows: its seed, its tokens, the concepts made on it, the requests it answered."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from aleph_alpha.testing.server.model.language_model import LanguageModel, load
from aleph_alpha.testing.server.queueing import Queue

_REMEMBERED = 100


@dataclass(slots=True)
class ApiToken:
    """A token that was created over the API."""

    token_id: int
    description: str
    secret: str

    def metadata(self) -> dict[str, Any]:
        """The token without its secret."""
        return {"description": self.description, "token_id": self.token_id}


@dataclass(slots=True)
class ServerState:
    """The state of one server; two servers share nothing that changes."""

    token: str | None = None
    """The only token accepted besides those created; None accepts any that is not empty."""
    seed: int = 0
    queue: Queue | None = None
    """Where requests wait for each other; None lets them all through."""
    model: LanguageModel = field(default_factory=load)
    tokens: dict[int, ApiToken] = field(default_factory=dict)
    concepts: dict[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    requests: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    sessions: set[str] = field(default_factory=set)
    _revoked: set[str] = field(default_factory=set)
    _last_token_id: int = 0

    def accepts(self, token: str) -> bool:
        """Whether a bearer token is good."""
        if not token or token in self._revoked:
            return False
        created = any(secrets.compare_digest(token.encode(), t.secret.encode()) for t in self.tokens.values())
        return self.token is None or created or secrets.compare_digest(token.encode(), self.token.encode())

    def new_token(self, description: str) -> ApiToken:
        """Creates a token."""
        self._last_token_id += 1
        token = ApiToken(self._last_token_id, description, f"toy-{secrets.token_urlsafe(24)}")
        self.tokens[token.token_id] = token
        return token

    def delete_token(self, token_id: int) -> bool:
        """Deletes a token, which is refused from then on. False if there is none."""
        token = self.tokens.pop(token_id, None)
        if token is None:
            return False
        self._revoked.add(token.secret)
        return True

    def record(self, operation: str, usage: TaskUsage, seconds: float, now: datetime | None = None) -> None:
        """Remembers an answered task, newest first."""
        self.requests.appendleft(
            {
                "create_timestamp": (now or datetime.now(UTC)).isoformat(),
                "model_name": usage.model,
                "request_type": operation,
                "token_count_prompt": usage.prompt_tokens,
                "image_count_prompt": usage.images,
                "token_count_completion": usage.generated_tokens,
                "duration_millis": round(seconds * 1000),
                "credits": 0.0,
            }
        )

    def id_for(self, content: bytes, index: int = 0) -> str:
        """An id that the same request gets again from a server of the same seed, in the form of a UUID."""
        digest = blake2b(content, digest_size=16, key=b"%d %d" % (self.seed, index)).hexdigest()
        return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}"


@dataclass(frozen=True, slots=True)
class TaskUsage:
    """What a task cost."""

    model: str
    prompt_tokens: int = 0
    generated_tokens: int = 0
    images: int = 0
