"""Prompts of recorded requests, read and written again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from aleph_alpha.prompt import Prompt
from aleph_alpha.prompt.prompt import prompt_items
from tests.recordings import recordings


def prompts_sent() -> Iterator[Any]:
    for recording in recordings():
        request = recording.request
        if isinstance(request, dict):
            found = request.get("prompts", [request["prompt"]] if isinstance(request.get("prompt"), list) else [])
            for i, prompt in enumerate(found):
                yield pytest.param(prompt, id=f"{recording.name}[{i}]")


@pytest.mark.parametrize("prompt", list(prompts_sent()))
def test_a_recorded_prompt_is_read_and_sent_the_same(prompt: Any) -> None:
    built = Prompt.from_json(prompt)
    assert built.to_json() == prompt
    prompt_items(built, "Request.prompt")
