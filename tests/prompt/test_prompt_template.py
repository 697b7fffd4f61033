"""Prompts from templates: what comes out, and what can never come out."""

from __future__ import annotations

import concurrent.futures
import copy
import pickle
import re
import threading
import tracemalloc
from collections import OrderedDict
from typing import Any

import pytest
from hypothesis import assume, given, strategies as st

from aleph_alpha.errors import InvalidRequestError, TemplateError
from aleph_alpha.prompt import (
    ControlTokenOverlap,
    Image,
    Prompt,
    PromptItem,
    Text,
    TextControl,
    TokenControl,
    Tokens,
)
from aleph_alpha.prompt_template import Placeholder, PromptTemplate
from tests.prompt.strategies import prompts, texts

pytest.importorskip("liquid", "2.3.2", reason="templates need it; everything else works with an older one")


IMAGE = Image("AAAA", None, [])
IDS = Tokens([1, 2, 3], [TokenControl(0, 2.0)])


def render(source: str, **values: Any) -> list[PromptItem]:
    return list(PromptTemplate(source).to_prompt(**values).items)


def refusal(source: str, **values: Any) -> str | None:
    try:
        render(source, **values)
    except TemplateError as error:
        return str(error)
    return None


def joined(items: list[PromptItem]) -> str:
    return "".join(item.text if isinstance(item, Text) else "#" for item in items)


# What comes out ---------------------------------------------------------------------------------


def test_the_documented_example() -> None:
    template = PromptTemplate(
        """{%- for name in names -%}
        Hello {{name}}!
        {% endfor -%}
        {{ image }}
        """
    )
    prompt = template.to_prompt(names=["World", "Rutger"], image=template.placeholder(IMAGE))
    assert prompt == Prompt(
        [Text.from_text("Hello World!\n        Hello Rutger!\n        "), IMAGE, Text.from_text("\n        ")]
    )


def test_the_documented_example_of_embed_prompt() -> None:
    user_prompt = Prompt([Tokens.from_token_ids([1, 2, 3]), Text.from_text("cool"), IMAGE])
    template = PromptTemplate("Question: {{user_prompt}}\n Answer: ")
    prompt = template.to_prompt(user_prompt=template.embed_prompt(user_prompt))
    assert prompt == Prompt(
        [
            Text.from_text("Question: "),
            Tokens.from_token_ids([1, 2, 3]),
            Text.from_text("cool"),
            IMAGE,
            Text.from_text("\n Answer: "),
        ]
    )


@pytest.mark.parametrize(
    ("source", "values", "expected"),
    [
        ("", {}, []),
        (" \n ", {}, [Text(" \n ")]),
        ("{{ a }}", {"a": ""}, []),
        ("{{ a }}", {"a": " "}, [Text(" ")]),
        ("a{{ missing }}b{{ missing.member[0] }}c", {}, [Text("abc")]),
        ("{% if missing %}a{% else %}b{% endif %}", {}, [Text("b")]),
        ("{{ a }}{{ b }}{{ a }}", {"a": IMAGE, "b": "x"}, [IMAGE, Text("x"), IMAGE]),
        ("{% for i in a %}{{ i }}{% endfor %}", {"a": [IMAGE, IDS]}, [IMAGE, IDS]),
        ("{{ a.b[1].c }}", {"a": {"b": [0, {"c": IDS}]}}, [IDS]),
        ("{% for i in a %}{{ i[1] }},{% endfor %}", {"a": OrderedDict(k=IDS)}, [IDS, Text(",")]),
        ("{% for i in a %}{{ i }}{% endfor %}", {"a": ("x", IDS)}, [Text("x"), IDS]),
        (
            "{% capture c %}<{{ a }}>{% endcapture %}{{ c }}{{ c }}",
            {"a": IDS},
            [Text("<"), IDS, Text("><"), IDS, Text(">")],
        ),
        ("{% assign c = a %}{{ c }}", {"a": IDS}, [IDS]),
        ("{% if a %}{{ a }}{% endif %}", {"a": IDS}, [IDS]),
        ("{{ a | default: 'none' }}", {"a": IDS}, [IDS]),
        ("{{ a | append: '!' | prepend: b }}", {"a": IDS, "b": IMAGE}, [IMAGE, IDS, Text("!")]),
        ("{{ a | join: ' and ' }}", {"a": [IDS, IMAGE]}, [IDS, Text(" and "), IMAGE]),
        ("{{ a | first }}{{ a | last }}", {"a": [IDS, "x", IMAGE]}, [IDS, IMAGE]),
        ("{{ a | size }}", {"a": [IDS, IMAGE]}, [Text("2")]),
        ("{{ a | concat: b | reverse }}", {"a": [IDS], "b": [IMAGE]}, [IMAGE, IDS]),
        ("{{ a | map: 'i' }}", {"a": [{"i": IDS}, {"i": IMAGE}]}, [IDS, IMAGE]),
        ("{{ a | replace: 'X', b }}", {"a": "1X2", "b": IDS}, [Text("1"), IDS, Text("2")]),
        ("{{ a | strip | escape | downcase | strip_html | newline_to_br }}", {"a": IDS}, [IDS]),
        ("{{ a | split: ',' }}", {"a": Prompt(["x,", IDS, ",y"])}, [Text("x"), IDS, Text("y")]),
        ("{{ a }}", {"a": Prompt(["q", "r", IDS, [7], Image("BBBB")])}, [Text("q r"), IDS, Tokens([7]), Image("BBBB")]),
        ("{{ a }}", {"a": Text("text")}, [Text("text")]),
        ("{{ self }} {{ template_str }} {{ kwargs }}", {"self": 1, "template_str": 2, "kwargs": 3}, [Text("1 2 3")]),
        ("a\r\nb\rc\n{{ d }}", {"d": "\r\n"}, [Text("a\r\nb\rc\n\r\n")]),
        ("{% capture c %}a\r\nb{% endcapture %}{{ c }}", {}, [Text("a\r\nb")]),
        ("{{ a }}", {"a": "\ud800"}, [Text("\ud800")]),
        ("{% raw %}{{ a }}{% endraw %}", {"a": 1}, [Text("{{ a }}")]),
    ],
)
def test_what_a_template_renders_to(source: str, values: dict[str, Any], expected: list[PromptItem]) -> None:
    assert render(source, **values) == expected


