"""``python -m aleph_alpha`` and ``aleph-alpha``: the command line."""

import sys

from aleph_alpha._runtime.terminal import show_anything

__all__ = ["run"]


def run() -> int:
    """Run the command of ``sys.argv``; Ctrl-C is no traceback, even before there is a command."""
    try:
        from aleph_alpha.cli.main import program

        return program()
    except KeyboardInterrupt:
        sys.stderr.write("aleph-alpha: interrupted\n")
        return 130


if __name__ == "__main__":
    show_anything()
    sys.exit(run())
