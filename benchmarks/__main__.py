"""The command line: ``python -m benchmarks [work ...] [--rounds N] [--json FILE] [--plot FILE]``."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from aleph_alpha._runtime.terminal import show_anything
from benchmarks.plot import svg
from benchmarks.report import as_json, ratios, result_table, target_table
from benchmarks.runner import Samples, measure_round, vendor_python
from benchmarks.works import WORKS


def main(arguments: list[str] | None = None) -> int:
    """Measure, print tables, and write what was asked for."""
    options = _options(arguments)
    works = [work for work in WORKS if not options.works or work.name in options.works]
    if vendor_python() is None:
        print("without aleph-alpha-client: run `make bench`, or set AA_COMPAT_11", file=sys.stderr)
    samples: Samples = {}  # grows from round to round
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.rounds):
            measure_round(number, works, samples, Path(folder), tiny=options.tiny, peers=options.peers)
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
    found = ratios(works, samples)
    print(result_table(works, samples))
    if found:
        print(f"\n{target_table(found)}")
    if options.json:
        Path(options.json).write_text(json.dumps(as_json(works, samples, options.rounds), indent=1) + "\n", "utf-8")
    if options.plot:
        Path(options.plot).write_text(svg(found), "utf-8")
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks", description="Measure this client beside others.")
    parser.add_argument("works", nargs="*", metavar="work", help=f"of {', '.join(work.name for work in WORKS)}; or all")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each (5)")
    parser.add_argument("--peers", nargs="+", help="ours, vendor, httpx, httpx2, bare; or all")
    parser.add_argument("--tiny", action="store_true", help="smallest sizes, to see whether everything runs")
    parser.add_argument("--json", metavar="FILE", help="write all samples and ratios there")
    parser.add_argument("--plot", metavar="FILE", help="write a picture (SVG) there")
    options = parser.parse_args(arguments)
    if unknown := set(options.works) - {work.name for work in WORKS}:
        parser.error(f"no such work: {', '.join(sorted(unknown))}")
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    return options


if __name__ == "__main__":
    show_anything()
    sys.exit(main())
