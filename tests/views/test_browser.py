"""Pages in a real browser: the text is the prompt, nothing runs, and everybody can read it."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from aleph_alpha import Image, Prompt
from aleph_alpha.explanation import Explanation, TextPromptItemExplanation, TextScore
from aleph_alpha.views import View
from tests.views.browser import Browser, missing
from tests.views.samples import EDGES, HOSTILE, VIEWS, text_explanation

ROOT = Path(__file__).resolve().parent.parent.parent
TEXTS = "[...document.querySelectorAll('.aav .t')].map(one => one.textContent)"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core: `make browser` puts it into .venv."""
    file = Path(os.environ.get("AA_AXE", ROOT / ".venv/axe/node_modules/axe-core/axe.min.js"))
    if not file.exists():
        missing("axe-core is not installed: make browser")
    return file.read_text("utf-8")


# Everything but what HTML cannot hold; more of what HTML, terminals and bidi give a meaning to.
characters = st.one_of(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    st.sampled_from("<>&\"'/= \n\r\t\f\v\x1b\x85\u2028\u202e\u2066\u2069\ufeff\u200d\u0301שم👩🏽"),
)
texts = st.one_of(st.lists(characters).map("".join), st.lists(st.sampled_from(HOSTILE), max_size=4).map("".join))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=texts, every=st.integers(1, 5))
def test_the_text_of_the_page_is_the_prompt_character_for_character(browser: Browser, text: str, every: int) -> None:
    parts = [TextScore(start, every, start - 3.0) for start in range(0, len(text), every + 1)]
    explanation = Explanation(text, [TextPromptItemExplanation(list(parts))])
    browser.open(explanation.view(Prompt.from_text(text)).html())
    assert browser.evaluate(TEXTS) == [text, text]
    assert browser.evaluate("window.ran") is None


def test_nothing_runs_and_nothing_is_loaded(browser: Browser) -> None:
    browser.open(text_explanation("".join(HOSTILE), [1.0, -1.0] * 20, "".join(HOSTILE)).html())
    assert browser.evaluate("window.ran") is None
    assert browser.evaluate("document.scripts.length") == 0
    assert browser.evaluate("performance.getEntriesByType('resource').length") == 0
    assert (
        browser.evaluate(
            "[...document.querySelectorAll('*')].filter(e => e.matches('[onerror],[onload],[src]')).length"
        )
        == 0
    )


@pytest.mark.parametrize("view", (VIEWS | EDGES).values(), ids=(VIEWS | EDGES).keys())
def test_axe_finds_nothing(view: View, browser: Browser, axe: str) -> None:
    for dark, forced in ((False, False), (True, False), (False, True)):
        browser.emulate(dark=dark, forced=forced)
        browser.open(view.html())
        browser.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        browser.evaluate(axe)
        # Forced colours are the system's, which axe does not see.
        rules = {"color-contrast": {"enabled": not forced}}
        found = browser.evaluate(
            f"axe.run({{rules: {json.dumps(rules)}}}).then(found => JSON.stringify(found.violations))"
        )
        violations: list[Any] = json.loads(found)
        assert [(one["id"], one["nodes"][0]["html"], one["nodes"][0]["failureSummary"]) for one in violations] == []


def test_axe_would_find_something(browser: Browser, axe: str) -> None:
    browser.emulate()
    browser.open('<!doctype html><p style="color:#aaa;background:#fff">pale</p>')
    browser.evaluate(axe)
    found = browser.evaluate("axe.run().then(found => found.violations.map(one => one.id))")
    assert {"color-contrast", "document-title", "html-has-lang"} <= set(found)


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS.keys())
def test_each_view_looks_different_in_light_dark_and_forced_colours(view: View, browser: Browser) -> None:
    shown = []
    for dark, forced in ((False, False), (True, False), (False, True)):
        browser.emulate(dark=dark, forced=forced)
        browser.open(view.html())
        image = PIL.Image.open(io.BytesIO(browser.screenshot())).convert("RGB")
        shown.append(image)
        corner = image.getpixel((1, 1))
        assert corner == ((22, 24, 28) if dark else (255, 255, 255))
    assert len({image.tobytes() for image in shown}) == 3


@pytest.mark.parametrize(
    ("around", "dark"),
    [
        ('<body data-jp-theme-light="true">', False),
        ('<body data-jp-theme-light="false">', True),
        ('<body class="vscode-light">', False),
        ('<body class="vscode-dark">', True),
        ('<body class="vscode-high-contrast">', True),
        ('<body class="vscode-high-contrast vscode-high-contrast-light">', False),
        ('<body data-md-color-scheme="slate">', True),
        ('<html data-bs-theme="light"><body>', False),
        ('<html data-theme="dark"><body>', True),
        ('<html data-theme="light"><body>', False),
        ('<html theme="dark"><body>', True),
    ],
)
@pytest.mark.parametrize("system", [False, True])
def test_a_view_in_a_notebook_follows_the_notebook_and_not_the_system(
    around: str, dark: bool, system: bool, browser: Browser
) -> None:
    browser.emulate(dark=system)
    browser.open(f'<!doctype html><meta charset="utf-8">{around}{VIEWS["explanation"].html(page=False)}')
    paper = browser.evaluate("getComputedStyle(document.querySelector('.aav')).backgroundColor")
    assert paper == ("rgb(22, 24, 28)" if dark else "rgb(255, 255, 255)")


