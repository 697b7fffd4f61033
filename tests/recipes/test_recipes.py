"""Recipes of CONTRIBUTING.md, walked in a copy of the project: each check says what is missing until nothing is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recipes.scratch import Scratch

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_an_optional_field_is_written_in_the_contract_and_in_its_dataclass(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    check = "scripts/request_fields.py"
    assert scratch.run(check) == (0, "")

    contract = tmp_path / "openapi" / "inference.yaml"
    lines = contract.read_text("utf-8").splitlines()
    at = lines.index("    CompletionRequest:")
    properties = next(i for i in range(at, len(lines)) if lines[i].strip() == "properties:")
    indent = " " * (len(lines[properties]) - len(lines[properties].lstrip()) + 2)
    lines[properties + 1 : properties + 1] = [
        f"{indent}resonance:",
        f"{indent}  type: integer",
        f"{indent}  minimum: 0",
    ]
    contract.write_text("\n".join(lines) + "\n", "utf-8")
    status, said = scratch.run("scripts/regenerate.py")
    assert status == 0, said

    status, said = scratch.run(check)
    assert (status, said) == (
        1,
        "aleph_alpha/completion/request.py: CompletionRequest lacks resonance (int | Unset), which the contract has\n",
    )

    request = "aleph_alpha/completion/request.py"
    last = "    steering_concepts: Sequence[str] | None = None\n"
    scratch.replace(request, last, last + "    resonance: int | None = None\n")
    assert scratch.run(check) == (1, f"{request}: CompletionRequest.resonance has no line in the docstring\n")

    line = "        steering_concepts: "
    scratch.replace(request, line, f"        resonance: how much it resonates, 0 or greater.\n{line}")
    assert scratch.run(check) == (0, "")

    use = (
        "from aleph_alpha import CompletionRequest, Prompt\n"
        "print(CompletionRequest(Prompt('Hi'), resonance=7).to_json()['resonance'])\n"
        "from aleph_alpha import Client\n"
        "try: Client('token', 'http://127.0.0.1:9').complete(CompletionRequest(Prompt('Hi'), resonance='7'), 'm')\n"
        "except ValueError as error: print(error)\n"
    )
    assert scratch.run("-c", use) == (0, "7\nCompletionRequest.resonance must be an int or None, not str '7'\n")


def test_a_call_option_is_written_in_settings_alone(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    check = "scripts/client_options.py"
    assert scratch.run(check, "--check")[0] == 0

    scratch.replace(
        "aleph_alpha/options.py",
        "    retry_after_cap: float = 60.0\n",
        '    patience: float = 1.5\n    """How many seconds."""\n\n    retry_after_cap: float = 60.0\n',
    )
    status, said = scratch.run(check, "--check")
    assert status == 1
    assert {"aleph_alpha/_async/client.py", "docs/options.md"} <= set(said.split())

    assert scratch.run(check)[0] == 0
    assert scratch.run("scripts/unasync.py")[0] == 0
    use = (
        "from inspect import signature\n"
        "from aleph_alpha import AsyncClient, Client\n"
        "for kind in (AsyncClient, Client):\n"
        "    print([signature(each).parameters['patience'].default for each in (kind, kind.with_options)])\n"
        "    settings = kind('token', patience=2.5).with_options(nice=True)._settings\n"
        "    print(settings.patience, 'patience: ' in kind.__doc__)\n"
    )
    assert scratch.run("-c", use) == (0, "[1.5, <default>]\n2.5 True\n" * 2)
    assert "| `patience` | `float` | `1.5` | yes | How many seconds. |" in (tmp_path / "docs/options.md").read_text()
