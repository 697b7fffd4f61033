"""What is measured: each kind of work, its sizes, who does it, and what is to be reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["OURS", "VENDOR", "WORKS", "Target", "Work"]

OURS = "ours"
VENDOR = "vendor"
_ALL = (OURS, VENDOR, "httpx", "httpx2", "bare")


@dataclass(frozen=True)
class Target:
    """A bound of a ratio of two results.

    Attributes:
        name: of ours: ``wall`` and ``cpu`` (seconds for a unit of work), ``memory`` (its growth in bytes), ...
        at_most: the highest ratio that will do.
        peer: whose result it is divided by.
        of: the name of that result; the same one unless given.
    """

    name: str
    at_most: float
    peer: str = VENDOR
    of: str = ""


@dataclass(frozen=True)
class Work:
    """One kind of work.

    Attributes:
        name: of the functions in ``benchmarks.peers`` that do it (see `function`) and on the command line.
        title: for tables.
        unit: what `wall` and `cpu` are for.
        sizes: numbers that the function and the server's answers are made of.
        tiny: those that are smaller for a quick look at whether it works.
        function: where it is not `name`.
        file: kind of input file that it reads.
        proxied: whether it goes through a proxy, which the environment names.
    """

    name: str
    title: str
    unit: str
    targets: tuple[Target, ...]
    sizes: Mapping[str, int] = field(default_factory=dict)
    tiny: Mapping[str, int] = field(default_factory=dict)
    peers: tuple[str, ...] = _ALL
    function: str = ""
    file: str = ""
    proxied: bool = False

    @property
    def cold(self) -> bool:
        """Whether it is about how a process starts."""
        return not self.sizes


WORKS = (
    Work(
        "import",
        "`import aleph_alpha`, above bare Python",
        "import",
        (Target("wall", 0.08), Target("memory", 0.15)),
        peers=(OURS, VENDOR, "httpx", "httpx2"),
        function="imported",
    ),
    Work(
        "build",
        "import and build a Client, a Prompt and a CompletionRequest",
        "start",
        (Target("wall", 0.3),),
        peers=(OURS, VENDOR, "httpx", "httpx2"),
        function="built",
    ),
    Work(
        "first_call",
        "first call of a cold process",
        "start",
        (Target("wall", 0.35),),
        peers=(OURS, VENDOR, "httpx", "httpx2"),
    ),
    Work(
        "sequential",
        "small completions, one after the other",
        "call",
        (Target("wall", 1 / 5), Target("cpu", 0.2)),
        {"warm": 50, "calls": 3000},
        {"warm": 1, "calls": 3},
    ),
    Work(
        "async_64",
        "small completions, 64 at once",
        "call",
        (Target("wall", 1 / 4),),
        {"tasks": 64, "calls": 60},
        {"tasks": 4, "calls": 2},
        function="concurrent",
    ),
    Work(
        "async_1000",
        "small completions, 1,000 at once",
        "call",
        (Target("wall", 1 / 4), Target("connections", 1.0, OURS, "limit")),
        {"tasks": 1000, "calls": 4},
        {"tasks": 8, "calls": 1},
        function="concurrent",
    ),
    Work(
        "threads_8",
        "small completions, 8 threads",
        "call",
        (Target("wall", 1 / 4),),
        {"threads": 8, "calls": 400},
        {"threads": 2, "calls": 2},
        function="threads",
    ),
    Work(
        "proxy_8",
        "small completions through a proxy, 8 threads",
        "call",
        (Target("wall", 1 / 2),),
        {"threads": 8, "calls": 200},
        {"threads": 2, "calls": 2},
        peers=(OURS, VENDOR, "httpx", "httpx2"),
        function="threads",
        proxied=True,
    ),
    Work(
        "batch_arrays",
        "batch embedding, 2,000 x 5,120, as arrays",
        "job",
        (Target("wall", 0.3), Target("memory", 0.35)),
        {"prompts": 2000, "dimensions": 5120, "batch": 100},
        {"prompts": 4, "dimensions": 8, "batch": 2},
        peers=(OURS, VENDOR),
    ),
    Work(
        "batch_lists",
        "batch embedding, 2,000 x 5,120, as lists",
        "job",
        (Target("wall", 0.55),),
        {"prompts": 2000, "dimensions": 5120, "batch": 100},
        {"prompts": 4, "dimensions": 8, "batch": 2},
        peers=(OURS, VENDOR, "httpx", "httpx2"),
    ),
    Work(
        "embeddings_base64",
        "2,000 x 5,120 over `/embeddings` in base64 (theirs: batch embedding)",
        "job",
        (Target("wall", 0.2), Target("memory", 0.2)),
        {"prompts": 2000, "dimensions": 5120, "batch": 100},
        {"prompts": 4, "dimensions": 8, "batch": 2},
        peers=(OURS, VENDOR),
    ),
    Work(
        "batch_many",
        "batch embedding, 50,000 x 128, as arrays",
        "job",
        (Target("memory", 1.5, OURS, "returned"),),
        {"prompts": 50_000, "dimensions": 128, "batch": 100},
        {"prompts": 4, "dimensions": 8, "batch": 2},
        peers=(OURS, VENDOR),
    ),
    Work(
        "chat_stream",
        "chat stream of 2,000 events",
        "event",
        (Target("cpu", 0.5),),
        {"events": 2000, "streams": 10},
        {"events": 5, "streams": 2},
        peers=(OURS, VENDOR, "httpx", "httpx2"),
    ),
    Work(
        "explain",
        "explanation of 2,000 scores, parsed and its text attached",
        "answer",
        (Target("wall", 0.4),),
        {"scores": 2000, "calls": 100},
        {"scores": 5, "calls": 2},
        peers=(OURS, VENDOR),
    ),
    Work(
        "image_prompt",
        "5 MB JPEG file in a prompt",
        "call",
        (Target("wall", 0.5),),
        {"calls": 10, "megabytes": 5},
        {"calls": 1, "megabytes": 0},
        file="image",
    ),
    Work(
        "image_chat",
        "5 MB JPEG file in a chat",
        "call",
        (Target("wall", 0.02),),
        {"calls": 2, "megabytes": 5},
        {"calls": 1, "megabytes": 0},
        peers=(OURS, VENDOR),
        file="image",
    ),
    Work(
        "tokenizer",
        "tokenizer of 128,000 tokens, asked for again",
        "load",
        (Target("wall", 0.01, OURS, "first"),),
        {"calls": 5, "tokens": 128_000},
        {"calls": 1, "tokens": 300},
        peers=(OURS, VENDOR),
        file="tokenizer",
    ),
)