def test_a_value_that_is_not_used_leaves_no_trace() -> None:
    assert render("cool", image=IMAGE) == [Text("cool")]


def test_a_list_that_contains_itself_can_be_a_value() -> None:
    values: list[Any] = ["a", IDS]
    values.append(values)
    assert render("{{ values[0] }}{{ values[1] }}", values=values) == [Text("a"), IDS]


@given(prompts)
def test_an_embedded_prompt_comes_out_as_it_went_in_but_for_joined_texts(prompt: Prompt) -> None:
    template = PromptTemplate("{{ prompt }}")
    for value in (prompt, template.embed_prompt(prompt)):
        items = list(template.to_prompt(prompt=value).items)
        assert [item for item in items if not isinstance(item, Text)] == [
            item for item in prompt.items if not isinstance(item, Text)
        ]
        assert "".join(joined(items).split()) == "".join(joined(list(prompt.items)).split())


@given(st.lists(st.text(max_size=3) | st.just(IDS), max_size=6))
def test_a_space_goes_between_texts_that_have_none_there(elements: list[str | Tokens]) -> None:
    expected = ""
    before: str | Tokens = IDS
    for element in elements:
        if isinstance(element, Tokens):
            expected += "#"
        elif element:
            gap = isinstance(before, str) and not before[-1].isspace() and not element[0].isspace()
            expected += " " * gap + element
        if element != "":
            before = element
    assert joined(render("{{ p }}", p=Prompt(elements))) == expected


# The idioms of the vendor's client --------------------------------------------------------------


def test_placeholders_and_embedded_prompts_can_be_joined_and_formatted() -> None:
    template = PromptTemplate("{{ a }}")
    image, embedded = template.placeholder(IMAGE), template.embed_prompt(Prompt(["x", IDS]))
    prompt = template.to_prompt(a=f"1 {image} 2" + embedded + f"{embedded} {image!s}" + " " + image)
    assert joined(list(prompt.items)) == "1 # 2x#x# # #"
    assert [item for item in prompt.items if isinstance(item, Image)] == [IMAGE] * 3


def test_a_template_renders_any_number_of_times() -> None:
    template = PromptTemplate("{{ a }}{{ b }}")
    image, embedded = template.placeholder(IMAGE), template.embed_prompt(Prompt(["x", IDS]))
    for _ in range(3):
        assert template.to_prompt(a=image, b=embedded).items == [IMAGE, Text("x"), IDS]


def test_copies_and_pickles_of_placeholders_work() -> None:
    template = PromptTemplate("{{ a }}")
    image = template.placeholder(IMAGE)
    assert isinstance(image, Placeholder)
    for same in (copy.deepcopy(image), pickle.loads(pickle.dumps(image)), str(image)):
        assert template.to_prompt(a=same).items == [IMAGE]


