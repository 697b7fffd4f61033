"""Each known code of the API has its exception, which is also that of its status."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from hypothesis import given, strategies as st

from aleph_alpha import errors as err

CODES = [
    (400, "INVALID_REQUEST", err.RejectedRequestError, (err.BadRequestError, ValueError)),
    (400, "MISSING_CAPABILITY", err.MissingCapabilityError, (err.BadRequestError, ValueError)),
    (400, "PROMPT_TOO_LONG", err.PromptTooLongError, (err.BadRequestError, ValueError)),
    (404, "UNKNOWN_MODEL", err.UnknownModelError, (err.NotFoundError, RuntimeError)),
    (503, "QUEUE_FULL", err.QueueFullError, (err.BusyError,)),
]


@pytest.mark.parametrize(("status", "code", "kind", "bases"), CODES)
def test_a_known_code_has_its_class_and_keeps_old_types_and_args(
    status: int, code: str, kind: type[err.APIStatusError], bases: tuple[type[Exception], ...]
) -> None:
    body = json.dumps({"error": "what was wrong", "code": code})
    error = err.status_error(status, body, attempts=3, retry_after=1.5, headers={"x-request-id": "7"})
    assert type(error) is kind
    assert all(isinstance(error, base) for base in bases)
    assert (error.args, error.code, error.message) == ((status, body), code, "what was wrong")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.args, vars(again)) == (kind, error.args, vars(error))


@pytest.mark.parametrize(("status", "code", "kind", "bases"), CODES)
def test_with_another_status_the_class_is_that_of_the_status(
    status: int, code: str, kind: type[err.APIStatusError], bases: tuple[type[Exception], ...]
) -> None:
    other = 500 if status != 500 else 502
    error = err.status_error(other, json.dumps({"error": "", "code": code}))
    assert (type(error), error.code) == (err.ServerError, code)


@pytest.mark.parametrize(
    "body", ["", "<html>", "[]", '{"code": ["PROMPT_TOO_LONG"]}', '{"code": {}}', '{"code": null}']
)
def test_a_body_without_a_code_has_the_class_of_its_status(body: str) -> None:
    assert type(err.status_error(400, body)) is err.BadRequestError


@pytest.mark.parametrize(
    ("message", "tokens", "limit"),
    [
        ("The prompt has 2100 tokens, but the model's context holds 2048. Shorten the prompt.", 2100, 2048),
        ("prompt is too long: 208656 tokens > 200000 maximum", 208656, 200000),
        ("The limit of 2,048 tokens is exceeded by a prompt of 12,100", 12100, 2048),
        ("the prompt exceeds 2048 tokens", None, 2048),
        ("the prompt has 3000 tokens", 3000, None),
        ("context 4097: 5000 tokens were requested (4000 in the prompt, 1000 after it)", None, 4097),
        ("luminous-base-2024 has no room for it, nor llama-3.1-8b", None, None),
        ("too long by a factor of 1.5", None, None),
        ("too long", None, None),
    ],
)
def test_tokens_and_limit_are_those_that_the_message_tells(message: str, tokens: int | None, limit: int | None) -> None:
    error: Any = err.status_error(400, json.dumps({"error": message, "code": "PROMPT_TOO_LONG"}))
    assert (error.tokens, error.limit) == (tokens, limit)


@given(st.text(), st.integers(0, 10**7), st.text(), st.integers(0, 10**7), st.text())
def test_any_message_can_be_read(before: str, one: int, between: str, other: int, after: str) -> None:
    message = f"{before}{one}{between}{other}{after}"
    error: Any = err.status_error(400, json.dumps({"error": message, "code": "PROMPT_TOO_LONG"}))
    if error.tokens is not None and error.limit is not None:
        assert isinstance(error.tokens, int)
        assert isinstance(error.limit, int)


def test_a_prompt_that_was_not_sent_is_caught_as_what_was_refused_here_and_as_too_long() -> None:
    error = err.PromptDoesNotFitError("too long", tokens=3000, limit=2048)
    for kind in (err.PromptTooLongError, err.BadRequestError, err.InvalidRequestError, ValueError):
        assert isinstance(error, kind)
    assert (str(error), error.status, error.attempts) == ("too long", None, 0)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.tokens, again.limit, again.attempts) == (err.PromptDoesNotFitError, 3000, 2048, 0)
