"""TLS from bytes to bytes, no socket.

One layer can lie upon another, as behind a proxy that is itself reached by TLS.
"""

from __future__ import annotations

import ssl
from collections import deque
from collections.abc import Generator

__all__ = ["Steps", "TlsLayer"]

_READ_BYTES = 256 * 1024

# What is to be sent, and whether to come back with what is received next (b"" at the end of the connection).
Steps = Generator[tuple[bytes | memoryview, bool], bytes, None]


class TlsLayer:
    """One end of a TLS connection.

    After the handshake: ``write`` takes what is to be encrypted and ``feed`` what was received; ``read``
    gives what is decrypted, ``to_send`` what has to go out, which there can be after each of the others.

    Attributes:
        ended: no more will come.
    """

    def __init__(self, context: ssl.SSLContext, server_name: str, below: TlsLayer | None = None) -> None:
        self.ended = False
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._object = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)
        self._below = below
        self._unwritten: deque[memoryview] = deque()  # waits, in a renegotiation, for what the other end says

    def handshake(self) -> Steps:
        """What has to be sent and received first; raises ``ssl.SSLError``. The last bytes go with the first data."""
        while True:
            try:
                self._object.do_handshake()
                return
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLError:
                yield self.to_send(), False  # so that the other end knows why
                raise
            self.feed((yield self.to_send(), True))

    def feed(self, data: bytes | memoryview) -> None:
        """Take what was received, b"" at the end of the connection."""
        below = self._below
        if below is not None:
            below.feed(data)
            data = below.read()
        if data:
            self._incoming.write(data)
        if below.ended if below is not None else not data:
            self._incoming.write_eof()

    def read(self) -> bytes:
        """All that can be decrypted so far; raises ``ssl.SSLError``. An end without a farewell is an end, too."""
        parts = []
        try:
            while part := self._object.read(_READ_BYTES):
                parts.append(part)
            self.ended = True
        except ssl.SSLWantReadError:
            pass
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            self.ended = True
        self._write()
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def write(self, data: bytes | memoryview) -> None:
        """Encrypt; raises ``ssl.SSLError``."""
        self._unwritten.append(memoryview(data))
        self._write()

    def to_send(self) -> bytes:
        """What has to be sent now."""
        data = self._outgoing.read()
        if self._below is None:
            return data
        if data:
            self._below.write(data)
        return self._below.to_send()

    def _write(self) -> None:
        waiting = self._unwritten
        while waiting:
            try:
                data = waiting[0][self._object.write(waiting[0]) :] if waiting[0] else waiting[0]
            except ssl.SSLWantReadError:
                return
            if data:
                waiting[0] = data
            else:
                waiting.popleft()
