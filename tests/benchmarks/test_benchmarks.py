"""That the benchmarks run, and say what they were asked for; how fast anything is, no test looks at."""

from __future__ import annotations

import json
import xml.etree.ElementTree
from pathlib import Path

import pytest

from benchmarks import telemetry
from benchmarks.__main__ import main
from benchmarks.report import ratios
from benchmarks.runner import Samples, measure_round, old_python, stub
from benchmarks.works import OLD, OURS, WORKS, Target, Work

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.name)
def test_each_work_is_done_by_every_peer(work: Work, tmp_path: Path) -> None:
    samples: Samples = {}
    peers = [peer for peer in work.peers if peer != OLD or old_python()]
    measure_round(0, [work], samples, tmp_path, tiny=True, peers=None)
    assert sorted(samples[work.name]) == sorted(peers)
    for results in samples[work.name].values():
        assert all(len(values) == 1 for values in results.values())
        assert results["wall"][0] > 0
        assert results["memory"][0] >= 0
    for target in work.targets:
        if target.peer in peers:
            assert samples[work.name][target.peer][target.of or target.name][0] >= 0
            assert samples[work.name][OURS][target.name]


def test_figures_are_written_as_a_table_as_json_and_as_a_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, picture = tmp_path / "figures.json", tmp_path / "figures.svg"
    options = ["--tiny", "--rounds", "2", "--peers", OURS, "bare", "--json", str(data), "--plot", str(picture)]
    assert main(["sequential", "tokenizer", *options]) == 0
    table = capsys.readouterr().out.splitlines()
    assert [row.split(" | ")[1] for row in table if row.startswith("| small completions")] == [OURS, "bare"]
    figures = json.loads(data.read_text())
    assert figures["rounds"] == len(figures["samples"]["sequential"][OURS]["wall"]) == 2
    assert [target["against"] for target in figures["targets"]] == ["ours.first"]
    assert xml.etree.ElementTree.parse(picture).getroot().tag.endswith("svg")


def test_a_ratio_is_the_median_of_those_of_the_rounds() -> None:
    work = Work("some", "some work", "call", (Target("wall", 0.5),))
    samples = {"some": {OURS: {"wall": [1.0, 9.0, 2.0]}, OLD: {"wall": [4.0, 10.0, 4.0]}}}
    (ratio,) = ratios([work], samples)
    assert (ratio.median, ratio.low, ratio.high, ratio.met) == (0.5, 0.25, 0.9, True)


def test_the_stub_server_tells_how_many_connections_were_open_at_a_time(tmp_path: Path) -> None:
    (work,) = (work for work in WORKS if work.name == "async_64")
    samples: Samples = {}
    measure_round(0, [work], samples, tmp_path, tiny=True, peers=["bare"])
    (connections,) = samples[work.name]["bare"]["connections"]
    assert work.tiny["tasks"] <= connections <= work.tiny["tasks"] + 1  # one was closed just before


def test_a_server_that_cannot_start_is_reported() -> None:
    (work,) = (work for work in WORKS if work.name == "tokenizer")
    with pytest.raises(RuntimeError, match="tokenizer did not start"), stub(work, {}, "no such file"):
        pass


def test_an_unknown_work_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["juggling"])
    assert "no such work: juggling" in capsys.readouterr().err


def test_what_telemetry_costs_is_told_for_each_way(capsys: pytest.CaptureFixture[str]) -> None:
    assert telemetry.main(["--rounds", "1", "--calls", "5"]) == 0
    table = capsys.readouterr().out
    for name, shown in telemetry.VARIANTS.items():
        assert (f"| {shown} |" in table) == name.startswith("ours")
    assert "| ours |" in table
