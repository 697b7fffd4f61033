"""Threads, forks and the end of the interpreter."""

from __future__ import annotations

import itertools
import linecache
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest

from aleph_alpha._http.connections import AsyncConnections, ConnectionSettings, SyncConnections
from aleph_alpha._http.wire.request import RequestHead
from tests.wire.halves import TIMEOUTS
from tests.wire.scripted import Peer, Scripted, answer, serving


def echo(peer: Peer) -> None:
    while (received := peer.request()) is not None:
        peer.send(answer(received.body))


def test_threads_share_the_connections_and_get_their_own_answers() -> None:
    connections = SyncConnections(ConnectionSettings(max_connections=4))
    wrong: list[object] = []
    with Scripted(echo) as server:
        head = RequestHead("POST", server.url, ())

        def calls(number: int) -> None:
            for index in range(100):
                body = b"%d %d" % (number, index)
                found = connections.exchange(head, body, TIMEOUTS, None)
                if found.content != body:
                    wrong.append(found)

        threads = [threading.Thread(target=calls, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []
        assert len(server.received) == 1600
        assert server.most_open <= 4
        connections.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_forked_child_opens_connections_of_its_own(kind: str) -> None:
    script = f"""
        import asyncio, os, sys
        from aleph_alpha._http.connections import *
        url = sys.argv[1]
        head = RequestHead("POST", url, ())
        if {kind!r} == "sync":
            connections = SyncConnections(ConnectionSettings())
            def call(body): return connections.exchange(head, body, {{"read": 5.0}}, None).content
        else:
            connections = AsyncConnections(ConnectionSettings())
            runner = asyncio.Runner()
            def call(body): return runner.run(connections.exchange(head, body, {{"read": 5.0}}, None)).content
        assert call(b"parent") == b"parent"
        child = os.fork()
        if child == 0:
            if {kind!r} == "async":
                inherited, runner = runner, asyncio.Runner()  # the parent's loop is not the child's to close
            for number in range(5):
                assert call(b"child %d" % number) == b"child %d" % number
            os._exit(0)
        for number in range(5):
            assert call(b"parent %d" % number) == b"parent %d" % number
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert call(b"after") == b"after"
        if {kind!r} == "async":
            runner.close()
    """
    with Scripted(echo) as server:
        _python(script, server.url)
        assert server.connections == 2, "the parent keeps its connection, the child has one"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize("way", ["a proxy", "a patched httpx"])
def test_a_forked_child_does_not_get_the_answers_of_its_parent_where_httpx_sends(way: str) -> None:
    script = f"""
        import os, sys, httpx
        from aleph_alpha._http.connections import *
        url, proxy = sys.argv[1], None
        if {way!r} == "a proxy":
            url, proxy = "http://far.example/", url
        else:
            original = httpx.HTTPTransport.handle_request
            httpx.HTTPTransport.handle_request = lambda self, request: original(self, request)
        connections = SyncConnections(ConnectionSettings(proxy=proxy))
        head = RequestHead("POST", url, ())
        def call(body): return connections.exchange(head, body, {{"read": 5.0}}, None).content
        assert call(b"parent") == b"parent"
        child = os.fork()
        if child == 0:
            assert call(b"child") == b"child"
            connections.close()
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert call(b"after") == b"after"
        connections.close()
    """
    with Scripted(echo) as server:
        _python(script, server.url)
        assert server.connections == 2, "the parent keeps its connection, the child has one"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_child_forked_in_the_middle_of_a_stream_does_not_disturb_it() -> None:
    script = """
        import httpx, os, sys
        from aleph_alpha._http.connections import *
        connections = SyncConnections(ConnectionSettings())
        response = connections.send(httpx.Request("POST", sys.argv[1], content=b"x"))
        parts = response.iter_raw()
        got = next(parts)
        child = os.fork()
        if child == 0:
            response.close()
            connections.close()
            os._exit(0)
        os.waitpid(child, 0)
        print("forked", flush=True)
        got += b"".join(parts)
        assert got == b"first second", got
        connections.close()
    """

    def slow(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nfirst ")
        time.sleep(0.5)
        peer.send(b"second")

    with Scripted(slow) as server:
        _python(script, server.url)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_that_closes_leaves_the_parents_connection_to_a_proxy_alone() -> None:
    script = """
        import os, sys
        from aleph_alpha._http.connections import *
        head = RequestHead("POST", "http://far.example", ())
        connections = SyncConnections(ConnectionSettings(proxy=sys.argv[1]))
        assert connections.exchange(head, b"before", None, None).content == b"before"
        child = os.fork()
        if child == 0:
            connections.close()
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert connections.exchange(head, b"after", None, None).content == b"after"
        connections.close()
    """
    with Scripted(echo) as server:
        _python(script, server.url)
        assert server.connections == 1


@pytest.mark.parametrize(
    "program",
    [
        "connections = SyncConnections(ConnectionSettings()); connections.exchange(head, b'x', None, None)",
        "connections = SyncConnections(ConnectionSettings()); r = connections.send(request); next(r.iter_raw())",
        "asyncio.run(AsyncConnections(ConnectionSettings()).exchange(head, b'x', None, None))",
        "connections = AsyncConnections(ConnectionSettings()); "
        "asyncio.run(connections.exchange(head, b'x', None, None)); "
        "asyncio.run(connections.exchange(head, b'x', None, None))",
        "connections = AsyncConnections(ConnectionSettings()); r = asyncio.run(connections.send(request))",
        "loop = asyncio.new_event_loop(); connections = AsyncConnections(ConnectionSettings()); "
        "loop.run_until_complete(connections.exchange(head, b'x', None, None)); "
        "loop.run_until_complete(loop.shutdown_asyncgens()); loop.close()",
        "loop = asyncio.new_event_loop(); connections = AsyncConnections(ConnectionSettings()); "
        "loop.run_until_complete(connections.exchange(head, b'x', None, None)); "
        "loop.run_until_complete(connections.aclose()); loop.close()",
    ],
    ids=["sync", "sync stream", "async", "two loops", "async stream", "own loop", "own loop closed"],
)
@pytest.mark.parametrize("body", ["whole", "unfinished"])
def test_nothing_is_left_open_at_interpreter_exit(program: str, body: str) -> None:
    """Not even where the program closes neither the client nor a response."""
    if "exchange" in program and body == "unfinished":
        pytest.skip("exchange waits for the whole response")
    script = f"""
        import asyncio, httpx, sys
        from aleph_alpha._http.connections import *
        head = RequestHead("POST", sys.argv[1], ())
        request = httpx.Request("POST", sys.argv[1], content=b"x")
        {program}
    """
    data = answer() if body == "whole" else b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok"
    with Scripted(serving(data)) as server:
        _python(script, server.url)


@pytest.fixture
def ctrl_c_interrupts() -> Iterator[None]:
    """Also where the tests were started in the background, with Ctrl-C ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c_interrupts")
@pytest.mark.skipif(sys.platform == "win32", reason="signals work differently there")
def test_ctrl_c_during_a_call_leaves_a_working_client() -> None:
    connections = SyncConnections(ConnectionSettings(max_connections=1))
    waiting = threading.Event()

    def script(peer: Peer) -> None:
        while (received := peer.request()) is not None:
            if received.body == b"wait":
                waiting.set()
                peer.until_closed()
            else:
                peer.send(answer(received.body))

    def interrupt() -> None:
        waiting.wait(10)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    with Scripted(script) as server:
        head = RequestHead("POST", server.url, ())
        for _ in range(3):
            waiting.clear()
            interrupter = threading.Thread(target=interrupt)
            interrupter.start()
            with pytest.raises(KeyboardInterrupt):
                connections.exchange(head, b"wait", TIMEOUTS, None)
            interrupter.join()
            assert connections.exchange(head, b"next", TIMEOUTS, None).content == b"next"
        connections.close()


@pytest.mark.usefixtures("ctrl_c_interrupts")
@pytest.mark.skipif(sys.platform == "win32", reason="signals work differently there")
def test_ctrl_c_while_waiting_for_a_connection_keeps_the_place_of_the_others() -> None:
    connections = SyncConnections(ConnectionSettings(max_connections=1))
    waiting, go = threading.Event(), threading.Event()

    def script(peer: Peer) -> None:
        while (received := peer.request()) is not None:
            waiting.set()
            go.wait(10)
            peer.send(answer(received.body))

    def interrupt() -> None:
        time.sleep(0.2)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    with Scripted(script) as server:
        head = RequestHead("POST", server.url, ())
        first = threading.Thread(target=connections.exchange, args=(head, b"first", TIMEOUTS, None))
        first.start()
        waiting.wait(10)
        interrupter = threading.Thread(target=interrupt)
        interrupter.start()
        with pytest.raises(KeyboardInterrupt):
            connections.exchange(head, b"interrupted", TIMEOUTS, None)
        interrupter.join()
        go.set()
        first.join()
        assert connections.exchange(head, b"last", TIMEOUTS, None).content == b"last"
        assert [received.body for received in server.received] == [b"first", b"last"]
        connections.close()


@pytest.mark.skipif(sys.gettrace() is not None, reason="something else traces")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("connection", ["fresh", "reused"])
def test_ctrl_c_between_any_two_steps_loses_no_place_and_no_connection(connection: str) -> None:
    """It is raised at the first line of ours that runs, the second, ... until the call is through."""
    connections = SyncConnections(ConnectionSettings(max_connections=2))
    with Scripted(echo) as server:
        head = RequestHead("POST", server.url, ())
        step = 0
        for step in itertools.count():
            if connection == "fresh":
                connections.close()
            else:
                assert connections.exchange(head, b"warm", TIMEOUTS, None).content == b"warm"
            reached = _interrupted_at(step, lambda: connections.exchange(head, b"call", TIMEOUTS, None))
            assert connections.exchange(head, b"after", TIMEOUTS, None).content == b"after"
            pool = connections._wire._pool
            assert not pool._held, "a place was lost"
            assert len(pool._open) == len(pool._idle), "a connection was lost"
            if not reached:
                break
        assert step > 100
        connections.close()


def _interrupted_at(step: int, call: Callable[[], object]) -> bool:
    """Raise KeyboardInterrupt at a line of the wire during the call; whether it came to that line."""
    lines = 0

    def on_line(frame: FrameType, event: str, _: object) -> Any:
        nonlocal lines
        if event == "line":
            lines += 1
            # A lock is taken and freed without anything in between; only a tracer sees a line there.
            locks = linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip().startswith("with ")
            if lines == step + 1 and not locks:
                raise KeyboardInterrupt
        return on_line

    def on_call(frame: FrameType, _event: str, _: object) -> Any:
        return on_line if "_http" in frame.f_code.co_filename else None

    sys.settrace(on_call)
    try:
        call()
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(None)
    return lines > step


def test_building_connections_opens_nothing_and_needs_no_loop() -> None:
    before = threading.active_count()
    SyncConnections(ConnectionSettings())
    AsyncConnections(ConnectionSettings())
    assert threading.active_count() == before


def test_the_wire_does_not_load_httpcore() -> None:
    """Which would cost the first call of a process more than the call itself."""
    with Scripted(serving(answer())) as server:
        _python(
            """
            import asyncio, sys
            import httpx  # older ones load it themselves
            before = set(sys.modules)
            from aleph_alpha._http.connections import *
            head = RequestHead("POST", sys.argv[1], ())
            SyncConnections(ConnectionSettings()).exchange(head, b"x", None, None)
            asyncio.run(AsyncConnections(ConnectionSettings()).exchange(head, b"x", None, None))
            assert not {"httpcore", "h11", "anyio"} & (set(sys.modules) - before)
            """,
            server.url,
        )


def _python(script: str, *arguments: str) -> None:
    """Run a script in a fresh interpreter; any warning or traceback in its output fails the test."""
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", textwrap.dedent(script), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
