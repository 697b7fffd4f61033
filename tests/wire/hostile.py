"""Answers, right and wrong, for the parser's comparison with h11."""

from __future__ import annotations

import random

STATUS_LINES = [
    b"HTTP/1.1 200 OK",
    b"HTTP/1.1 200 OK",
    b"HTTP/1.1 200 OK",
    b"HTTP/1.1 200",
    b"HTTP/1.1 200 ",
    b"HTTP/1.0 200 OK",
    b"HTTP/1.1 204 No Content",
    b"HTTP/1.1 304 Not Modified",
    b"HTTP/1.1 503 Service Unavailable",
    b"HTTP/1.1 100 Continue",
    b"HTTP/1.1 101 Switching Protocols",
    b"HTTP/1.1 103 Early Hints",
    b"HTTP/2.0 200 OK",
    b"HTTP/0.9 200 OK",
    b"HTTP/1.2 200 OK",
    b"HTTP/1.10 200 OK",
    b"http/1.1 200 OK",
    b"RTSP/1.0 200 OK",
    b"ICY 200 OK",
    b" HTTP/1.1 200 OK",
    b"HTTP/1.1  200 OK",
    b"HTTP/1.1\t200 OK",
    b"HTTP/1.1 20 OK",
    b"HTTP/1.1 2000 OK",
    b"HTTP/1.1 099 OK",
    b"HTTP/1.1 999 OK",
    b"HTTP/1.1 200 \x00",
    b"HTTP/1.1 200 O\x7fK\x01",
    b"HTTP/1.1 200 \xe4\xf6",
    b"\r\nHTTP/1.1 200 OK",
]
HEADERS = [
    b"Content-Length: 5",
    b"Content-Length: 5",
    b"Content-Length: 0",
    b"content-length:5",
    b"Content-Length: 05",
    b"Content-Length: +5",
    b"Content-Length: -5",
    b"Content-Length: 5, 5",
    b"Content-Length: 5,6",
    b"Content-Length: 0x5",
    b"Content-Length: 5 5",
    b"Content-Length:",
    b"Content-Length: 18446744073709551616",
    b"Content-Length: 9223372036854775808",
    b"Content-Length: 5\t ",
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: chunked",
    b"transfer-encoding: CHUNKED",
    b"Transfer-Encoding: gzip",
    b"Transfer-Encoding: gzip, chunked",
    b"Transfer-Encoding: chunked, chunked",
    b"Transfer-Encoding: chunked, gzip",
    b"Transfer-Encoding: identity",
    b"Transfer-Encoding: xchunked",
    b"Transfer-Encoding: chunked;q=1",
    b"Transfer-Encoding: \x0bchunked",
    b"Transfer-Encoding:",
    b"Connection: close",
    b"Connection: keep-alive",
    b"Connection: Keep-Alive, Upgrade",
    b"Connection: upgrade",
    b"Connection: x, close",
    b"Upgrade: h2c",
    b"X-A: b",
    b"X-A:b",
    b"X-A:   b  ",
    b"X-A: \xff\xfe",
    b"X-A: a\tb",
    b"X-A: a\x00b",
    b"X-A: a\x01b",
    b"X-A: a\x7fb",
    b"X-A: a\rb",
    b"X-A: a\nX-B: c",
    b"X-A : b",
    b" X-A: b",
    b"\tfolded",
    b"X-A",
    b": b",
    b"X(A): b",
    b"X\xe4: b",
    b"",
    b"Content-Type: application/json",
    b"Proxy-Connection: close",
    b"Trailer: X",
]
BODIES = [
    b"",
    b"hello",
    b"hell",
    b"hello!",
    b"5\r\nhello\r\n0\r\n\r\n",
    b"5\r\nhello\r\n0\r\n",
    b"5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n",
    b"5\r\nhello\r\n0\r\nContent-Length: 3\r\nTransfer-Encoding: x\r\n\r\n",
    b"5\r\nhello\r\n0\r\nbad trailer\r\n\r\n",
    b"05\r\nhello\r\n00\r\n\r\n",
    b"5;a=b\r\nhello\r\n0;c\r\n\r\n",
    b'5;a="b;c"\r\nhello\r\n0\r\n\r\n',
    b"5 \r\nhello\r\n0\r\n\r\n",
    b" 5\r\nhello\r\n0\r\n\r\n",
    b"5\nhello\n0\n\n",
    b"5\r\nhello0\r\n\r\n",
    b"5\r\nhelloXX0\r\n\r\n",
    b"-5\r\nhello\r\n0\r\n\r\n",
    b"0x5\r\nhello\r\n0\r\n\r\n",
    b"G\r\nhello\r\n0\r\n\r\n",
    b"\r\n",
    b"FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
    b"7FFFFFFFFFFFFFFF\r\nhello",
    b"00000000000000000005\r\nhello\r\n0\r\n\r\n",
    b"000000000000000000005\r\nhello\r\n0\r\n\r\n",
    b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
    b"5\r\nhello\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    b"helloHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
]
LINE_ENDS = [b"\r\n"] * 20 + [b"\n", b"\r", b"\r\r\n", b"\n\r", b" \r\n"]
NOISE = [
    b"\x00",
    b"\r",
    b"\n",
    b"\r\n",
    b" ",
    b"\t",
    b":",
    b"\xff",
    b"0",
    b";",
    b",",
    b"a",
    b"\x0b",
    b"\x7f",
    b"\r\n\r\n",
]


def answer(chance: random.Random) -> bytes:
    """A random answer: built of the pieces above, sometimes damaged by random bytes."""
    lines = [b""] if chance.random() < 0.02 else []
    if chance.random() < 0.15:
        lines += [chance.choice([b"HTTP/1.1 100 Continue", b"HTTP/1.1 103 Early Hints"])]
        lines += chance.sample(HEADERS, chance.randrange(0, 2))
        lines += [b""]
    lines.append(STATUS_LINES[0] if chance.random() < 0.5 else chance.choice(STATUS_LINES))
    lines += chance.choices(HEADERS, k=chance.randrange(0, 4))
    lines.append(b"")
    odd_ends = chance.random() < 0.15
    data = b"".join(line + (chance.choice(LINE_ENDS) if odd_ends else b"\r\n") for line in lines)
    data += chance.choice(BODIES)
    if chance.random() < 0.25:
        for _ in range(chance.randrange(1, 3)):
            data = _damaged(data, chance)
    return data


def _damaged(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    kind = chance.randrange(3)
    if kind == 0:
        return data[:at] + chance.choice(NOISE) + data[at:]
    if kind == 1:
        return data[:at] + data[at + 1 :]
    return data[:at] + chance.choice(NOISE) + data[at + 1 :]
