"""On the path of a process: its wall clock jumps by days, there and back, every few seconds."""

from __future__ import annotations

import time

_DAY = 86_400.0
_real = time.time


def _jumping() -> float:
    now = _real()
    return now + (0.0, 3 * _DAY, -2 * _DAY)[int(now / 3) % 3]


time.time = _jumping
