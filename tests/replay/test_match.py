"""Which requests are the same, and what is shown when none is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from aleph_alpha.testing.replay.match import Asked, explain

JSON = "application/json"
BASE = Asked("POST", "/complete", (("nice", "true"),), JSON, b'{"model": "m", "prompt": [1, 2], "n": 1}')


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"body": b'{"n":1,"prompt":[1,2],"model":"m"}'}, True),
        ({"content_type": "application/json; charset=utf-8"}, True),
        ({"method": "GET"}, False),
        ({"path": "/evaluate"}, False),
        ({"query": ()}, False),
        ({"query": (("nice", "false"),)}, False),
        ({"content_type": "text/plain"}, False),
        ({"body": b'{"model": "m", "prompt": [2, 1], "n": 1}'}, False),
        ({"body": b'{"model": "m", "prompt": [1, 2], "n": true}'}, False),
        ({"body": b'{"model": "m", "prompt": [1, 2], "n": "1"}'}, False),
        ({"body": b'{"model": "m", "prompt": [1, 2], "n": null}'}, False),
        ({"body": b'{"model": "m", "prompt": [1, 2]}'}, False),
        ({"body": b""}, False),
        ({"body": b"{broken"}, False),
    ],
)
def test_each_part_of_a_request_counts(change: dict[str, object], same: bool) -> None:
    other = replace(BASE, **change)  # type: ignore[arg-type]
    assert BASE.matches(other) is other.matches(BASE) is same


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"{broken", b"[NaN]", b"[" * 100_000])
def test_a_body_that_is_no_json_is_compared_byte_for_byte(body: bytes) -> None:
    asked = replace(BASE, body=body)
    assert asked.matches(replace(BASE, body=bytes(body)))
    assert not asked.matches(replace(BASE, body=body + b" x"))


_JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(_JSON_VALUES, _JSON_VALUES)
def test_bodies_match_exactly_when_they_mean_the_same_json(first: object, second: object) -> None:
    import json

    one, other = (replace(BASE, body=json.dumps(value, indent=1).encode()) for value in (first, second))
    means_the_same = _meaning(first) == _meaning(second)
    assert one.matches(other) is means_the_same


def _meaning(value: object) -> object:
    """JSON as something that Python compares as JSON does: true is not 1, and 1.0 is 1."""
    match value:
        case dict():
            return {name: _meaning(child) for name, child in value.items()}
        case list():
            return [_meaning(child) for child in value]
        case bool():
            return str(value)
        case str():
            return "text " + value
        case _:
            return value


def test_the_difference_to_the_nearest_recording_is_shown() -> None:
    far = replace(BASE, path="/evaluate", body=b'{"completion_expected": "x"}')
    text = explain(replace(BASE, body=b'{"model": "m", "prompt": [1, 3], "n": 1}'), [far, BASE], [False, True])
    assert "POST /complete?nice=true" in text
    assert "number 2 (already used)" in text
    assert [line.strip() for line in text.splitlines() if line.strip().startswith(("+", "-"))] == [
        "--- recorded",
        "+++ sent",
        "-    2",
        "+    3",
    ]


def test_a_request_that_was_recorded_but_is_used_up_is_counted() -> None:
    assert "was recorded twice and has now been sent 3 times" in explain(BASE, [BASE, BASE], [True, True])


def test_an_empty_cassette_is_said_to_be_empty() -> None:
    assert "Nothing was recorded" in explain(BASE, [], [])


def test_long_strings_are_shortened_in_a_difference_but_still_differ() -> None:
    one, other = (replace(BASE, body=b'{"data": "' + image + b'"}') for image in (b"A" * 50_000, b"A" * 49_999 + b"B"))
    text = explain(one, [other], [False])
    assert len(text) < 1_000
    assert "(50000 characters, sha256" in text
    assert sum(line.strip().startswith(("-", "+")) for line in text.splitlines()) == 4


def test_a_long_difference_is_cut() -> None:
    one = replace(BASE, body=b"[" + b",".join(b"%d" % number for number in range(5_000)) + b"]")
    text = explain(one, [replace(BASE, body=b"[]")], [False])
    assert "lines more" in text
    assert len(text.splitlines()) < 60
