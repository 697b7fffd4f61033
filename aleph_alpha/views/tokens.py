"""Which of the tokens that a completion lists for a place is the one that stands there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aleph_alpha.completion.response import CompletionResult

__all__ = ["chosen"]

_UNLISTED = 64  # characters of a token that its place does not list, at most
_STEPS = 50_000  # of a search that finds nothing: real tokens hardly ever leave a choice


def chosen(result: CompletionResult) -> list[str]:
    """The token of each place, in order.

    They are listed by the response where ``tokens`` were asked for. Else they are those that make up
    its text, and where none do, the likeliest ones.
    """
    places = result.log_probs or ()
    tokens = result.completion_tokens
    if tokens and len(tokens) == len(places):
        return list(tokens)
    for text in (result.raw_completion, result.completion, f" {result.completion or ''}"):
        found = _path(places, text) if text else None
        if found is not None:
            return found
    return [_likeliest(place) for place in places]


def _likeliest(place: Mapping[str, float | None]) -> str:
    known = {token: log for token, log in place.items() if log is not None}
    return max(known, key=lambda token: known[token], default=next(iter(place), ""))


def _path(places: Sequence[Mapping[str, float | None]], text: str) -> list[str] | None:
    """Tokens, one of each place, that make up the text or begin with it; ``None`` if there are none."""
    # Depth first, long tokens first; what led nowhere is not tried again.
    dead: set[tuple[int, int]] = set()
    path: list[str] = []
    starts = [0]
    waiting = [_candidates(places, 0, text, 0)]
    for _ in range(_STEPS + 10 * len(places)):
        if not waiting:
            break
        index = len(path)
        if index == len(places):
            if starts[-1] >= len(text):
                return path
        elif waiting[-1]:
            token = waiting[-1].pop()
            at = starts[-1] + len(token)
            if (index + 1, at) not in dead:
                path.append(token)
                starts.append(at)
                waiting.append(_candidates(places, index + 1, text, at))
            continue
        dead.add((index, starts.pop()))
        waiting.pop()
        if path:
            path.pop()
    return None


def _candidates(places: Sequence[Mapping[str, float | None]], index: int, text: str, at: int) -> list[str]:
    """Tokens that go on with the text, the best one last."""
    if index >= len(places):
        return []
    if not places[index]:
        return _unlisted(places, index, text, at)
    rest = len(text) - at
    fitting = [token for token in places[index] if text.startswith(token, at) or token[: max(rest, 0)] == text[at:]]
    return sorted(fitting, key=len)


def _unlisted(places: Sequence[Mapping[str, float | None]], index: int, text: str, at: int) -> list[str]:
    """What can stand in a place without tokens, such as the first of an echoed prompt: text up to one of the next."""
    if index + 1 == len(places) or at >= len(text):
        return [text[at:]]
    following, ends = places[index + 1], range(min(at + _UNLISTED, len(text)), at, -1)
    return [text[at:end] for end in ends if not following or any(text.startswith(token, end) for token in following)]
