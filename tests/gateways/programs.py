"""The proxies and gateways, each a process of its own on a free port of the loopback, ended with its block."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
import trustme

__all__ = ["FORWARD", "LIMITED", "PASSWORD", "REVERSE", "USER", "Running", "free_port"]

USER, PASSWORD = "user", "sesame"
_PATIENCE = 20  # seconds for a program to listen
_OWN = Path(sys.prefix, "gateways", "bin")  # what `make test-gateways` installs beside Debian's packages


class Running:
    """A program that listens.

    Attributes:
        port: where.
        process: to be sent signals to.
    """

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port = port
        self.process = process


def free_port() -> int:
    """One that nobody listens on; the programs take no 0."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def folder() -> Iterator[Path]:
    """For settings and sockets; also for programs that give their rights up."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o777)
        yield Path(name)


@contextmanager
def running(port: int, program: str, *arguments: str | Path) -> Iterator[Running]:
    """A program until the end of the block; skips the test where it is not installed."""
    path = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin:{_OWN}")
    if path is None:
        pytest.skip(f"{program} is not installed")
    command = [path, *map(str, arguments)]
    with tempfile.TemporaryFile() as said, subprocess.Popen(command, stdout=said, stderr=said) as process:
        try:
            for _ in range(_PATIENCE * 50):
                with socket.socket() as sock:
                    if sock.connect_ex(("127.0.0.1", port)) == 0:
                        break
                if process.poll() is not None:
                    break
                time.sleep(0.02)
            if process.poll() is not None:
                said.seek(0)
                pytest.fail(f"{program} did not start: {said.read().decode(errors='replace')[-2000:]}")
            yield Running(port, process)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


# Forward proxies: each gives the URL that clients are told.


@contextmanager
def squid(*, password: bool = False) -> Iterator[str]:
    port = free_port()
    with folder() as place:
        lines = [
            f"http_port 127.0.0.1:{port}",
            "cache deny all",
            "access_log none",
            f"cache_log {place}/cache.log",
            "pid_filename none",
            "netdb_filename none",
            f"coredump_dir {place}",
            "memory_cache_shared off",
            "shutdown_lifetime 0 seconds",
            "connect_timeout 5 seconds",
        ]
        if password:
            hashed = subprocess.run(
                ["openssl", "passwd", "-apr1", PASSWORD], capture_output=True, text=True, check=True
            )
            (place / "users").write_text(f"{USER}:{hashed.stdout.strip()}\n")
            lines += [
                f"auth_param basic program /usr/lib/squid/basic_ncsa_auth {place}/users",
                "acl known proxy_auth REQUIRED",
                "http_access allow known",
            ]
        else:
            lines.append("http_access allow all")
        (place / "squid.conf").write_text("\n".join([*lines, ""]))
        # A name of its own, so that several do not share their memory.
        with running(port, "squid", "-N", "-n", f"tests{port}", "-f", place / "squid.conf"):
            yield _url(port, password=password)


@contextmanager
def tinyproxy(*, password: bool = False) -> Iterator[str]:
    port = free_port()
    with folder() as place:
        lines = [f"Port {port}", "Listen 127.0.0.1", "Timeout 60", "MaxClients 200", "LogLevel Error"]
        lines.append(f'LogFile "{place}/log"')
        if password:
            lines.append(f"BasicAuth {USER} {PASSWORD}")
        (place / "settings").write_text("\n".join([*lines, ""]))
        with running(port, "tinyproxy", "-d", "-c", place / "settings"):
            yield _url(port, password=password)


@contextmanager
def squid_by_tls(authority: trustme.CA) -> Iterator[str]:
    """Behind haproxy, which takes the TLS off: Debian's squid has none."""
    with squid(password=True) as inner, folder() as place:
        port = free_port()
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(place / "both.pem"))
        (place / "settings").write_text(
            "defaults\n mode tcp\n timeout connect 5s\n timeout client 60s\n timeout server 60s\n"
            f"listen tls\n bind 127.0.0.1:{port} ssl crt {place}/both.pem\n server squid {inner.rpartition('@')[2]}\n"
        )
        with running(port, "haproxy", "-db", "-f", place / "settings"):
            yield _url(port, password=True).replace("http:", "https:")


