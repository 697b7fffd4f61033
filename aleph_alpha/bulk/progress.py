"""How far a job is: a bar on a terminal, a line now and then elsewhere. On standard error, as results are elsewhere."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator

from aleph_alpha.bulk.counts import Counts

__all__ = ["Silence", "Speed", "line_of", "meanwhile", "shown"]

_REDRAW = 0.2  # seconds on a terminal
_LINE = 10.0  # seconds between two lines
_RECENT = 60.0  # seconds that speeds are of
_SILENCE = 10.0  # seconds without a row that is done, and it is said
_MESSAGE = 250  # characters of an error that are shown


@contextlib.contextmanager
def shown(counts: Counts, rows: int, before: int, *, wanted: bool | None) -> Iterator[None]:
    """Show the progress while the block runs.

    Args:
        rows: of the input.
        before: of these, done or failed before this run.
        wanted: ``None``: where standard error is a terminal, or lines where it is not; ``False``: nothing.
    """
    stream = sys.stderr
    if wanted is False or stream is None or getattr(stream, "closed", False):
        yield
        return
    draw = _bar if stream.isatty() else _lines

    def show(stop: threading.Event) -> None:
        with contextlib.suppress(OSError, ValueError):  # whoever read it has gone: that is no reason to end the job
            draw(counts, rows, before, stop)

    with meanwhile(show, "progress"):
        yield


@contextlib.contextmanager
def meanwhile(look: Callable[[threading.Event], None], name: str) -> Iterator[None]:
    """Run `look` in a thread of that name while the block runs; the event tells it to stop."""
    stop = threading.Event()
    thread = threading.Thread(target=look, args=(stop,), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


class Silence:
    """Whether rows have ceased to come, and why.

    >>> counts, silence = Counts(under_way=4), Silence(0.0)
    >>> counts.trouble = "APIConnectionError: could not connect"
    >>> silence.told(counts, 9.0), silence.told(counts, 40.0)
    ('', 'nothing has succeeded for 40 s: APIConnectionError: could not connect')
    """

    def __init__(self, now: float) -> None:
        self._since = now
        self._settled = 0

    def told(self, counts: Counts, now: float) -> str:
        """What there is to say of it; ``""`` where rows come, or none is asked for."""
        if counts.note:
            return f"a worker: {_one_line(counts.note)}"
        settled = counts.done + counts.failed
        if settled != self._settled:
            self._settled, self._since = settled, now
        if now - self._since < _SILENCE or not (counts.trouble or counts.under_way):
            return ""
        reason = f": {_one_line(counts.trouble)}" if counts.trouble else ""
        return f"nothing has succeeded for {now - self._since:.0f} s{reason}"


def _one_line(text: str) -> str:
    line = "".join(one if one.isprintable() else " " for one in text[: _MESSAGE + 1])
    return line if len(line) <= _MESSAGE else f"{line[:_MESSAGE]}..."


class Speed:
    """Rows and tokens a second of the last minute, so that an outage before does not count.

    >>> speed = Speed(0.0)
    >>> speed.now(Counts(done=50, tokens_prompt=900), 10.0)
    (5.0, 90.0)
    """

    def __init__(self, now: float) -> None:
        self._seen = deque([(now, 0, 0)])

    def now(self, counts: Counts, now: float) -> tuple[float, float]:
        """Of rows, and of tokens."""
        self._seen.append((now, counts.done + counts.failed, counts.tokens_prompt + counts.tokens_generated))
        while len(self._seen) > 2 and self._seen[1][0] <= now - _RECENT:
            self._seen.popleft()
        (began, *first), (ended, *last) = self._seen[0], self._seen[-1]
        seconds = max(ended - began, 0.001)
        return (last[0] - first[0]) / seconds, (last[1] - first[1]) / seconds


def line_of(counts: Counts, rows: int, before: int, speed: tuple[float, float]) -> str:
    """The figures in a line.

    >>> line_of(Counts(done=50, failed=1, under_way=4), 201, 0, (5.1, 90.0))
    '51 of 201 rows, 5.1 rows/s, 90 tokens/s, 1 failed, 4 under way, 29 s left'
    """
    settled = counts.done + counts.failed
    left = rows - before - settled
    remaining = f", {left / speed[0]:.0f} s left" if speed[0] and left > 0 else ""
    return (
        f"{before + settled} of {rows} rows, {speed[0]:.1f} rows/s, {speed[1]:.0f} tokens/s, "
        f"{counts.failed} failed, {counts.under_way} under way{remaining}"
    )


def _lines(counts: Counts, rows: int, before: int, stop: threading.Event) -> None:
    started = time.monotonic()
    silence, speed = Silence(started), Speed(started)
    while not stop.wait(_LINE):
        now = time.monotonic()
        told, current = silence.told(counts, now), speed.now(counts, now)
        if told and not counts.note:  # of a worker; others may go on
            current = (0.0, 0.0)
        line = line_of(counts, rows, before, current)
        print(f"{told}; {line}" if told else line, file=sys.stderr, flush=True)


def _bar(counts: Counts, rows: int, before: int, stop: threading.Event) -> None:
    from tqdm import tqdm

    started = time.monotonic()
    silence, say_at, pause = Silence(started), started, _LINE
    with tqdm(total=rows, initial=before, unit="row", file=sys.stderr, dynamic_ncols=True) as bar:
        while True:
            over = stop.wait(_REDRAW)
            now = time.monotonic()
            told = silence.told(counts, now)
            if told and now >= say_at and not over:  # above the bar, where there is room; more and more seldom
                bar.write(told, file=sys.stderr)
                say_at, pause = now + pause, 2 * pause
            elif not told:
                pause = _LINE
            tokens = (counts.tokens_prompt + counts.tokens_generated) / max(now - started, 0.001)
            bar.set_postfix_str(
                f"{tokens:.0f} tokens/s, {counts.failed} failed, {counts.under_way} under way", refresh=False
            )
            bar.update(before + counts.done + counts.failed - bar.n)
            bar.refresh()
            if over:
                return