def test_the_stripes_of_a_notebooks_tables_do_not_reach_those_of_a_view(browser: Browser) -> None:
    browser.emulate()
    stripes = "<style>.jp-RenderedHTMLCommon tbody tr:nth-child(odd){background:#333}</style>"
    around = '<body class="jp-RenderedHTMLCommon">'
    browser.open(f'<!doctype html><meta charset="utf-8">{stripes}{around}{VIEWS["ranking"].html(page=False)}')
    rows = "[...document.querySelectorAll('.aav tr')].map(one => getComputedStyle(one).backgroundColor)"
    assert set(browser.evaluate(rows)) == {"rgba(0, 0, 0, 0)"}


def test_targets_are_switched_with_the_keyboard_alone(browser: Browser) -> None:
    browser.emulate()
    browser.open(VIEWS["explanation"].html())
    visible = "[...document.querySelectorAll('.s > div')].map(one => one.checkVisibility())"
    assert browser.evaluate(visible) == [True, False, False]
    browser.press("Tab")
    browser.press("ArrowRight")
    assert browser.evaluate(visible) == [False, True, False]
    browser.press("Enter")  # would send another form away
    assert browser.evaluate(visible) == [False, True, False]
    browser.press("Tab")
    assert browser.evaluate("document.activeElement.tagName") == "SUMMARY"
    browser.press("Enter")
    assert browser.evaluate("document.activeElement.parentElement.open") is True


@pytest.mark.parametrize("theme", ["", ' data-theme="dark"'])
def test_paper_is_white_and_holds_all_panels_and_the_whole_matrix(theme: str, browser: Browser) -> None:
    browser.emulate(dark=True, media="print")
    browser.open(VIEWS["explanation"].html().replace("<html", f"<html{theme}"))
    assert browser.evaluate("getComputedStyle(document.querySelector('.aav')).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.evaluate("[...document.querySelectorAll('.s > div')].every(one => one.checkVisibility())")
    tops = browser.evaluate("[...document.querySelectorAll('.s > *')].map(one => one.getBoundingClientRect().top)")
    assert tops == sorted(tops)  # each panel below its name
    browser.open(EDGES["hundred vectors"].html())
    matrix = "document.querySelector('.m')"
    assert browser.evaluate(f"{matrix}.scrollHeight <= {matrix}.clientHeight")
    browser.emulate()


def test_an_image_is_shown_once_or_twice_on_a_page_and_as_it_is_stored(browser: Browser) -> None:
    """Scores are on the pixels of the file, whatever orientation a camera has noted."""
    image = PIL.Image.new("RGB", (200, 100), "#00ff00")
    image.paste("#ff0000", (0, 0, 100, 100))
    exif = image.getexif()
    exif[0x0112] = 6
    content = io.BytesIO()
    image.save(content, "PNG", exif=exif)
    one = Prompt([Image.from_bytes(content.getvalue())]).view()
    for forced in (False, True):
        browser.emulate(forced=forced)
        browser.open(f"<!doctype html>{one.html(page=False)}{VIEWS['image'].html(page=False)}{one.html(page=False)}")
        shown = PIL.Image.open(io.BytesIO(browser.screenshot())).convert("RGB")
        for left, top, width, height in browser.evaluate(
            "[...document.querySelectorAll('.aav svg')].map(one => one.getBoundingClientRect())"
            ".map(one => [one.left, one.top, one.width, one.height]).filter((one, index) => index != 1)"
        ):
            row = [shown.getpixel((int(left + width * share), int(top + height / 2))) for share in (0.1, 0.9)]
            assert row == [(255, 0, 0), (0, 255, 0)]


def test_switches_of_two_views_on_one_page_are_apart(browser: Browser) -> None:
    fragment = VIEWS["explanation"].html(page=False)
    browser.open(f'<!doctype html><meta charset="utf-8"><body>{fragment}{fragment}')
    browser.evaluate("document.querySelectorAll('input')[1].click()")
    assert browser.evaluate("[...document.querySelectorAll('input')].map(one => one.checked)") == [
        *(False, True, False),
        *(True, False, False),
    ]


def test_the_switch_cannot_be_sent(browser: Browser) -> None:
    """Enter on a switch would take a reader of a notebook to another page: no policy forbids forms there."""
    browser.open(f'<!doctype html><meta charset="utf-8"><body>{VIEWS["explanation"].html(page=False)}')
    assert browser.evaluate("[...document.forms].map(one => one.method)") == ["dialog"]


def test_blanks_tabs_and_line_feeds_are_seen_as_they_are(browser: Browser) -> None:
    text = " a  b\tc\n\n  d"
    browser.open(text_explanation(text, [1.0, -1.0, 0.5]).html())
    assert browser.evaluate("document.querySelector('.t').innerText") == text


def test_in_forced_colours_the_underline_tells_sign_and_step(browser: Browser) -> None:
    browser.emulate(forced=True)
    browser.open(text_explanation("abcdef", [-1.0, -0.5, -0.1, 0.1, 0.5, 1.0]).html())
    lines = browser.evaluate(
        "[...document.querySelector('.t').children].map(one => getComputedStyle(one))"
        ".map(one => [one.textDecorationStyle, parseFloat(one.textDecorationThickness)])"
    )
    assert [style for style, _ in lines] == ["dotted"] * 3 + ["solid"] * 3
    thickness = [thick for _, thick in lines]
    assert thickness == thickness[::-1]
    assert thickness[3] < thickness[4] < thickness[5]


def test_right_to_left_text_begins_at_the_right(browser: Browser) -> None:
    browser.open(text_explanation("שלום עולם", [1.0, -1.0]).html())
    assert browser.evaluate("getComputedStyle(document.querySelector('.t')).direction") == "rtl"
    left = "[...document.querySelectorAll('.t')[0].children].map(one => one.getBoundingClientRect().left)"
    first, second = browser.evaluate(left)
    assert first > second
