"""Build the reference server's tokenizer from its corpus, or with --check prove that the shipped one is that build.

The tokenizer is shipped rather than built at start: token ids end up in cassettes, so they must not change with the
installed version of `tokenizers`.
"""

from __future__ import annotations

import argparse
import sys

from aleph_alpha._runtime.terminal import show_anything
from aleph_alpha.testing.server.model import corpus
from aleph_alpha.testing.server.model.bpe import TOKENIZER_FILE, train


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail where the shipped file differs")
    arguments = parser.parse_args()
    built = train(corpus.documents())
    if arguments.check:
        if not TOKENIZER_FILE.is_file() or TOKENIZER_FILE.read_text(encoding="utf-8") != built:
            print(f"{TOKENIZER_FILE} is not what the corpus gives: run scripts/build_tokenizer.py", file=sys.stderr)
            return 1
        return 0
    TOKENIZER_FILE.write_text(built, encoding="utf-8")
    print(f"wrote {TOKENIZER_FILE} ({len(built)} characters)")
    return 0


if __name__ == "__main__":
    show_anything()
    raise SystemExit(main())
