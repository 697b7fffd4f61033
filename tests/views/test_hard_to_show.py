"""Whatever there is to show, every renderer shows it, and it stays text."""

from __future__ import annotations

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import PIL.Image
import pytest
from hypothesis import given, strategies as st

from aleph_alpha import CompletionResult, InvalidRequestError, Prompt
from aleph_alpha.explanation import Explanation, TextPromptItemExplanation, TextScore
from aleph_alpha.views import View
from tests.views.parsed import SGR, page
from tests.views.samples import EDGES, HOSTILE, VIEWS, large, text_explanation

pytestmark = pytest.mark.slow

ALL = VIEWS | EDGES
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "main", "h1", "div", "p", "span", "bdi", "table", "caption"),
    *("tr", "th", "td", "details", "summary", "form", "label", "input"),
    *("svg", "symbol", "image", "use", "rect", "text"),
}
every_view = pytest.mark.parametrize("view", ALL.values(), ids=ALL.keys())


@every_view
def test_pages_are_well_formed_and_hold_no_element_that_acts(view: View) -> None:
    read = page(view.html())
    assert read.tags <= TAGS
    assert not {name for name in read.attributes if name.startswith("on")}
    assert read.attributes & {"src", "action"} == set()
    assert "http" not in view.html().replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")


@every_view
def test_drawings_are_xml_without_anything_that_acts(view: View) -> None:
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(view.svg()).iter()}
    assert tags <= {"svg", "title", "style", "rect", "text", "path", "image", "symbol", "use"}


@every_view
@pytest.mark.parametrize("dark", [False, True])
def test_images_are_images(view: View, dark: bool) -> None:
    image = PIL.Image.open(io.BytesIO(view.png(width=400, dark=dark)))
    assert image.width >= 800
    assert len(image.getcolors(1 << 24) or []) > 2


@every_view
@pytest.mark.parametrize(("columns", "colors"), [(1, 0), (40, 0), (40, 16), (80, 256), (200, 1 << 24)])
def test_no_control_character_but_its_own_codes_goes_to_the_terminal(view: View, columns: int, colors: int) -> None:
    shown = view.ansi(columns=columns, colors=colors)
    bare = SGR.sub("", shown)
    assert re.search("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", bare) is None
    assert all(line.count("\x1b[0m") * 2 == line.count("\x1b[") for line in shown.split("\n"))
    if not colors:
        assert shown == bare


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_what_the_page_shows(text: str) -> None:
    view = text_explanation(text, [1.0, -1.0, 0.5], target=text)
    texts = ["".join(part for _, part in one) for one in page(view.html()).texts]
    assert texts == [text, text]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_the_text_of_a_page_is_the_prompt(text: str) -> None:
    parts = [TextScore(start, 2, start - 3.0) for start in range(0, len(text), 3)]
    view = Explanation("x", [TextPromptItemExplanation(list(parts))]).view(Prompt.from_text(text))
    assert page(view.html()).shown(0) == text


@pytest.mark.parametrize("text", ["\0", "a\ud800b"])
def test_what_html_cannot_hold_is_replaced(text: str) -> None:
    html = Prompt(text).view().html()
    html.encode()
    assert page(html).shown(0) == re.sub("[\0\ud800]", "\ufffd", text)


@given(st.lists(st.one_of(st.characters(), st.sampled_from("\0\x1b\ufffe\uffff\ud800<&"))).map("".join))
def test_a_drawing_of_any_text_is_xml(text: str) -> None:
    ElementTree.fromstring(Prompt(text).view().svg().encode())


@given(st.text(max_size=60), st.integers(24, 60))
def test_no_line_of_a_terminal_is_too_wide(text: str, columns: int) -> None:
    from aleph_alpha.views.characters import width

    view = text_explanation(text, [1.0, -1.0])
    for shown in (view.text(columns=columns), SGR.sub("", view.ansi(columns=columns))):
        assert all(width(line.replace("\t", "    ").rstrip()) <= columns for line in shown.split("\n"))


@given(st.text(max_size=60))
def test_a_terminal_shows_every_word(text: str) -> None:
    from aleph_alpha.views.characters import printable

    shown = SGR.sub("", Prompt(text).view().ansi(columns=40))
    wanted = "".join(printable(text).split()) or "(empty)" * (not text)
    assert "".join(shown.split()).endswith(wanted)


@pytest.mark.parametrize("name", ["html", "svg", "png", "txt", "HTML"])
def test_a_view_is_saved_by_the_ending_of_the_name(name: str, tmp_path: Path) -> None:
    view = EDGES["hostile"]
    file = view.save(tmp_path / f"view.{name}")
    texts = {"html": view.html(), "svg": view.svg(), "txt": f"{view.text()}\n"}
    wanted = texts[name.lower()].encode() if name.lower() in texts else view.png()
    assert file.read_bytes() == wanted


@pytest.mark.parametrize("name", ["view.pdf", "view", ".html"])
def test_other_endings_are_refused_before_anything_is_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError, match=r"must end with \.html, \.svg, \.png or \.txt"):
        EDGES["hostile"].save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_ten_thousand_segments_are_a_page_of_at_most_a_megabyte() -> None:
    explanation, prompt = large(10_000)
    html = explanation.view(prompt).html()
    assert html.count("<span class=") >= 10_000
    assert html.count("<tr>") >= 10_000
    assert len(html.encode()) <= 1_000_000


def test_ten_thousand_tokens_with_others_are_a_page_of_at_most_a_megabyte() -> None:
    places: list[dict[str, float | None]] = [
        {f"tok{index}": -0.5, **{f"other{index + one}": -1.0 - one for one in range(5)}} for index in range(10_000)
    ]
    html = CompletionResult(places).view().html()
    assert html.count("<tr>") >= 10_000
    assert html.count("other") >= 10_000
    assert len(html.encode()) <= 1_000_000
