"""Random prompts, within the documented bounds."""

from __future__ import annotations

import base64

from hypothesis import strategies as st

from aleph_alpha.prompt import (
    ControlTokenOverlap,
    Cropping,
    Image,
    ImageControl,
    Prompt,
    Text,
    TextControl,
    TokenControl,
    Tokens,
)

factors = st.floats(0, 10)
overlaps = st.none() | st.sampled_from(ControlTokenOverlap)
unit = st.floats(0, 1)


@st.composite
def texts(draw: st.DrawFn, min_size: int = 0) -> Text:
    text = draw(st.text(min_size=min_size, max_size=12))

    def control() -> TextControl:
        start = draw(st.integers(0, len(text)))
        return TextControl(start, draw(st.integers(0, len(text) - start)), draw(factors), draw(overlaps))

    return Text(text, [control() for _ in range(draw(st.integers(0, 3)))])


@st.composite
def tokens(draw: st.DrawFn) -> Tokens:
    ids = draw(st.lists(st.integers(0, 2**32), min_size=1, max_size=5))
    pos = st.integers(0, len(ids) - 1)
    return Tokens(ids, draw(st.lists(st.builds(TokenControl, pos, factors), max_size=2)))


images = st.builds(
    Image,
    st.binary(min_size=1, max_size=9).map(lambda data: base64.b64encode(data).decode()),
    st.none() | st.builds(Cropping, st.integers(0, 99), st.integers(0, 99), st.integers(1, 99)),
    st.lists(st.builds(ImageControl, unit, unit, unit, unit, factors, overlaps), max_size=2),
)

items = st.one_of(texts(), tokens(), images)
prompts = st.lists(items, max_size=4).map(Prompt)
