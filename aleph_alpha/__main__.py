"""``python -m aleph_alpha`` and ``aleph-alpha``: the command line."""

import gc
import sys

from aleph_alpha._runtime.terminal import show_anything

__all__ = ["run"]


def run() -> int:
    """Run the command of ``sys.argv``; Ctrl-C is no traceback, even before there is a command."""
    gc.set_threshold(50_000, 20, 20)  # a tenth of the time to start goes into looking through modules that stay
    try:
        from aleph_alpha.cli.main import program

        return program()
    except KeyboardInterrupt:
        if sys.stderr is not None:
            sys.stderr.write("aleph-alpha: interrupted\n")
        return 130


if __name__ == "__main__":
    show_anything()
    sys.exit(run())