def test_the_same_item_is_kept_once() -> None:
    template = PromptTemplate("{{ a }}")
    prompt = Prompt([IMAGE, IDS, Text("a").with_control("a", 2.0)])
    assert template.embed_prompt(prompt) == template.embed_prompt(prompt)
    assert template.placeholder(IMAGE) == template.placeholder(IMAGE)


def test_items_passed_as_values_are_not_kept() -> None:
    template = PromptTemplate("{{ a }}")

    def use(size: int) -> None:
        template.to_prompt(a=Image("A" * size))
        template.to_prompt(a=Prompt([Image("B" * size)]))

    use(4)
    tracemalloc.start()
    try:
        for _ in range(20):
            use(1_000_000)
        assert tracemalloc.get_traced_memory()[0] < 1_000_000
    finally:
        tracemalloc.stop()


def test_threads_can_share_a_template() -> None:
    template = PromptTemplate("{% for i in (1..20) %}{{ a }}{{ i }}{% endfor %}{{ b }}")
    barrier = threading.Barrier(8)

    def work(number: int) -> None:
        barrier.wait()
        for n in range(20):
            ids = Tokens([number, n])
            items = template.to_prompt(a=template.placeholder(ids), b=template.embed_prompt(Prompt([ids]))).items
            assert [item for item in items if isinstance(item, Tokens)] == [ids] * 21

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work, number) for number in range(8)]:
            done.result()


# Controls of embedded texts ---------------------------------------------------------------------


def test_controls_of_embedded_texts_move_with_them() -> None:
    prompt = Prompt(
        [Text("I like").with_control("like", 0.5), IDS, Text("pizza", [TextControl(1, 2, 3.0)]), Text("a lot")]
    )
    (before, ids, after) = render("Question: {{ p }}!", p=prompt)
    assert before == Text("Question: I like").with_control("like", 0.5)
    assert ids == IDS
    assert after == Text("pizza a lot!", [TextControl(1, 2, 3.0)])


@given(st.lists(texts(min_size=1), max_size=4), st.text(max_size=3), st.text(max_size=3))
def test_every_control_covers_the_same_characters_afterwards(items: list[Text], before: str, after: str) -> None:
    assume(not any("\r" in item.text for item in items))
    rendered = render("{{ before }}{{ p }}{{ after }}", p=Prompt(items), before=before, after=after)
    wanted = [(item.text[c.start :][: c.length], c.factor, c.token_overlap) for item in items for c in item.controls]
    found: list[tuple[str, float, ControlTokenOverlap | None]] = []
    for item in rendered:
        assert isinstance(item, Text)
        found += ((item.text[c.start :][: c.length], c.factor, c.token_overlap) for c in item.controls)
    assert found == wanted


@pytest.mark.parametrize("name", ["upcase", "truncate: 8", "remove: 'z'", "replace: 'pizza', 'pasta'", "capitalize"])
def test_a_control_whose_text_was_changed_is_an_error(name: str) -> None:
    prompt = Prompt([Text("I like pizza").with_control("pizza", 0.5)])
    with pytest.raises(TemplateError, match=r"p\.items\[0\] \(Text\)"):
        render(f"{{{{ p | {name} | upcase }}}}", p=prompt)


def test_an_embedded_text_with_wrong_controls_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match=r"controls\[0\] covers characters -1 to 0"):
        render("before {{ p }}", p=Prompt([Text("a", [TextControl(-1, 1, 1.0)])]))


# What can never come out ------------------------------------------------------------------------

HOSTILE = st.text() | st.lists(
    st.sampled_from(
        ["{{", "}}", "{%", "%}", " a ", "raw", "include 'x'", "|", "upcase", "0aa", "i0z", "UUID('", "\n", "0" * 48]
    ),
    max_size=8,
).map("".join)


@given(HOSTILE)
def test_text_never_becomes_an_item_and_is_never_evaluated(text: str) -> None:
    template = PromptTemplate("[{{ a }}|{{ ids }}|{{ p }}]")
    prompt = template.to_prompt(a=text, ids=IDS, p=Prompt([text, IDS]))
    expected = [Text(f"[{text}|"), IDS, Text(f"|{text}"), IDS, Text("]")]
    if not text:
        expected = [Text("[|"), IDS, Text("|"), IDS, Text("]")]
    assert prompt.items == expected


