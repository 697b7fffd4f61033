"""Faults for the reference server: what networks, proxies and servers do wrong, on demand.

    >>> from aleph_alpha import Client
    >>> from aleph_alpha.testing import LocalServer
    >>> from aleph_alpha.testing.faults import Disconnect, Status
    >>> with LocalServer() as server, Client("token", server.url) as client:
    ...     busy = server.faults.add(Status(503, code="QUEUE_FULL", retry_after=0.1), path="/version", on=1)
    ...     version = client.get_version()
    >>> busy.hits
    1

A rule says which requests a fault meets: those of a path or operation, the first, third, ... of
them, or a share. The same over HTTP, for a server in another process: ``POST /_faults`` with
``{"faults": [{"kind": "status", "status": 503}], "path": "/complete", "on": [1]}``;
``GET /_faults`` lists the rules, ``DELETE /_faults`` ends them.

Faults are put in below HTTP, between the socket and the server: a response can be cut at any byte,
dripped, or end in a reset. Requests that a client pipelines are let through as they are.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "kinds": [
            "BadGzip",
            "BadJson",
            "ContentType",
            "Delay",
            "Disconnect",
            "Drip",
            "Fault",
            "HugeHeaders",
            "Informational",
            "NotHttp",
            "Split",
            "Stall",
            "Status",
            "StreamError",
            "StreamNoise",
            "Truncate",
        ],
        "rules": ["Faults", "Rule", "Seen"],
    },
)
