"""Beside packages that pin an old python-liquid everything works but PromptTemplate, which says what it needs."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import liquid
import pytest
from packaging.requirements import Requirement

from aleph_alpha import PromptTemplate, Tokens

ROOT = Path(__file__).parents[2]

# python-liquid 1.x in place of the one that is installed: it has other names than this package imports.
OLD = """
import sys, types
old = types.ModuleType("liquid")
old.__version__ = {version!r}
sys.modules["liquid"] = old
import aleph_alpha
"""
EVERYTHING_ELSE = """
for name in aleph_alpha.__all__:
    getattr(aleph_alpha, name)
import aleph_alpha.prompt_template
from aleph_alpha import Client, CompletionRequest, Prompt
from aleph_alpha.prompt_template import Placeholder
from aleph_alpha._call.call import NO_DEFAULTS
from aleph_alpha.completion.calls import complete_call
Client("token")
complete_call(CompletionRequest(Prompt.from_text("a")), "model", NO_DEFAULTS)
"""


def run(code: str) -> str:
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    return ended.stderr


@pytest.mark.parametrize("pin", ["==1.9.4", "~=1.13", ">=2.3.2"])
def test_the_versions_that_other_packages_pin_can_be_installed_beside_it(pin: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (allowed,) = (Requirement(one) for one in project["dependencies"] if one.startswith("python-liquid"))
    pinned = Requirement(f"python-liquid{pin}").specifier
    assert any(allowed.specifier.contains(v) and pinned.contains(v) for v in ("1.9.4", "1.13.0", "2.3.2", "2.4.0"))


@pytest.mark.parametrize("version", ["1.9.4", "1.13.0", "2.0", "2.3.1", "2.3.1.dev1"])
def test_a_template_says_which_version_it_needs_and_which_there_is(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(liquid, "__version__", version)
    with pytest.raises(ImportError, match=rf"2\.3\.2 or newer.*{re.escape(version)} is installed.*pip install"):
        PromptTemplate("{{ name }}")


@pytest.mark.parametrize("version", ["2.3.2", "2.3.10", "2.4", "2.10.0"])
def test_a_newer_one_is_taken(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    template = pytest.importorskip("aleph_alpha.prompt_template.liquid", exc_type=ImportError)
    assert template
    monkeypatch.setattr(liquid, "__version__", version)
    assert PromptTemplate("{{ a }}").to_prompt(a=Tokens([1])).items == [Tokens([1])]


@pytest.mark.parametrize("version", ["1.9.4", "1.13.0"])
def test_everything_else_works_with_an_old_one(version: str) -> None:
    old = OLD.format(version=version)
    assert run(old + EVERYTHING_ELSE) == ""
    assert "ImportError: PromptTemplate needs python-liquid 2.3.2" in run(old + "aleph_alpha.PromptTemplate('a')")
