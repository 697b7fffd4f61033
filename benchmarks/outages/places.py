"""Where a scenario's server is: on its own, behind nginx, behind squid, or two of which one is ended each second."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["PLACES", "Place", "missing"]

_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
_PROGRAMS = {"nginx": "nginx", "squid": "squid"}


@dataclass
class Place:
    """Where a client finds the server, with what environment, and where its numbers are."""

    url: str
    stats: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    journal: Path | None = None

    def told(self) -> dict[str, Any]:
        """What the server has counted."""
        if self.journal is not None:
            times = Counter(self.journal.read_text("utf-8").split())
            return {"requests": times.total(), "twice": sum(each > 1 for each in times.values()), "back": 0.0}
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{self.stats}/stats") as response:
            told: dict[str, Any] = json.loads(response.read())
            return told


def missing(place: str) -> str:
    """The program that has to be installed for it, if it is not."""
    program = _PROGRAMS.get(place, "")
    return "" if not program or shutil.which(program, path=_PATH) else program


@contextlib.contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[str]]:
    path = shutil.which(command[0], path=_PATH) or command[0]
    with subprocess.Popen([path, *command[1:]], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


def said(process: subprocess.Popen[str]) -> str:
    """The line with which a server says that it listens."""
    return process.stdout.readline() if process.stdout is not None else ""


def _command(port: int, options: dict[str, Any]) -> list[str]:
    return [sys.executable, "-m", "benchmarks.outages.server", str(port), json.dumps(options)]


@contextlib.contextmanager
def direct(options: dict[str, Any]) -> Iterator[Place]:
    """The server itself; with a certificate that nobody knows, the numbers on a port without TLS."""
    with running(*_command(0, options)) as server:
        port, stats = said(server).split()
        scheme = "https" if options.get("certificate") else "http"
        yield Place(f"{scheme}://127.0.0.1:{port}", f"http://127.0.0.1:{stats}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _until_it_listens(port: int) -> None:
    for _ in range(500):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.05):
            return
        threading.Event().wait(0.02)


@contextlib.contextmanager
def nginx(options: dict[str, Any]) -> Iterator[Place]:
    with direct(options) as server, tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        paths = "".join(f"{kind}_temp_path {folder};" for kind in ("proxy", "fastcgi", "uwsgi", "scgi", "client_body"))
        Path(folder, "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; error_log /dev/null; worker_processes 1;"
            "events { worker_connections 1024; }"
            f"http {{ access_log off; {paths}"
            f"upstream up {{ server {server.url.removeprefix('http://')}; keepalive 100; }}"
            f"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://up; proxy_http_version 1.1;"
            'proxy_set_header Connection ""; } } }',
            "utf-8",
        )
        with running("nginx", "-e", "/dev/null", "-c", f"{folder}/nginx.conf"):
            _until_it_listens(port)
            yield Place(f"http://127.0.0.1:{port}", server.stats)


@contextlib.contextmanager
def squid(options: dict[str, Any]) -> Iterator[Place]:
    with direct(options) as server, tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)  # noqa: S103 - squid gives its rights up
        port = _free_port()
        Path(folder, "squid.conf").write_text(
            f"http_port 127.0.0.1:{port}\nhttp_access allow all\ncache deny all\naccess_log none\n"
            f"cache_log {folder}/log\npid_filename none\nnetdb_filename none\ncoredump_dir {folder}\n"
            "memory_cache_shared off\nshutdown_lifetime 0 seconds\n",
            "utf-8",
        )
        with running("squid", "-N", "-n", f"bench{port}", "-f", f"{folder}/squid.conf"):
            _until_it_listens(port)
            names = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
            yield Place(server.url, server.stats, dict.fromkeys(names, f"http://127.0.0.1:{port}"))


@contextlib.contextmanager
def killed(options: dict[str, Any]) -> Iterator[Place]:
    """Two processes with one port, of which one is killed each second and started again."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        journal = Path(folder, "journal")
        journal.touch()
        port, ended = _free_port(), threading.Event()
        command = _command(port, {**options, "shared": True, "journal": str(journal)})

        def start() -> subprocess.Popen[str]:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            said(process)
            return process

        def end(process: subprocess.Popen[str]) -> None:
            process.send_signal(signal.SIGKILL)
            process.communicate()

        servers = [start(), start()]

        def work() -> None:
            for number in itertools.cycle((0, 1)):
                if ended.wait(1.0):
                    return
                end(servers[number])
                servers[number] = start()

        killer = threading.Thread(target=work)
        killer.start()
        stack.callback(lambda: [*map(end, servers)])
        stack.callback(killer.join)
        stack.callback(ended.set)
        yield Place(f"http://127.0.0.1:{port}", journal=journal)


PLACES = {"direct": direct, "nginx": nginx, "squid": squid, "killed": killed}
