"""What it takes to show a long explanation: time and size, by renderer.

    python -m benchmarks.views [--segments 10000] [--rounds 7]

Each time is the shortest of the rounds, from the scores to the finished text or file.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from aleph_alpha import Prompt
from aleph_alpha.explanation import Explanation, TextPromptItemExplanation, TextScore
from aleph_alpha.views import View

__all__ = ["explained", "main"]

RENDERERS: dict[str, Callable[[View], str | bytes]] = {
    "html": View.html,
    "text": View.text,
    "ansi": View.ansi,
    "svg": View.svg,
    "png": View.png,
}


def explained(count: int) -> tuple[Explanation, Prompt]:
    """An explanation of so many words, and its prompt."""
    parts, at = [], 0
    words = [f"word{index % 997}" for index in range(count)]
    for word in words:
        parts.append(TextScore(at, len(word), at / 7 % 3 - 1.2))
        at += len(word) + 1
    return Explanation("x", [TextPromptItemExplanation([*parts])]), Prompt(" ".join(words))


def main(arguments: list[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--segments", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args(arguments)
    explanation, prompt = explained(options.segments)
    print(f"{options.segments:,} segments")
    for name, render in RENDERERS.items():
        seconds: list[float] = []
        shown: str | bytes = ""
        for _ in range(options.rounds if name != "png" else 1):
            start = time.perf_counter()
            shown = render(explanation.view(prompt))
            seconds.append(time.perf_counter() - start)
        size = len(shown.encode() if isinstance(shown, str) else shown)
        print(f"{name:<5} {min(seconds) * 1000:8.1f} ms {size:12,} bytes")


if __name__ == "__main__":
    main()
