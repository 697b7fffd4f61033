"""``python -m aleph_alpha``: the command line."""

import sys

from aleph_alpha._runtime.terminal import show_anything
from aleph_alpha.cli.main import program

if __name__ == "__main__":
    show_anything()
    sys.exit(program())
