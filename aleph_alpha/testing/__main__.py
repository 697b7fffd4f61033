"""`python -m aleph_alpha.testing`: `serve` runs the reference server as a process, `scan` looks through cassettes."""

from __future__ import annotations

import argparse
import sys

from aleph_alpha._runtime.terminal import show_anything


def main(argv: list[str] | None = None) -> int:
    """Runs the server until it is interrupted, and prints its URL when it listens; or scans cassettes."""
    from aleph_alpha.testing.replay import scan as _scan

    parser = argparse.ArgumentParser(
        prog="python -m aleph_alpha.testing", description="A reference server with toy models, and cassettes."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve on 127.0.0.1 until interrupted")
    serve.add_argument("--port", type=int, default=8080, help="0 takes a free one (default: %(default)s)")
    serve.add_argument("--seed", type=int, default=0, help="of sampling (default: %(default)s)")
    serve.add_argument("--token", help="the only bearer token accepted (default: any)")
    serve.add_argument("--slots", type=int, help="requests carried out at once; others wait, and none is refused")
    serve.add_argument("--seconds", type=float, default=0.05, help="of each of these (default: %(default)s)")
    serve.add_argument("--slowdown", type=float, default=0.0, help="how much a queue slows each down (default: 0)")
    scan = commands.add_parser("scan", help="find secrets, and what does not follow the contract, in cassettes")
    _scan.add_arguments(scan)
    arguments = parser.parse_args(argv)
    if arguments.command == "scan":
        return _scan.run(arguments)

    from aleph_alpha.testing.server.process import serve as run

    run(
        lambda url: print(url, flush=True),
        port=arguments.port,
        token=arguments.token,
        seed=arguments.seed,
        slots=arguments.slots,
        seconds=arguments.seconds,
        slowdown=arguments.slowdown,
    )
    return 0


if __name__ == "__main__":
    show_anything()
    try:
        sys.exit(main())
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("aleph_alpha"):
            raise
        sys.exit(f"this needs {error.name.partition('.')[0]!r}: pip install 'aleph-alpha[testing]'")
