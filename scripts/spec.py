"""The wire contract: what the API has changed since, and whether the contract is sound.

    python scripts/spec.py diff --from SOURCE [--format json]
    python scripts/spec.py lint

`diff` compares an OpenAPI 3.0 or 3.1 document with openapi/inference.yaml. SOURCE is a file or a URL, JSON or YAML; a
deployment serves its own at `/openapi.yaml`. One line per difference: what SOURCE has and the contract lacks is
`added`, the opposite is `only in the contract`. Structure is compared, not prose. Differences that
openapi/deviations.yaml explains are counted only. Exit status: 0 nothing unexplained, 1 differences or stale
deviations, 2 SOURCE cannot be compared.

`lint` checks openapi/inference.yaml against OpenAPI 3.1 and against its own conventions, and that
openapi/deviations.yaml can be read. Exit status: 0 sound, 1 not, 2 it cannot be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from aleph_alpha._runtime.terminal import show_anything
from scripts._spec.compare import compare
from scripts._spec.deviations import Deviation, Explained, explain, read_deviations
from scripts._spec.difference import Difference
from scripts._spec.lint import invalid, unconventional
from scripts._spec.load import Json, SpecError, load
from scripts._spec.normalise import normalise

ROOT = Path(__file__).resolve().parent.parent
CONTRACT = ROOT / "openapi" / "inference.yaml"
DEVIATIONS = ROOT / "openapi" / "deviations.yaml"

#: A document with this key is a copy of the contract, which has the deviations in it already.
CORRECTED = "x-deviations"
LONGEST_WORDS = 160


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="spec.py", description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("diff", help="compare a document with the contract")
    command.add_argument(
        "--from", dest="source", required=True, metavar="SOURCE", help="path or http(s) URL of an OpenAPI document"
    )
    command.add_argument("--format", choices=("text", "json"), default="text")
    command = commands.add_parser("lint", help="check the contract")
    command.set_defaults(source=CONTRACT)
    for command in commands.choices.values():
        command.add_argument("--contract", type=Path, default=CONTRACT, help="instead of openapi/inference.yaml")
        command.add_argument("--deviations", type=Path, default=DEVIATIONS, help="instead of openapi/deviations.yaml")
    options = parser.parse_args(arguments)
    try:
        if options.command == "lint":
            return _lint(options.contract, options.deviations)
        return _diff(options.source, options.contract, options.deviations, as_json=options.format == "json")
    except SpecError as error:
        print(error, file=sys.stderr)
    except RecursionError:
        print(f"{options.source}: nested too deeply, or a schema consists of itself", file=sys.stderr)
    return 2


def _diff(source: str, contract: Path, deviations: Path, *, as_json: bool) -> int:
    theirs, ours = load(source), load(str(contract))
    differences = compare(normalise(theirs, source), normalise(ours, str(contract)))
    result = explain(differences, [] if CORRECTED in theirs else read_deviations(deviations))
    print(_as_json(source, theirs, ours, result) if as_json else _as_text(source, theirs, ours, result))
    return 1 if result.unexplained or result.stale else 0


def _lint(contract: Path, deviations: Path) -> int:
    read_deviations(deviations)
    document = load(str(contract))
    faults = [*invalid(document), *unconventional(document, str(contract))]
    for fault in faults:
        print(fault)
    print(f"{contract.name}: {len(faults)} faults" if faults else f"{contract.name}: sound")
    return 1 if faults else 0


def _as_text(source: str, theirs: Json, ours: Json, result: Explained) -> str:
    lines = [_line(each) for each in result.unexplained]
    lines += [_stale_line(*each) for each in result.stale]
    counts = (
        f"{len(result.unexplained)} unexplained, {result.explained} explained, {len(result.stale)} stale deviations"
    )
    return "\n".join([*lines, f"{source} ({_version(theirs)}) against the contract ({_version(ours)}): {counts}"])


def _line(difference: Difference) -> str:
    words = f"{_cut(difference.ours)} -> {_cut(difference.theirs)}"
    if difference.change != "changed":
        words = _cut(difference.theirs if difference.change == "added" else difference.ours)
    contract = (
        f" (contract: {difference.contract_pointer})" if difference.contract_pointer != difference.pointer else ""
    )
    reached = ", ".join(difference.operations)
    return f"{difference.change:8} {difference.kind} {difference.pointer}: {words}{contract} [{reached}]"


def _stale_line(deviation: Deviation, times: int) -> str:
    what = f"{deviation.kind}, theirs {_cut(deviation.theirs)}, ours {_cut(deviation.ours)}"
    return f"stale    deviation {deviation.pointer}: {what}: explains {times} differences, not {deviation.times}"


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST_WORDS else words[: LONGEST_WORDS - 3] + "..."


def _as_json(source: str, theirs: Json, ours: Json, result: Explained) -> str:
    report = {
        "source": {"name": source, "version": _version(theirs)},
        "contract": {"version": _version(ours)},
        "unexplained": [{"change": each.change, **asdict(each)} for each in result.unexplained],
        "explained": result.explained,
        "stale": [{**asdict(each), "explains": times} for each, times in result.stale],
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


def _version(document: Json) -> str:
    info = document.get("info")
    return str(info.get("version", "?")) if isinstance(info, dict) else "?"


if __name__ == "__main__":
    show_anything()
    sys.exit(main())
