"""What becomes of completions and chats: their text, token by token, by probability."""

from __future__ import annotations

import codecs
import math
from collections.abc import Iterator, Mapping, Sequence

from aleph_alpha.chat.response import ChatChoice, TokenLogprob
from aleph_alpha.completion.response import CompletionResult
from aleph_alpha.views.model import Figure, Panel, Scale, Segment, TextBlock, counted
from aleph_alpha.views.tokens import chosen
from aleph_alpha.views.view import View

__all__ = ["of_chat", "of_completions"]

_OTHERS = 8_000  # alternatives in a whole view: a page with more is too heavy to look at


def of_completions(completions: Sequence[CompletionResult]) -> View:
    """The view of completions."""
    room = _room(sum(len(one.log_probs or ()) for one in completions))
    panels = [
        Panel(_name("Completion", index, completions), [TextBlock(_ending(one.finish_reason), segments, "completion")])
        for index, one in enumerate(completions)
        for segments in [_completion(one, room)]
    ]
    return _view("Completion" if len(completions) == 1 else counted(len(completions), "completion"), panels)


def of_chat(choices: Sequence[ChatChoice]) -> View:
    """The view of the choices of a chat."""
    room = _room(sum(len(one.logprobs or ()) for one in choices))
    panels = []
    for index, one in enumerate(choices):
        reason = None if one.finish_reason is None else one.finish_reason.value
        segments = list(_chat(one.logprobs, room)) if one.logprobs else _plain(one.message.content)
        blocks = [TextBlock(_ending(reason), segments, "completion")]
        for call in one.message.tool_calls or ():
            blocks.append(TextBlock(f"Calls {call.function.name}", _plain(call.function.arguments), "completion"))
        panels.append(Panel(_name("Choice", index, choices), blocks))
    return _view("Chat" if len(choices) == 1 else f"Chat, {len(choices)} choices", panels)


def _view(title: str, panels: list[Panel]) -> View:
    return View(Figure(title, panels, Scale(1.0, "", "probability", percent)))


def _room(tokens: int) -> int:
    """How many alternatives of each token are shown."""
    return max(_OTHERS // max(tokens, 1), 1)


def _name(what: str, index: int, of: Sequence[object]) -> str:
    return f"{what} {index}" if len(of) > 1 else ""


def _ending(reason: str | None) -> str:
    return f"ended by {reason}" if reason else "text"


def percent(share: float) -> str:
    """A probability as people say it.

    >>> percent(0.8312), percent(0.00001), percent(1.0)
    ('83.1%', '0.001%', '100%')
    """
    if not math.isfinite(share):
        return "NaN" if share != share else "∞"
    return f"{share * 100:.3g}%"


def probability(log: float | None) -> float | None:
    """The probability of a log probability; a positive one, which none can be, stays at 1 or above."""
    return None if log is None else math.exp(min(log, 700.0))


def _plain(text: object) -> list[Segment]:
    return [Segment(text)] if isinstance(text, str) and text else []


def _completion(result: CompletionResult, room: int) -> list[Segment]:
    if not result.log_probs:
        return _plain(result.completion)
    segments = []
    for token, others in zip(chosen(result), result.log_probs, strict=False):
        segments.append(Segment(token, probability(others.get(token)), _others(token, others, room)))
    return segments


def _others(token: str, others: Mapping[str, float | None], room: int) -> str:
    rest = [(other, log) for other, log in others.items() if other != token and log is not None]
    rest.sort(key=lambda one: -one[1])
    return ", ".join(f"“{other}” {percent(probability(log) or 0.0)}" for other, log in rest[:room])


def _chat(logprobs: Sequence[TokenLogprob], room: int) -> Iterator[Segment]:
    # A token can be a part of a character: its text is then with the token that completes it.
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    last = len(logprobs) - 1
    for index, one in enumerate(logprobs):
        own = bytes(one.bytes) if one.bytes and all(0 <= byte < 256 for byte in one.bytes) else b""
        text = decoder.decode(own, index == last) if own else one.token
        note = _others(one.token, {top.token: top.logprob for top in one.top_logprobs or ()}, room)
        part = f"bytes {own.hex(' ')}" if own and not text else ""
        yield Segment(text, probability(one.logprob), ", ".join(filter(None, (part, note))))
