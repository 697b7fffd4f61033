"""A fork in the middle of what another thread does leaves a child that works, and does not wait for ever."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

PRELUDE = """
import gc, os, sys, threading, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # of forking with threads, which is the point
reached, go_on = threading.Event(), threading.Event()

def hold():  # in the other thread: what it has locked stays locked until the parent goes on
    reached.set()
    go_on.wait(60)

def in_child(function):
    child = os.fork()
    if child == 0:
        try:
            function()
        except BaseException as error:
            print(f"in the child: {error!r}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    go_on.set()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
"""


def run(program: str, folder: Path) -> None:
    code = PRELUDE + textwrap.dedent(program)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(Path(__file__).parents[2])])}
    command = [sys.executable, "-c", code]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=False)
    assert ended.returncode == 0, ended.stderr


def test_a_child_parses_a_tokenizer_while_its_parent_parses_another(tmp_path: Path) -> None:
    run(
        """
        from aleph_alpha.service import tokenizers

        def parse(body):
            if threading.current_thread() is not threading.main_thread():
                hold()
            return body

        tokenizers.parse_tokenizer = parse
        os.environ["AA_CACHE"] = ""
        thread = threading.Thread(target=tokenizers.keep, args=("host", "one", b"1"))
        thread.start()
        reached.wait(60)
        code = in_child(lambda: tokenizers.keep("host", "two", b"2"))
        thread.join()
        sys.exit(code)
        """,
        tmp_path,
    )


@pytest.mark.parametrize("imported", ["slow_module", "slow_package.part"])
def test_a_child_imports_what_another_thread_of_its_parent_was_importing(tmp_path: Path, imported: str) -> None:
    body = "import __main__\n__main__.during()\nvalue = 7\n"
    (tmp_path / "slow_module.py").write_text(body)
    (tmp_path / "slow_package").mkdir()
    (tmp_path / "slow_package" / "__init__.py").write_text("from slow_package.part import value\n")
    (tmp_path / "slow_package" / "part.py").write_text(body)
    run(
        f"""
        import aleph_alpha
        from importlib import import_module

        def during():
            if threading.current_thread() is not threading.main_thread():
                hold()

        thread = threading.Thread(target=import_module, args=({imported!r},))
        thread.start()
        reached.wait(60)

        def again():
            assert import_module({imported!r}).value == 7

        code = in_child(again)
        thread.join()
        again()
        sys.exit(code)
        """,
        tmp_path,
    )


def test_a_child_keeps_what_its_own_thread_is_importing(tmp_path: Path) -> None:
    (tmp_path / "forking_module.py").write_text("import __main__\ncode = __main__.fork()\n")
    run(
        """
        import aleph_alpha

        def fork():
            return in_child(lambda: sys.modules["forking_module"].__name__)

        import forking_module
        sys.exit(forking_module.code)
        """,
        tmp_path,
    )


def test_the_locks_of_clients_and_their_parts_are_free_in_a_child(tmp_path: Path) -> None:
    run(
        """
        from aleph_alpha import Client
        from aleph_alpha._runtime.forks import _locks

        client = Client("token", "http://127.0.0.1:1", total_retries=0)

        def locked():
            for lock in list(_locks):
                lock.acquire()
            hold()

        thread = threading.Thread(target=locked)
        thread.start()
        reached.wait(60)

        def call():
            from aleph_alpha import APIConnectionError
            with client:
                try:
                    client.get_version()
                except APIConnectionError:
                    return
            raise AssertionError("there is no server")

        code = in_child(call)
        for lock in list(_locks):
            lock.release()
        sys.exit(code)
        """,
        tmp_path,
    )


def test_a_child_neither_waits_for_its_parents_turns_nor_takes_any_and_the_parent_goes_on(tmp_path: Path) -> None:
    """Threads of the parent wait at the gate while it forks, one of them in the middle of it."""
    run(
        """
        import time
        from aleph_alpha import Client, CompletionRequest, Prompt
        from aleph_alpha._retry.pacing import Turn
        from aleph_alpha._retry.schedule import Others
        from tests.failures.networks import right
        from tests.wire.scripted import Scripted

        REQUEST = CompletionRequest(Prompt.from_text("x"), maximum_tokens=1)
        WAITING = 6
        server = Scripted(right)
        client = Client("token", server.url, deadline=50)
        kind = ("complete", "model")

        def call():
            assert client.complete(REQUEST, "model").completions[0].completion == "well"

        def waiting():
            return len(client._sender._gate._kinds[kind]._waiting)

        call()
        gate, now = client._sender._gate, time.monotonic()
        under_way = Turn(now, 60.0)
        gate.failed(kind, Turn(now, 60.0), now, now, others=Others.PACE, retry_after=None)
        assert gate.enter(kind, under_way, now) is None  # the only one that may
        threads = [threading.Thread(target=call) for _ in range(WAITING)]
        for thread in threads:
            thread.start()
        while waiting() < WAITING:
            time.sleep(0.001)

        def locked():
            with gate._lock:
                hold()

        holder = threading.Thread(target=locked)
        holder.start()
        reached.wait(60)

        def in_the_child():
            call()
            assert client._sender._gate.calm
            many = client.complete_many([REQUEST] * 20, "model", num_concurrent_requests=5)
            assert len(many) == 20

        code = in_child(in_the_child)
        holder.join()
        assert waiting() == WAITING, "the child has taken nobody's turn"
        gate.succeeded(kind, now, time.monotonic())
        gate.leave(kind, under_way, time.monotonic())
        for thread in threads:
            thread.join(30)
        assert not any(thread.is_alive() for thread in threads), "the parent goes on"
        assert len(server.received) == 1 + 21 + WAITING
        client.close()
        server.stop()
        sys.exit(code)
        """,
        tmp_path,
    )
