"""A program that takes in one hostile input under hard limits of time and memory: run by `test_hostile`.

    python -m tests.hostile_input.hostile <name of the input>

It prints what became of it, and what that took.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aleph_alpha import (
    AlephAlphaError,
    ChatRequest,
    CompletionRequest,
    InvalidRequestError,
    Message,
    Prompt,
    PromptTemplate,
    TemplateError,
    Text,
    TextControl,
)
from aleph_alpha._call.call import Defaults
from aleph_alpha._http.sse import Decoder, EventTooLarge
from aleph_alpha.chat import chat_call
from aleph_alpha.completion import complete_call

SECONDS = 60  # of processor time; most take less than one
MEMORY = 2 << 30  # bytes, libraries and all


def rendered(source: str, max_output: int = 10_000_000, **values: Any) -> Callable[[], object]:
    """A template that is made and rendered, with the limits that it has when nobody sets others."""
    return lambda: PromptTemplate(source, max_output=max_output).to_prompt(**values)


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


def nested_objects(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = {"data": value}
    return value


def sent(items: Callable[[], list[Any]]) -> Callable[[], object]:
    return lambda: complete_call(CompletionRequest(Prompt(items())), "some-model", Defaults())


def fed(part: bytes, times: int) -> Callable[[], object]:
    def feed() -> object:
        decoder = Decoder()
        for _ in range(times):
            decoder.feed(part)
        return decoder

    return feed


def loop(body: str, rounds: int = 100_000) -> str:
    return "{% for i in (1.." + str(rounds) + ") %}" + body + "{% endfor %}"


ITEM = {"type": "text", "data": "x", "controls": []}

# What is taken in, and the one error that it may end in; None where it has to be taken.
INPUTS: dict[str, tuple[Callable[[], object], type[Exception] | None]] = {
    "a loop of a billion rounds": (rendered(loop("", 1_000_000_000)), TemplateError),
    "loops in loops": (rendered(loop(loop("x", 1000), 1000)), TemplateError),
    "a loop of 100,000 rounds": (rendered(loop("x")), None),
    "a text that grows with each round": (
        rendered("{% assign a = '' %}" + loop("{% assign a = a | append: '0123456789' %}")),
        TemplateError,
    ),
    "a text that doubles with each round": (
        rendered(loop("{% assign a = a | append: a | append: 'x' %}")),
        TemplateError,
    ),
    "a large array sorted again and again": (
        rendered(loop("{% assign a = large | split: '' | sort %}"), 1_000_000, large="ba" * 500_000),
        TemplateError,
    ),
    "100,000 tags in each other": (rendered("{% if a %}" * 100_000), TemplateError),
    "100,000 raw tags without an end": (rendered("{% raw %}" * 100_000), TemplateError),
    "100,000 doc tags without an end": (rendered("{% doc %}" * 100_000), TemplateError),
    "100,000 comments without an end": (rendered("{% comment %}" * 100_000), TemplateError),
    "100,000 braces": (rendered("{{ " * 100_000), TemplateError),
    "200,000 braces in a row": (rendered("{{" * 100_000), TemplateError),
    "100,000 braces in a comment": (rendered("{% comment %}" + "{{ " * 100_000 + "{% endcomment %}"), TemplateError),
    "100,000 tags in a comment": (rendered("{% comment %}" + "{% a " * 100_000 + "{% endcomment %}"), TemplateError),
    "100,000 brackets in quotes": (rendered("{{ " + "['" * 100_000 + " }}"), TemplateError),
    "a million spaces before an expression": (rendered("{{" + " " * 1_000_000 + "a }}"), TemplateError),
    "a million spaces behind a tag's name": (rendered("{% if" + " " * 1_000_000), TemplateError),
    "a word of a million letters": (rendered("{% liquid " + "a" * 1_000_000 + " %}"), TemplateError),
    "100,000 parentheses": (rendered("{{ " + "(" * 100_000 + " }}"), TemplateError),
    "100,000 brackets": (rendered("{{ a" + "[" * 100_000 + " }}"), TemplateError),
    "100,000 conditions": (rendered("{% if a" + " and a" * 100_000 + " %}x{% endif %}"), TemplateError),
    "100,000 filters": (rendered("{{ a" + " | upcase" * 100_000 + " }}"), None),
    "a million spaces": (rendered("{{ a" + " " * 1_000_000 + "}}"), None),
    "a value 100,000 lists deep": (lambda: PromptTemplate("{{ a }}").to_prompt(a=nested(100_000)), TemplateError),
    "a prompt of 100,000 items": (lambda: Prompt.from_json([ITEM] * 100_000), None),
    "a prompt of 100,000 items, sent": (sent(lambda: [Text("x", [])] * 100_000), None),
    "100,000 controls of one text": (sent(lambda: [Text("x" * 1000, [TextControl(0, 1000, 1.0)] * 100_000)]), None),
    "a prompt 100,000 lists deep": (lambda: Prompt.from_json(nested(100_000)), InvalidRequestError),
    "a prompt 100,000 objects deep": (lambda: Prompt.from_json([nested_objects(100_000)]), InvalidRequestError),
    "a text 100,000 lists deep": (sent(lambda: [Text(nested(100_000))]), InvalidRequestError),
    "a message 100,000 lists deep": (
        lambda: chat_call(ChatRequest("some-model", [Message("user", nested(100_000))]), None, Defaults()),
        InvalidRequestError,
    ),
    "an event of a million empty lines of data": (fed(b"data:\n" * 100_000, 10), None),
    "an event stream without a line end": (fed(b"x" * 1_000_000, 100), EventTooLarge),
    "an event stream of line ends": (fed(b"\r" * 1_000_000, 10), None),
    "an id without end": (fed(b"id: " + b"x" * 1_000_000, 100), EventTooLarge),
}


def most_memory() -> float:
    """The most that this process has held, in MB; 0 where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except OSError:
        return 0.0
    return int(status.partition("VmHWM:")[2].split()[0]) / 1000


def main(name: str) -> None:
    take_in, allowed = INPUTS[name]
    PromptTemplate("loads what it needs").to_prompt()
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    before, started = most_memory(), time.process_time()
    outcome = "taken in"
    try:
        take_in()
    except (AlephAlphaError, EventTooLarge) as error:
        if type(error) is not allowed or len(str(error)) > 500:
            raise
        outcome = type(error).__name__
    print(f"{outcome}: {time.process_time() - started:.2f} s, {most_memory() - before:.0f} MB")


if __name__ == "__main__":
    main(sys.argv[1])