def test_a_guessed_marker_stays_text() -> None:
    template = PromptTemplate("{{ a }}{{ b }}")
    marker = str(template.placeholder(IDS))
    guesses = [re.sub("[0-9a-f]{48}", digits * 48, marker) for digits in "0af"]
    for guess in guesses:
        assert template.to_prompt(a=guess, b="").items == [Text(guess)]


def test_what_stood_for_an_item_in_one_rendering_does_not_in_the_next() -> None:
    template = PromptTemplate("{{ a | append: '' }}")
    leaked: list[str] = []

    class Leak(dict[str, Any]):
        def __getitem__(self, key: str) -> Any:
            leaked.append(key)
            return ""

    PromptTemplate("{{ leak[a] }}").to_prompt(a=IDS, leak=Leak())
    assert len(leaked) == 1
    with pytest.raises(TemplateError, match="placeholder of another PromptTemplate"):
        template.to_prompt(a=leaked[0])


def test_values_are_not_evaluated_as_liquid() -> None:
    assert render("{{ a }}{{ b }}", a="{{ b }}{% include 'x' %}", b="{{ a }}") == [
        Text("{{ b }}{% include 'x' %}{{ a }}")
    ]


def test_members_and_attributes_of_python_objects_are_out_of_reach() -> None:
    class Secret:
        token = "secret"

    assert render("{{ a.__class__ }}{{ a.__class__.__mro__ }}{{ b.token }}{{ b['token'] }}", a="x", b=Secret()) == []


def test_a_placeholder_of_another_template_is_an_error_that_names_it() -> None:
    template, other = PromptTemplate("{{ image }}"), PromptTemplate("")
    with pytest.raises(TemplateError, match="image is a placeholder of another PromptTemplate"):
        template.to_prompt(image=other.placeholder(IMAGE))
    with pytest.raises(TemplateError, match=r"images\[1\]\.file is a placeholder of another PromptTemplate"):
        template.to_prompt(images=["", {"file": other.placeholder(IMAGE)}])
    with pytest.raises(TemplateError, match="the rendered text holds a placeholder of another PromptTemplate"):
        template.to_prompt(image=other.embed_prompt(Prompt([IMAGE])))
    with pytest.raises(TemplateError, match="is a placeholder of another PromptTemplate"):
        template.to_prompt(image=Placeholder("forged"))


@pytest.mark.parametrize(
    "name",
    [
        "upcase",
        "base64_encode",
        "truncate: 10",
        "slice: 0, 5",
        "remove: 'a'",
        "replace: '0', '1'",
        "size",
        "plus: 1",
        "split: '' | join: ' '",
        "replace: a, ''",
    ],
)
@pytest.mark.parametrize("as_value", [True, False])
def test_a_filter_that_would_mangle_a_placeholder_is_an_error_that_names_both(name: str, as_value: bool) -> None:
    template = PromptTemplate(f"text\n{{{{ a | {name} }}}}")
    with pytest.raises(TemplateError) as caught:
        template.to_prompt(a=IDS if as_value else template.placeholder(IDS))
    which = "a" if as_value else "number 1"
    assert str(caught.value) == f"line 2: the filter {name.split(':')[0]!r} would change placeholder {which} (Tokens)"


def test_a_filter_may_change_the_text_around_a_placeholder() -> None:
    prompt = Prompt(["  X < y ", IDS, " \n Z "])
    assert joined(render("{{ p | strip | downcase | escape | strip_newlines }}", p=prompt)) == "x &lt; y #  z"


@pytest.mark.parametrize("cut", [slice(0, 30), slice(30, None), slice(5, 60)])
def test_a_placeholder_that_was_cut_before_it_was_passed_is_an_error(cut: slice) -> None:
    template = PromptTemplate("{{ a }}")
    with pytest.raises(TemplateError, match="a piece of a placeholder"):
        template.to_prompt(a=template.embed_prompt(Prompt([IDS]))[cut])


@pytest.mark.parametrize("item", ["text", Text("text"), None, Prompt("text")])
def test_only_images_and_tokens_have_placeholders(item: Any) -> None:
    with pytest.raises(TemplateError, match="a placeholder stands for an Image or Tokens"):
        PromptTemplate("").placeholder(item)


def test_a_prompt_with_something_else_in_it_cannot_be_embedded() -> None:
    with pytest.raises(InvalidRequestError, match=r"prompt\.items\[1\] must be a Text, Tokens, Image or str"):
        PromptTemplate("").embed_prompt(Prompt(["a", 7]))  # type: ignore[list-item]


# Errors and limits ------------------------------------------------------------------------------
