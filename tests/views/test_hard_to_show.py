"""Whatever there is to show, every renderer shows it, and it stays text."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import PIL.Image
import pytest
from hypothesis import given, settings, strategies as st

from aleph_alpha import ChatResponse, CompletionResult, InvalidRequestError, Prompt, TextMessage
from aleph_alpha._runtime.characters import printable, width
from aleph_alpha.chat import ChatChoice, FinishReason, TokenLogprob
from aleph_alpha.explanation import (
    Explanation,
    ImagePromptItemExplanation,
    ImageScore,
    TextPromptItemExplanation,
    TextScore,
    TokenPromptItemExplanation,
    TokenScore,
)
from aleph_alpha.explanation.scores import PromptItemExplanation
from aleph_alpha.views import View
from benchmarks.views import RENDERERS, explained, main as views_benchmark
from tests.views.parsed import SGR, page
from tests.views.samples import EDGES, HOSTILE, VIEWS, picture, text_explanation

pytestmark = pytest.mark.slow

ALL = VIEWS | EDGES
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "main", "h1", "div", "p", "span", "bdi", "table", "caption"),
    *("tr", "th", "td", "details", "summary", "form", "label", "input"),
    *("svg", "rect", "text"),
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
def test_pages_have_no_ids_and_one_style_in_the_head(view: View) -> None:
    """Two views on a page, or one twice, have nothing in common that could get mixed up."""
    for html in (view.html(), view.html(page=False)):
        assert "id" not in page(html).attributes
        assert html.count("<style>") == 1
    assert view.html().index("</style>") < view.html().index("</head>")
    assert "".join(view.html(page=False).split("<style>")[1].split("</style>")[0]) in view.html()


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
    bare = SGR.sub("", shown) + repr(view)
    assert re.search("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", bare) is None
    assert all(line.count("\x1b[0m") * 2 == line.count("\x1b[") for line in shown.split("\n"))
    if not colors:
        assert "\x1b" not in shown


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


numbers = st.one_of(st.floats(), st.sampled_from([0.0, 0.25, 0.5, 1.0, -1.0, 100.0]))


@settings(deadline=None)
@given(st.lists(st.builds(ImageScore, numbers, numbers, numbers, numbers, numbers), max_size=4), st.booleans())
def test_tiles_at_any_place_are_listed_and_those_on_the_image_drawn(tiles: list[ImageScore], known: bool) -> None:
    explanation = Explanation("x", [ImagePromptItemExplanation(tiles)])
    view = explanation.view(Prompt([picture()]) if known else None)
    assert view.png(width=320).startswith(b"\x89PNG")
    ElementTree.fromstring(view.svg())
    assert not re.search(r'(x|y|width|height)="-?(nan|inf)', view.svg() + view.html())
    if tiles:
        assert view.html().partition("All scores")[2].count("<tr>") == len(tiles) + 1


@pytest.mark.parametrize(
    ("score", "shown"), [(None, "NaN"), (10**400, "+∞"), (-(10**400), "-∞"), (True, "+1"), (3, "+3")]
)
def test_what_json_has_for_a_number_is_shown_as_one(score: float, shown: str) -> None:
    items: list[PromptItemExplanation] = [
        TextPromptItemExplanation([TextScore(0, 1, score)]),
        ImagePromptItemExplanation([ImageScore(0, 0, 1, 1, score)]),
        TokenPromptItemExplanation([TokenScore(score)]),
    ]
    for item in items:
        assert shown in Explanation("x", [item]).view().html()


def test_a_score_that_is_not_a_number_of_any_kind_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="a score must be a number, got str 'x'"):
        Explanation("x", [TextPromptItemExplanation([TextScore(0, 1, "x")])]).view()  # type: ignore[arg-type]


@pytest.mark.parametrize("bytes_", [[300, -1], [0x80], [], [0xF0, 0x9F]])
def test_a_token_with_bytes_that_are_not_a_text_is_shown(bytes_: list[int]) -> None:
    message = TextMessage("assistant", "a")
    tokens = [TokenLogprob("a", -0.5, bytes_, []), TokenLogprob("b", -0.5, [98], [])]
    shown = ChatResponse(FinishReason.Stop, message, [ChatChoice(0, message, None, tokens)]).view()
    assert page(shown.html()).shown(0).endswith("b")


def test_tabs_are_blank_in_an_image() -> None:
    plain, tabbed = (PIL.Image.open(io.BytesIO(Prompt(text).view().png())) for text in (" " * 8, "\t"))
    assert plain.tobytes() == tabbed.tobytes()


@given(st.text(max_size=60), st.integers(24, 60))
def test_no_line_of_a_terminal_is_too_wide(text: str, columns: int) -> None:
    view = text_explanation(text, [1.0, -1.0])
    for shown in (view.text(columns=columns), SGR.sub("", view.ansi(columns=columns))):
        assert all(width(line.rstrip().replace("\t", " " * 8)) <= columns for line in shown.split("\n"))


@given(st.text(max_size=60))
def test_a_terminal_shows_every_word(text: str) -> None:
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
    explanation, prompt = explained(10_000)
    html = explanation.view(prompt).html()
    assert html.count("<span class=") >= 10_000
    assert html.count("<tr>") >= 10_000
    assert len(html.encode()) <= 1_000_000


def calls(render: Callable[[View], object], segments: int) -> int:
    """How many functions are called to show so many segments: work, whatever else the machine does."""
    explanation, prompt = explained(segments)
    counted = 0

    def count(_: object, event: str, __: object) -> None:
        nonlocal counted
        counted += event == "call"

    sys.setprofile(count)
    try:
        render(explanation.view(prompt))
    finally:
        sys.setprofile(None)
    return counted


@pytest.mark.parametrize("name", RENDERERS)
def test_work_grows_with_the_text_and_not_faster(name: str) -> None:
    few, many = (calls(RENDERERS[name], count) for count in (500, 2000))
    assert many <= 4.2 * few
    if name == "html":
        assert many <= 12 * 2000


def test_the_benchmark_of_views_tells_time_and_size(capsys: pytest.CaptureFixture[str]) -> None:
    views_benchmark(["--segments", "20", "--rounds", "1"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "20 segments"
    assert [line.split()[0] for line in lines[1:]] == [*RENDERERS]
    assert all(re.fullmatch(r"\w+ +[\d.]+ ms +[\d,]+ bytes", line) for line in lines[1:])


def test_ten_thousand_tokens_with_others_are_a_page_of_at_most_a_megabyte() -> None:
    places: list[dict[str, float | None]] = [
        {f"tok{index}": -0.5, **{f"other{index + one}": -1.0 - one for one in range(5)}} for index in range(10_000)
    ]
    html = CompletionResult(places).view().html()
    assert html.count("<tr>") >= 10_000
    assert html.count("other") >= 10_000
    assert len(html.encode()) <= 1_000_000