@contextmanager
def mitmproxy(authority: trustme.CA | None, *, password: bool = False, place: Path | None = None) -> Iterator[str]:
    """Reads everything that goes through it, with the given authority or, in `place`, with one that it makes."""
    port = free_port()
    with folder() as temporary:
        place = place or temporary
        if authority is not None:
            pem = authority.private_key_pem.bytes() + authority.cert_pem.bytes()
            (place / "mitmproxy-ca.pem").write_bytes(pem)
        settings = [f"confdir={place}", "ssl_insecure=true", "http2=false", "termlog_verbosity=error"]
        if password:
            settings.append(f"proxyauth={USER}:{PASSWORD}")
        arguments = [word for setting in settings for word in ("--set", setting)]
        with running(port, "mitmdump", "--quiet", "--listen-host", "127.0.0.1", "--listen-port", str(port), *arguments):
            yield _url(port, password=password)


def _url(port: int, *, password: bool) -> str:
    return f"http://{f'{USER}:{quote(PASSWORD)}@' if password else ''}127.0.0.1:{port}"


FORWARD: dict[str, Callable[[trustme.CA], AbstractContextManager[str]]] = {
    "squid": lambda authority: squid(),
    "squid with a password": lambda authority: squid(password=True),
    "squid by TLS": squid_by_tls,
    "tinyproxy": lambda authority: tinyproxy(),
    "tinyproxy with a password": lambda authority: tinyproxy(password=True),
    "mitmproxy": mitmproxy,
    "mitmproxy with a password": lambda authority: mitmproxy(authority, password=True),
}


# Gateways in front of one server, reached by TLS; they refuse bodies of more than a megabyte where they can, and,
# where `at_once` is given, more requests at a time than that.


@contextmanager
def nginx(authority: trustme.CA, upstream: int, at_once: int = 0) -> Iterator[Running]:
    port = free_port()
    limit = f"limit_conn all {at_once};" if at_once else ""
    with folder() as place:
        _certified(authority, place)
        (place / "settings").write_text(
            f"daemon off; pid {place}/pid; error_log {place}/log; worker_processes 1;\n"
            "events { worker_connections 1024; }\n"
            f"http {{ access_log off; client_max_body_size 1m; client_body_temp_path {place};\n"
            f"proxy_temp_path {place}/t; fastcgi_temp_path {place}/f;\n"
            f"uwsgi_temp_path {place}/u; scgi_temp_path {place}/s;\n"
            f"limit_conn_zone $server_name zone=all:1m; {limit}\n"
            f"server {{ listen 127.0.0.1:{port} ssl; keepalive_requests 20; proxy_buffering off;\n"
            f"ssl_certificate {place}/cert.pem; ssl_certificate_key {place}/key.pem;\n"
            f"location / {{ proxy_pass http://127.0.0.1:{upstream}; proxy_http_version 1.1; }} }} }}\n"
        )
        with running(port, "nginx", "-p", place, "-c", place / "settings") as found:
            yield found


@contextmanager
def haproxy(authority: trustme.CA, upstream: int, at_once: int = 0) -> Iterator[Running]:
    port = free_port()
    limit = f"maxconn {at_once}" if at_once else ""
    with folder() as place:
        _certified(authority, place)
        (place / "settings").write_text(
            "defaults\n mode http\n timeout connect 1s\n timeout client 60s\n timeout server 60s\n timeout queue 50ms\n"
            f"listen tls\n bind 127.0.0.1:{port} ssl crt {place}/both.pem\n"
            " http-request deny deny_status 413 if { req.hdr(content-length) -m int gt 1000000 }\n"
            f" server api 127.0.0.1:{upstream} {limit}\n"
        )
        with running(port, "haproxy", "-W", "-db", "-f", place / "settings") as found:
            yield found


