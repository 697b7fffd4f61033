"""A headless Chromium, driven over its debugging pipe: three commands, for which no library is needed."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NoReturn

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
# The browser reads commands from descriptor 3 and writes to 4.
_START = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
)


def missing(what: str) -> NoReturn:
    """Skip the test, or fail it where a browser is required."""
    if os.environ.get("AA_REQUIRE_BROWSER") == "1":
        pytest.fail(f"{what}, and AA_REQUIRE_BROWSER=1 is set")
    pytest.skip(what)


class Browser:
    """One page of a browser."""

    def __init__(self) -> None:
        found = next(filter(None, map(shutil.which, _NAMES)), None)
        if found is None:
            missing("no Chromium is installed")
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        commands, self._commands = os.pipe()
        self._answers, answers = os.pipe()
        program = [sys.executable, "-c", _START, str(commands), str(answers), str(found)]
        self._process = subprocess.Popen(
            [*program, *_OPTIONS, f"--user-data-dir={self._folder.name}/profile", "about:blank"],
            pass_fds=(commands, answers),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(answers)
        self._number = 0
        self._read = b""
        self._events: list[str] = []
        self.requests: list[str] = []
        """The URLs that pages have asked for since :meth:`visit`."""
        self._session: str | None = None
        page = next(one for one in self._call("Target.getTargets")["targetInfos"] if one["type"] == "page")
        self._session = self._call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        self._call("Page.enable")

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def open(self, html: str) -> None:
        """Show a page, read from a file, as a user would."""
        file = Path(self._folder.name, "page.html")
        file.write_bytes(html.encode())
        self._navigate(file.as_uri())

    def visit(self, url: str) -> None:
        """Go to an address; `requests` are those of this page."""
        self._call("Network.enable")
        self.requests.clear()
        self._navigate(url)

    def evaluate(self, expression: str) -> Any:
        """The value of an expression, or of what it promises."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def emulate(self, *, dark: bool = False, forced: bool = False, media: str = "") -> None:
        """Prefer a light or dark page, have colours forced, or show pages as on another medium ("print")."""
        features = {
            "prefers-color-scheme": "dark" if dark else "light",
            "forced-colors": "active" if forced else "none",
        }
        wanted = [{"name": name, "value": value} for name, value in features.items()]
        self._call("Emulation.setEmulatedMedia", media=media, features=wanted)

    def screenshot(self, *, width: int = 900, height: int = 600) -> bytes:
        """The whole page as a PNG."""
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        answer = self._call("Page.captureScreenshot", captureBeyondViewport=True)
        return base64.b64decode(answer["data"])

    def press(self, key: str) -> None:
        """Press a key, such as Tab, ArrowRight or Enter."""
        code = {"Tab": 9, "Enter": 13, "ArrowRight": 39}[key]
        text = {"text": "\r"} if key == "Enter" else {}
        down = {"type": "keyDown" if text else "rawKeyDown", **text}
        for event in (down, {"type": "keyUp"}):
            self._call("Input.dispatchKeyEvent", key=key, code=key, windowsVirtualKeyCode=code, **event)

    def type(self, text: str) -> None:
        """Write into what has the focus."""
        self._call("Input.insertText", text=text)

    def close(self) -> None:
        """End the browser."""
        os.close(self._commands)
        os.close(self._answers)
        try:
            self._process.wait(10)  # it ends when the pipe does
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()

    def _navigate(self, url: str) -> None:
        self._events.clear()
        self._call("Page.navigate", url=url)
        while "Page.loadEventFired" not in self._events:
            self._next()

    def _call(self, method: str, **params: Any) -> Any:
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._commands, data) :]
        while (answer := self._next()).get("id") != self._number:
            pass
        assert "error" not in answer, answer
        return answer["result"]

    def _next(self) -> Any:
        while b"\0" not in self._read:
            part = os.read(self._answers, 1 << 20)
            assert part, "the browser has ended"
            self._read += part
        message, _, self._read = self._read.partition(b"\0")
        decoded = json.loads(message)
        self._events.append(decoded.get("method", ""))
        if decoded.get("method") == "Network.requestWillBeSent":
            self.requests.append(decoded["params"]["request"]["url"])
        return decoded
