"""Files that works read, made anew for each run."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from itertools import islice, product
from pathlib import Path

from benchmarks.works import Work

__all__ = ["make"]

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def make(work: Work, sizes: Mapping[str, int], folder: Path) -> str:
    """Path of the file that the work reads, made if it is not there; ``""`` if it reads none."""
    if not work.file:
        return ""
    path = folder / f"{work.file}-{sizes.get('megabytes', sizes.get('tokens'))}"
    if not path.exists():
        if work.file == "image":
            _image(path, sizes["megabytes"])
        else:
            path.write_text(json.dumps(_tokenizer(sizes["tokens"]), separators=(",", ":")))
    return str(path)


def _image(path: Path, megabytes: int) -> None:
    """A JPEG of noise, which no other kind of picture is larger than for its pixels: about so many megabytes."""
    from PIL import Image

    width, height = (2_500 * megabytes // 5 or 8, 1_700)
    noise = random.Random(5).randbytes(3 * width * height)  # noqa: S311
    Image.frombytes("RGB", (width, height), noise).save(path, "JPEG", quality=95)


def _tokenizer(tokens: int) -> dict[str, object]:
    """Byte pair encoding with so many tokens: letters, pairs of them, pairs of pairs, each from a merge."""
    vocabulary = {letter: index for index, letter in enumerate(_LETTERS)}
    merges: list[str] = []
    known = list(_LETTERS)
    for left, right in islice(_pairs(known), tokens - len(known)):
        vocabulary[left + right] = len(vocabulary)
        merges.append(f"{left} {right}")
    model = {"type": "BPE", "dropout": None, "unk_token": None, "vocab": vocabulary, "merges": merges}
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "model": model}


def _pairs(letters: list[str]) -> list[tuple[str, str]]:
    pairs = list(product(letters, letters))
    joined = [left + right for left, right in pairs]
    return [*pairs, *product(joined, joined)]
