"""Our parser beside h11, the parser of stock httpx, on right, wrong and hostile answers.

Where both accept, they agree to the byte. Where only one does, it is h11: ours is never the laxer
one, but for the two harmless cases that ``_remaining`` lists.
"""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, strategies as st

from tests.wire.hostile import answer
from tests.wire.parsers import REFUSED, UNFINISHED, Outcome, Parsed, h11s, ours, split

_ROUNDS = 4_000


def _remaining(data: bytes, our: Outcome, other: Outcome) -> str | None:
    """Why ours may be laxer here; None if it may not."""
    if other == REFUSED and re.search(rb"\n0*[0-9a-fA-F]{21,}", data):
        # llhttp reads the number, checks it against 64 bits, and has no limit on leading zeros.
        return "a chunk size of more than 20 digits"
    if isinstance(our, Parsed) and isinstance(other, Parsed) and our.keep_alive and data.endswith((b"\r", b"\n")):
        # llhttp skips it; anything else behind a response ends the connection.
        return "an empty line behind a response leaves the connection usable"
    return None


@pytest.mark.parametrize("seed", range(5))
def test_ours_is_never_laxer_and_never_different(seed: int) -> None:
    chance = random.Random(seed)
    accepted = 0
    for _ in range(_ROUNDS):
        data = answer(chance)
        pieces = split(data, chance)
        method = chance.choice(["POST", "GET", "HEAD"])
        closed = chance.random() < 0.5
        our, other = ours(pieces, method, closed=closed), h11s(pieces, method, closed=closed)
        accepted += isinstance(our, Parsed)
        why = f"{method} {data!r}, closed: {closed}: ours {our}, h11 {other}"
        if isinstance(our, Parsed) and isinstance(other, Parsed):
            assert (our.status, our.headers, our.body) == (other.status, other.headers, other.body), why
            assert other.keep_alive or not our.keep_alive or _remaining(data, our, other), why
        elif our != REFUSED:
            assert our == other or _remaining(data, our, other), why
    assert accepted > _ROUNDS / 20, "most answers were refused: there was little to compare"


@given(st.binary(max_size=300), st.integers())
def test_random_bytes_are_refused_or_read_alike(noise: bytes, seed: int) -> None:
    chance = random.Random(seed)
    data = (
        chance.choice([b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"]) + noise
    )
    pieces = split(data, chance) if data else []
    our, other = ours(pieces), h11s(pieces)
    if isinstance(our, Parsed):
        assert isinstance(other, Parsed)
        assert (our.status, our.headers, our.body) == (other.status, other.headers, other.body)
    assert our != UNFINISHED


@given(st.integers(), st.lists(st.binary(max_size=50), max_size=10))
def test_the_cut_between_two_reads_never_matters(seed: int, parts: list[bytes]) -> None:
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts if part)
    data = b"HTTP/1.1 200 OK\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\nX-T: 1\r\n\r\n"
    whole = ours([data])
    assert isinstance(whole, Parsed)
    assert whole.body == b"".join(parts)
    assert ours(split(data, random.Random(seed))) == whole
    assert whole == h11s([data])
