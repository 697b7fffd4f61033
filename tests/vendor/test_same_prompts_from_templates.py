"""Templates render to the same prompts as with the vendor's package.

Kept different on purpose, and so not asked for here: a placeholder inside of a list or dict that is printed as a whole
comes out of the vendor's package between ``UUID('`` and ``')``; a loop over a placeholder has no rounds there; a filter
that loses a placeholder loses it silently.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TEXTS = ["", " ", "cool", "Hello {{ name }}", "a\r\nb\rc", "x < y & z", "{% raw %}", "ünïcödé 🍕", "tab\tend ", "\n"]
SCALARS: list[Any] = [*TEXTS, 0, 7, -1.5, True, False, None]
OF_SCALARS = [
    *[
        "{{ a }}",
        "{{ b }}",
        "{{- a -}}",
        " text ",
        "\n",
        "\r\n",
        "{{ a | append: b }}",
        "{{ b | prepend: 'x' }}",
        "{{ missing }}",
    ],
    *["{% if a %}yes{% else %}no{% endif %}", "{% if a == b %}eq{% endif %}", "{% unless a %}u{% endunless %}"],
    *[
        "{% assign c = a %}{{ c }}{{ c }}",
        "{% capture d %}<{{ a }}>{% endcapture %}{{ d }}{{ d }}",
        "{% cycle a, b %}{% cycle a, b %}",
    ],
    *[
        "{% case a %}{% when 'cool' %}C{% else %}E{% endcase %}",
        "{% raw %}{{ a }}{% endraw %}",
        "{% comment %}z{% endcomment %}",
    ],
    *[
        "{{ a | strip }}",
        "{{ a | escape }}",
        "{{ a | newline_to_br }}",
        "{{ a | strip_html }}",
        "{{ a | default: 'none' }}",
    ],
    *["{% ifchanged %}{{ a }}{% endifchanged %}", "{{ a | replace: 'cool', b }}", "{{ 'z' | upcase }}", "{{ self }}"],
]
OF_LISTS = [
    *[
        "{% for i in l %}{{ i }},{% endfor %}",
        "{% for i in l %}[{{ i }}]{% else %}none{% endfor %}",
        "{{ l }}",
        "{{ l[0] }}",
    ],
    *[
        "{{ l | join: ', ' }}",
        "{{ l | first }}",
        "{{ l | last }}",
        "{{ l | concat: l | join: '/' }}",
        "{{ l | reverse | join }}",
    ],
    *[
        "{% tablerow i in l %}{{ i }}{% endtablerow %}",
        "{{ l | size }}",
        "{% for i in (1..3) %}{{ forloop.index0 }}{% endfor %}",
    ],
    *["{{ d.k }}", "{{ d.l | join: '-' }}", "{{ d['k'] }}", "{{ d.missing.more }}"],
]
WRONG = ["{% bad %}", "{{ a |", "{{ a | nothing }}", "{% include 'x' %}", "{% for %}", "{% if a %}"]


def case(dice: random.Random) -> tuple[str, dict[str, Any]]:
    def item() -> Any:
        return dice.choice([*TEXTS, [1, 2], [3]])

    def scalar() -> Any:
        special = [{"$placeholder": [1, 2]}, {"$embed": [item() for _ in range(dice.randrange(5))]}]
        return dice.choice([dice.choice(SCALARS), *special, *({"$format": one} for one in special)])

    values = {
        "a": scalar(),
        "b": scalar(),
        "l": [scalar() for _ in range(dice.randrange(4))],
        "d": {"k": scalar(), "l": ["x"]},
    }
    source = "".join(dice.choice(OF_SCALARS + OF_LISTS) for _ in range(dice.randint(1, 6)))
    return source + dice.choice(WRONG) if dice.random() < 0.05 else source, values


def rendered(python: str, package: str, cases: list[Any]) -> list[Any]:
    worker = str(Path(__file__).with_name("templates.py"))
    done = subprocess.run(
        [python, worker, package], input=json.dumps(cases), capture_output=True, text=True, check=True, timeout=300
    )
    return list(json.loads(done.stdout))


@pytest.mark.parametrize("variable", ["AA_COMPAT_11", "AA_COMPAT_7"])
def test_a_template_renders_to_the_same_prompt(variable: str) -> None:
    python = os.environ.get(variable)
    if python is None:
        pytest.skip(f"{variable} names no interpreter: run `make compat`")
    dice = random.Random(7)
    cases = [case(dice) for _ in range(2000)]
    ours, theirs = rendered(sys.executable, "aleph_alpha", cases), rendered(python, "aleph_alpha_client", cases)
    different = [(*one, new, old) for one, new, old in zip(cases, ours, theirs, strict=True) if new != old]
    assert different[:3] == []
    assert sum(prompt != "error" for prompt in ours) > 1500
