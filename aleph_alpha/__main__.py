"""``python -m aleph_alpha``: the command line."""

import sys

from aleph_alpha.cli.main import program

if __name__ == "__main__":
    sys.exit(program())
