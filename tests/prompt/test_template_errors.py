"""What a wrong template says, and the limits of what one may do."""

from __future__ import annotations

import itertools
import re
import tracemalloc
from typing import Any

import pytest
from hypothesis import given, strategies as st

from aleph_alpha.errors import TemplateError
from aleph_alpha.prompt import (
    Image,
    Text,
    Tokens,
)
from aleph_alpha.prompt_template import PromptTemplate
from tests.prompt.test_prompt_template import HOSTILE, IDS, IMAGE, joined, refusal, render

pytest.importorskip("liquid", "2.3.2", reason="templates need it; everything else works with an older one")

from aleph_alpha.prompt_template.liquid import _environment


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("{{ a", 1),
        ("a\nb {% bad %}", 2),
        ("\n\n{% for %}{% endfor %}", 3),
        ("{% if a %}\n\n{{ b }", 3),
        ("a\n{% if a %}b", 2),
        ("a\n{{ a | }}", 2),
        ("\n{% assign a = %}", 2),
        ("{% if a %}\n{% for i in %}{% endfor %}{% endif %}", 2),
        ("a\n{% endif %}", 2),
    ],
)
def test_a_syntax_error_tells_the_line(source: str, line: int) -> None:
    with pytest.raises(TemplateError) as caught:
        PromptTemplate(source)
    assert str(caught.value).startswith(f"line {line}: ")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{% for %}{% endfor %}", "line 1: in the tag 'for': there is nothing in it"),
        ("{% for a %}{% endfor %}", "line 1: in the tag 'for': expected 'in', found the end"),
        ("{% if a %}{% for b in %}{% endfor %}", "line 1: in the tag 'for': expected a value, found the end"),
        ("\n{% if a %}", "line 2: in the tag 'if': {% endif %} is missing"),
        ("{% doc %}", "line 1: in the tag 'doc': {% enddoc %} is missing"),
        ("{% endfor %}", "line 1: unexpected tag 'endfor'"),
        ("{% if not a %}{% endif %}", "line 1: in the tag 'if': liquid has no 'not'"),
        ("{% if (a) %}{% endif %}", "line 1: in the tag 'if': liquid has no parentheses in conditions"),
        ("{{ }}", "line 1: expected a value, found the end"),
        ("{{ a | }}", "line 1: expected a name, found the end"),
        ("{{ a", "line 1: expected '}}', found the end of the template"),
    ],
)
def test_a_syntax_error_is_told_in_words_of_the_template(source: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        PromptTemplate(source)
    assert str(caught.value) == message


INTERNALS = re.compile(r"Error|Undefined|positional|NoneType|__|\(\)|<class|datetime|\b(str|int|dict|tuple)\b")
LEFTS = {"text": "b", "array": [1, "b"], "object": {"k": 1}, "nothing": None, "number": 3, "objects": [{"a": 1}, {}]}
ARGUMENTS = ["", ": 1", ": 'k'", ": 'k', 'v'", ": array", ": 1, 2, 3, 4", ": nothing", ": k: 1"]


@pytest.mark.parametrize("name", sorted(_environment(100, 100).filters))
def test_no_wrong_use_of_a_filter_shows_what_is_behind_it(name: str) -> None:
    told = [
        text
        for left, arguments in itertools.product(LEFTS, ARGUMENTS)
        if (text := refusal(f"\n{{{{ {left} | {name}{arguments} }}}}", **LEFTS)) is not None
    ]
    assert told
    assert all(text.startswith(f"line 2: the filter '{name}' ") for text in told)
    assert not [text for text in told if INTERNALS.search(text)]


@pytest.mark.parametrize(
    ("source", "values", "message"),
    [
        ("a\n{{ 1 | divided_by: 0 }}", {}, "line 2: the filter 'divided_by' cannot divide by 0"),
        ("{{ a | nothing }}", {}, "line 1: unknown filter 'nothing'"),
        ("{% include 'file' %}", {}, "line 1: there is no template 'file' to take in: a PromptTemplate stands alone"),
        ("{% include file %}", {"file": "/etc/hostname"}, "line 1: there is no template '/etc/hostname' to take in"),
        ("{% render '/etc/hostname' %}", {}, "line 1: there is no template '/etc/hostname' to take in"),
        (
            "{% if 1 < a %}{% endif %}",
            {"a": "b"},
            "line 1: '<' and '>' are not supported between a number and a str",
        ),
        ("{{ a | sum }}", {"a": "b"}, "line 1: the filter 'sum' cannot work on a string"),
        ("\n{{ a | where }}", {"a": ["b"]}, "line 2: the filter 'where' takes 1 or 2 arguments, not 0"),
        ("{{ a | where: 'b' }}", {"a": [1]}, "line 1: the filter 'where' cannot work on an array with a string"),
        ("{{ a | concat: 1 }}", {"a": ["b"]}, "line 1: the filter 'concat' cannot work on an array with a number"),
        ("{{ a | upcase: 1 }}", {"a": "b"}, "line 1: the filter 'upcase' takes no arguments, not 1"),
        ("{{ a | slice }}", {"a": "b"}, "line 1: the filter 'slice' takes 1 or 2 arguments, not 0"),
        ("{{ a | round: 1, 2 }}", {"a": 1}, "line 1: the filter 'round' takes at most 1 argument, not 2"),
        ("{{ a | append: to: 1 }}", {"a": "b"}, "line 1: the filter 'append' takes no argument called 'to'"),
        ("{{ a | uniq: 'key' }}", {"a": ["b"]}, "line 1: the filter 'uniq' finds no property 'key'"),
        ("{{ a | date: '%Y' }}", {"a": None}, "line 1: the filter 'date' cannot work on nil (nothing) with a string"),
        ("{{ a }}", {"a": 10**5000}, "a value cannot be rendered: ValueError"),
    ],
)
def test_a_render_error_is_a_template_error(source: str, values: dict[str, Any], message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        render(source, **values)
    assert str(caught.value).startswith(message)
    assert caught.value.__cause__ is not None


def test_a_value_that_cannot_be_shown_is_a_template_error() -> None:
    class Broken:
        def __str__(self) -> str:
            raise OSError("broken")

    with pytest.raises(TemplateError, match="a value cannot be rendered: OSError: broken"):
        render("{{ a }}", a=Broken())


@pytest.mark.parametrize("source", [None, 7, b"{{ a }}", ["a"]])
def test_a_template_must_be_a_string(source: Any) -> None:
    with pytest.raises(TemplateError, match="a template must be a string"):
        PromptTemplate(source)


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in (1..1001) %}{% endfor %}",
        "{% for i in (1..32) %}{% for j in (1..32) %}x{% endfor %}{% endfor %}",
        "{% tablerow i in (1..1001) %}{% endtablerow %}",
        "{{ (1..3000000) | join }}",
        "{{ (1..99999999999999999999) | first }}",
        "{% for i in (1..1000) %}0123456789{% endfor %}",
        "{% capture a %}{% for i in (1..1000) %}0123456789{% endfor %}{% endcapture %}",
        "{% assign a = '0123456789' %}{% for i in (1..40) %}{% assign a = a | append: a %}{% endfor %}",
        "{% assign a = '0123456789' %}{% for i in (1..40) %}{% assign a = a | replace: '', a %}{% endfor %}",
        "{% assign a = 'a,b' | split: ',' %}{% for i in (1..40) %}{% assign a = a | concat: a %}{% endfor %}",
        "{{ big | replace: 'a', big }}",
        "{{ big | split: '' | join: big }}",
        "{% assign a = 9 %}{% for i in (1..1000) %}{% assign a = a | times: a %}{% endfor %}",
        "{% for i in (1..500) %}{% assign a = big %}{{ a }}{% endfor %}",
        "{% for i in (1..31) %}" * 31 + "{% endfor %}" * 31,
        "{% if a %}" * 3000,
    ],
)
def test_limits_hold(source: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(TemplateError):
            PromptTemplate(source, max_loops=1000, max_output=5000).to_prompt(big="a" * 4000)
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


def test_a_filter_that_compares_each_to_each_takes_no_long_lists() -> None:
    assert joined(render("{{ a | uniq | size }}", a=[1, 2, 1, *range(5000)])) == "5000"
    with pytest.raises(TemplateError, match="the filter 'uniq' takes no array with more than 10000 elements"):
        render("{{ a | uniq | size }}", a=list(range(10_001)))


def test_what_is_within_the_limits_renders() -> None:
    template = PromptTemplate("{% for i in (1..1000) %}01234{% endfor %}", max_loops=1000, max_output=5000)
    assert joined(list(template.to_prompt().items)) == "01234" * 1000


def test_a_deeply_nested_value_is_a_template_error() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(TemplateError, match="nested too deeply"):
        render("{{ a }}", a=value)


LIQUID = st.lists(
    st.sampled_from(
        [
            "{{ a }}",
            "{{ b | upcase }}",
            "{{ a | split: b }}",
            "{% for i in a %}",
            "{% endfor %}",
            "{% if a %}",
            "{% endif %}",
            "{{",
            "%}",
            "text",
            "{{ a | date: b }}",
            "{% assign c = a | plus: b %}",
            "{{ c }}",
            "{% case a %}",
            "{% cycle a %}",
            "{% liquid echo a %}",
            "{{ a[b] }}",
            "{{ a | slice: b }}",
            "{{ a | round: b }}",
            "{{ (a..b) | size }}",
            "{{ a | sort }}",
            "{{ a | sum }}",
            "{{ a | url_decode }}",
        ]
    ),
    max_size=5,
).map("".join)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | HOSTILE | st.sampled_from([IMAGE, IDS]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3) | st.tuples(inner)
    ),
    max_leaves=6,
)


@given(LIQUID, VALUES, VALUES)
def test_every_template_gives_a_prompt_or_the_documented_error(source: str, a: Any, b: Any) -> None:
    try:
        items = render(source, a=a, b=b)
    except TemplateError:
        return
    assert {type(item) for item in items} <= {Text, Tokens, Image}
    assert all(item in (IMAGE, IDS) for item in items if not isinstance(item, Text))