@contextmanager
def apache(authority: trustme.CA, upstream: int) -> Iterator[Running]:
    port = free_port()
    modules = ["mpm_event", "authz_core", "proxy", "proxy_http", "ssl"]
    with folder() as place:
        _certified(authority, place)
        (place / "settings").write_text(
            "\n".join(
                [
                    *(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in modules),
                    f"ServerRoot {place}",
                    "ServerName 127.0.0.1",
                    f"Listen 127.0.0.1:{port}",
                    f"PidFile {place}/pid",
                    f"DefaultRuntimeDir {place}",
                    f"ErrorLog {place}/log",
                    "MaxKeepAliveRequests 20",
                    "LimitRequestBody 1000000",
                    "SSLEngine on",
                    f"SSLCertificateFile {place}/cert.pem",
                    f"SSLCertificateKeyFile {place}/key.pem",
                    f"ProxyPass / http://127.0.0.1:{upstream}/ flushpackets=on",
                    "",
                ]
            )
        )
        with running(port, "apache2", "-X", "-f", place / "settings") as found:
            yield found


@contextmanager
def caddy(authority: trustme.CA, upstream: int) -> Iterator[Running]:
    port = free_port()
    with folder() as place:
        _certified(authority, place)
        (place / "Caddyfile").write_text(
            "{\n admin off\n auto_https disable_redirects\n}\n"
            f"https://127.0.0.1:{port} {{\n tls {place}/cert.pem {place}/key.pem\n"
            " request_body {\n max_size 1MB\n }\n"
            f" reverse_proxy 127.0.0.1:{upstream} {{\n flush_interval -1\n }}\n}}\n"
        )
        with running(port, "caddy", "run", "--adapter", "caddyfile", "--config", place / "Caddyfile") as found:
            yield found


@contextmanager
def envoy(authority: trustme.CA, upstream: int, at_once: int = 0) -> Iterator[Running]:
    port = free_port()
    with folder() as place:
        _certified(authority, place)
        pair = {
            "certificate_chain": {"filename": f"{place}/cert.pem"},
            "private_key": {"filename": f"{place}/key.pem"},
        }
        types = "type.googleapis.com/envoy.extensions"
        router = {"@type": f"{types}.filters.http.router.v3.Router"}
        manager = {
            "@type": f"{types}.filters.network.http_connection_manager.v3.HttpConnectionManager",
            "stat_prefix": "http",
            "common_http_protocol_options": {"max_requests_per_connection": 20},
            "http_filters": [{"name": "envoy.filters.http.router", "typed_config": router}],
            "route_config": {
                "virtual_hosts": [
                    {
                        "name": "all",
                        "domains": ["*"],
                        "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "api", "timeout": "60s"}}],
                    }
                ]
            },
        }
        tls = {
            "@type": f"{types}.transport_sockets.tls.v3.DownstreamTlsContext",
            "common_tls_context": {"tls_certificates": [pair]},
        }
        listener = {
            "address": _address(port),
            "filter_chains": [
                {
                    "filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}],
                    "transport_socket": {"name": "envoy.transport_sockets.tls", "typed_config": tls},
                }
            ],
        }
        most = at_once or 1000
        cluster = {
            "name": "api",
            "connect_timeout": "1s",
            "load_assignment": {
                "cluster_name": "api",
                "endpoints": [{"lb_endpoints": [{"endpoint": {"address": _address(upstream)}}]}],
            },
            "circuit_breakers": {
                "thresholds": [
                    {"max_connections": most, "max_pending_requests": 1 if at_once else most, "max_requests": most}
                ]
            },
        }
        settings = {"static_resources": {"listeners": [listener], "clusters": [cluster]}}
        (place / "settings.json").write_text(json.dumps(settings))
        arguments = ["--log-level", "error", "--use-dynamic-base-id", "--concurrency", "2"]
        with running(port, "envoy", "-c", place / "settings.json", *arguments) as found:
            yield found


def _address(port: int) -> dict[str, object]:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def _certified(authority: trustme.CA, place: Path) -> None:
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(str(place / "key.pem"))
    certificate.cert_chain_pems[0].write_to_path(str(place / "cert.pem"))
    certificate.private_key_and_cert_chain_pem.write_to_path(str(place / "both.pem"))


REVERSE: dict[str, Callable[[trustme.CA, int], AbstractContextManager[Running]]] = {
    "nginx": nginx,
    "haproxy": haproxy,
    "apache": apache,
    "caddy": caddy,
    "envoy": envoy,
}

# Those that can refuse what is too much for a server: a bare 503.
LIMITED: dict[str, Callable[[trustme.CA, int, int], AbstractContextManager[Running]]] = {
    "nginx": nginx,
    "haproxy": haproxy,
    "envoy": envoy,
}
