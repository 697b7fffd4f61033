"""Medians, spreads and ratios of samples, as data and as Markdown."""

from __future__ import annotations

import os
import platform
import statistics
from dataclasses import dataclass
from typing import Any

from benchmarks.runner import Samples
from benchmarks.works import OURS, Target, Work

__all__ = ["Ratio", "as_json", "ratios", "result_table", "target_table"]


@dataclass(frozen=True)
class Ratio:
    """How a target came out: the median over the rounds, and the lowest and the highest.

    Pairs of the same round are divided, because what else the machine does changes between rounds.
    """

    work: Work
    target: Target
    median: float
    low: float
    high: float

    @property
    def met(self) -> bool:
        """Whether the median is within the target."""
        return self.median <= self.target.at_most


def ratios(works: tuple[Work, ...] | list[Work], samples: Samples) -> list[Ratio]:
    """The ratios of all targets that there are samples for."""
    found = []
    for work in works:
        for target in work.targets:
            by_peer = samples.get(work.name, {})
            ours = by_peer.get(OURS, {}).get(target.name)
            others = by_peer.get(target.peer, {}).get(target.of or target.name)
            if ours and others and all(others):
                pairs = [one / other for one, other in zip(ours, others, strict=True)]
                found.append(Ratio(work, target, statistics.median(pairs), min(pairs), max(pairs)))
    return found


def target_table(found: list[Ratio]) -> str:
    """The ratios beside their targets."""
    lines = ["| work | measure | ratio | spread | target | met |", "|---|---|---|---|---|---|"]
    for ratio in found:
        target = ratio.target
        against = "" if target.peer != OURS else f" of our own `{target.of}`"
        lines.append(
            f"| {ratio.work.title} | {_NAMES.get(target.name, target.name)}{against} | **{ratio.median:.3g}** | "
            f"{ratio.low:.3g} to {ratio.high:.3g} | {target.at_most:.3g} | {'yes' if ratio.met else 'no'} |"
        )
    return "\n".join(lines)


def result_table(works: tuple[Work, ...] | list[Work], samples: Samples) -> str:
    """Medians of time, CPU time and memory growth for each peer."""
    lines = ["| work | by | time | spread | CPU | memory growth |", "|---|---|---|---|---|---|"]
    for work in works:
        for peer, results in samples.get(work.name, {}).items():
            wall = results["wall"]
            lines.append(
                f"| {work.title} | {peer} | {_seconds(statistics.median(wall))} per {work.unit} | "
                f"{_seconds(min(wall))} to {_seconds(max(wall))} | {_seconds(statistics.median(results['cpu']))} | "
                f"{statistics.median(results['memory']) / 1e6:.1f} MB |"
            )
    return "\n".join(lines)


def as_json(works: tuple[Work, ...] | list[Work], samples: Samples, rounds: int) -> dict[str, Any]:
    """Everything, to be kept."""
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "rounds": rounds,
        "samples": samples,
        "targets": [
            {
                "work": ratio.work.name,
                "measure": ratio.target.name,
                "against": f"{ratio.target.peer}.{ratio.target.of or ratio.target.name}",
                "ratio": ratio.median,
                "lowest": ratio.low,
                "highest": ratio.high,
                "at_most": ratio.target.at_most,
                "met": ratio.met,
            }
            for ratio in ratios(works, samples)
        ],
    }


_NAMES = {"wall": "time", "cpu": "CPU time", "memory": "memory growth"}


def _seconds(value: float) -> str:
    for factor, unit in ((1, "s"), (1e3, "ms")):
        if value * factor >= 1:
            return f"{value * factor:.3g} {unit}"
    return f"{value * 1e6:.3g} µs"
