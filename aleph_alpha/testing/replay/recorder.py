"""Recording of API calls and their replay, on vcrpy: tests without a token or a network.

The pytest plugin (:mod:`aleph_alpha.testing.plugin`) is the usual way in; this is what it does,
for other test runners::

    from aleph_alpha import Client
    from aleph_alpha.testing.replay import REPLAY_HOST, use_cassette

    with use_cassette("cassettes/summary.yaml"):                 # record=True to make it
        client = Client("token", REPLAY_HOST)
        ...

Calls of this package's clients are recorded and replayed, whatever their host; what else a
program does over HTTP goes through untouched. A cassette is in effect for the whole process, so
there can be one at a time; calls may come from any number of threads and tasks.

Recorded: method, path, query, content type and body of the request; status, content type,
``Retry-After`` and body of the response. Scrubbed before anything is written: the token in any
place, cookies and all other headers, the host, fields that hold a secret by their name. A
recording that still looks as if it held a secret is not written.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from os import PathLike, fspath
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import parse_qsl, urlsplit

from aleph_alpha.testing.replay.file import CassetteError, CassetteFile, Interaction
from aleph_alpha.testing.replay.match import Asked, explain
from aleph_alpha.testing.replay.scrub import REPLAY_HOST, Scrubber
from aleph_alpha.testing.replay.scrub_find import Finder

try:
    from vcr.cassette import Cassette  # type: ignore[import-untyped]
    from vcr.patch import PATCHER_NAMES  # type: ignore[import-untyped]
except ModuleNotFoundError as missing:  # pragma: no cover
    raise ImportError(f"Record and replay need {missing.name!r}: pip install 'aleph-alpha[testing]'") from missing

__all__ = [
    "REPLAY_HOST",
    "CassetteError",
    "Recording",
    "UnmatchedRequestError",
    "UnusedRecordingError",
    "use_cassette",
]

MAX_KILOBYTES = 1000.0  # of one cassette file

# vcrpy puts itself into every HTTP library it finds; this package's calls go through one of them.
_NOT_PATCHED = tuple(name for name in PATCHER_NAMES if name != "httpx")


class UnmatchedRequestError(AssertionError):
    """A request that was not recorded, or more often than it was recorded. The message shows the difference.

    It is not an error of the client: it is never retried, and passes every ``except AlephAlphaError``.
    """


class UnusedRecordingError(AssertionError):
    """A recording that the test did not ask for any more."""


class Recording:
    """What is recorded or replayed within one :func:`use_cassette`.

    Attributes:
        path: the cassette's file.
        recording: whether calls go to the API and are recorded.
        recorded_from: where the recording is from.
        unmatched: what was asked for in vain; not empty at the end makes the test fail even where
            the program under test has swallowed the exception.
    """

    def __init__(
        self,
        path: Path,
        *,
        recording: bool,
        recorded_from: str,
        scrubber: Scrubber,
        finder: Finder,
        max_kilobytes: float,
    ) -> None:
        self.path = path
        self.recording = recording
        self.recorded_from = recorded_from
        self.unmatched: list[str] = []
        self._scrubber = scrubber
        self._finder = finder
        self._max_kilobytes = max_kilobytes
        self._lock = threading.Lock()
        self._recorded: list[tuple[int, Interaction]] = []
        self._interactions: list[Interaction] = []  # replayed, as is what follows
        self._asked: list[Asked] = []
        self._used: list[bool] = []
        self._abandoned = False
        if not recording:
            file = CassetteFile.read(path)
            self.recorded_from = file.recorded_from
            self._interactions = list(file.interactions)
            self._asked = [_asked(interaction) for interaction in self._interactions]
            self._used = [False] * len(self._interactions)

    def __len__(self) -> int:
        """Number of recorded calls."""
        return len(self._recorded) if self.recording else len(self._interactions)

    def abandon(self) -> None:
        """The test has failed: write nothing, and complain about nothing else."""
        self._abandoned = True

    def finish(self) -> None:
        """Write what was recorded, or check that everything was replayed.

        Raises:
            UnmatchedRequestError: a request had no recording, and nobody has heard of it.
            UnusedRecordingError: there is a recording without a request.
            CassetteError: what was recorded must not be written: nothing, too much, or a secret.
        """
        if self._abandoned:
            return
        if self.recording:
            self._write()
        elif self.unmatched:
            raise UnmatchedRequestError(self.unmatched[0])
        elif not all(self._used):
            unused = [
                f"    {number}. {asked.address}, {len(asked.body)} bytes"
                for number, (asked, used) in enumerate(zip(self._asked, self._used, strict=True), 1)
                if not used
            ]
            raise UnusedRecordingError(
                f"{self.path} holds {len(unused)} recording(s) that the test did not use:\n" + "\n".join(unused)
            )

    def _write(self) -> None:
        # Calls that were under way at once come back in any order; they are written in that of their sending.
        interactions = [interaction for _, interaction in sorted(self._recorded, key=lambda entry: entry[0])]
        if not interactions:
            raise CassetteError(f"{self.path}: the test made no call that could be recorded")
        for number, each in enumerate(interactions, 1):
            path = urlsplit(each.uri).path
            found = [
                *self._finder.in_request(each.uri, each.request_headers, each.request_body),
                *self._finder.in_response(each.headers, each.body, path),
            ]
            if found:
                raise CassetteError(
                    f"{self.path} was not written: call {number} ({each.method} {path}) holds what looks like a "
                    f"secret.\n    {found[0]}\nTake it out of the test's data, or allow it by a pattern "
                    "(aleph_alpha_cassette_allow in the pytest configuration)."
                )
        CassetteFile(self.recorded_from, interactions).write(self.path, max_kilobytes=self._max_kilobytes)

    # --- what the cassette asks ----------------------------------------------------------------

    def record(self, request: Any, response: Mapping[str, Any], order: int) -> None:
        """Keep a call that has just been made; `order` is its place among those sent."""
        cleaned = self._scrubber.request(request.method, request.uri, request.headers, request.body or b"")
        if cleaned is None:
            return
        response = self._scrubber.response(response, cleaned.path)
        interaction = Interaction(
            method=cleaned.method,
            uri=cleaned.uri,
            request_headers=cleaned.headers,
            request_body=cleaned.body,
            status=response["status"]["code"],
            reason=response["status"].get("message") or "",
            headers=response["headers"],
            body=response["body"]["string"],
        )
        with self._lock:
            self._recorded.append((order, interaction))

    def replay(self, request: Any) -> dict[str, Any] | None:
        """The recorded response; ``None`` for a request that this package's clients did not make.

        Raises:
            UnmatchedRequestError: there is no recording of it (any more).
        """
        cleaned = self._scrubber.request(request.method, request.uri, request.headers, request.body or b"")
        if cleaned is None:
            return None
        sent = Asked(cleaned.method, cleaned.path, cleaned.query, cleaned.headers.get("content-type", ""), cleaned.body)
        with self._lock:
            for index, asked in enumerate(self._asked):
                if not self._used[index] and asked.matches(sent):
                    self._used[index] = True
                    response: dict[str, Any] = self._interactions[index].to_yaml()["response"]
                    response["body"]["string"] = self._interactions[index].body
                    response["headers"].pop("content-encoding", None)
                    return response
            self.unmatched.append(
                f"{self.path} has no recording of {explain(sent, self._asked, self._used)}\n\n"
                "If the test has changed on purpose, record it anew: pytest --aleph-alpha-record"
            )
            raise UnmatchedRequestError(self.unmatched[-1])


def _asked(interaction: Interaction) -> Asked:
    parts = urlsplit(interaction.uri)
    return Asked(
        interaction.method,
        parts.path,
        tuple(sorted(parse_qsl(parts.query, keep_blank_values=True))),
        interaction.request_headers.get("content-type", ""),
        interaction.request_body,
    )


class _Tape(Cassette):  # type: ignore[misc]
    """What vcrpy's patched transports talk to: each request is answered by a `Recording`."""

    def __init__(self, path: str, recording: Recording, **settings: Any) -> None:
        super().__init__(path, **settings)
        self._recording = recording
        self._to_play: dict[int, dict[str, Any]] = {}  # by the identity of the request, as is the next
        self._sent: dict[int, int] = {}
        self._numbers = itertools.count()

    def _load(self) -> None:
        """Nothing: the recording has read its file."""

    def _save(self, force: bool = False) -> None:
        """Nothing: the recording writes its file when the test has passed."""

    @property
    def write_protected(self) -> bool:
        return False  # a request that must not go out is refused before vcrpy looks at this

    def append(self, request: Any, response: Mapping[str, Any]) -> None:
        order = self._sent.pop(id(request), 0)
        if self._recording.recording:
            self._recording.record(request, response, order)

    def can_play_response_for(self, request: Any) -> bool:
        if self._recording.recording:
            self._sent[id(request)] = next(self._numbers)
            return False
        response = self._recording.replay(request)
        if response is None:
            return False
        self._to_play[id(request)] = response  # vcrpy asks for it at once, with the same object
        return True

    def play_response(self, request: Any) -> dict[str, Any]:
        return self._to_play.pop(id(request))


@contextmanager
def use_cassette(
    path: str | PathLike[str],
    *,
    record: bool = False,
    recorded_from: str = "a deployment of the API",
    base_urls: Iterable[str] = (),
    secrets: Iterable[str] = (),
    headers: Iterable[str] = (),
    allowed: Iterable[str] = (),
    max_kilobytes: float = MAX_KILOBYTES,
) -> Iterator[Recording]:
    """Answer API calls from a cassette, or record them into it.

    Args:
        path: the cassette's file, YAML.
        record: let the calls go to the API and write the cassette anew at the end.
        recorded_from: written into the cassette: where the recording is from.
        base_urls: addresses of the deployment; needed only where they have a path other than ``/v1``.
        secrets: what must never be written, besides the tokens of the calls themselves.
        headers: names of response and request headers to keep, besides content type and ``Retry-After``.
        allowed: regular expressions of words that look like a token but are not.
        max_kilobytes: largest cassette file that is written, in units of 1000 bytes.

    Raises:
        CassetteError: the cassette cannot be read, or must not be written.
        UnmatchedRequestError: a call that was not recorded.
        UnusedRecordingError: at the end, a recording that was not asked for.
            At an exception in the ``with`` block nothing is checked and nothing written.
    """
    base_urls, secrets = list(base_urls), list(secrets)
    recording = Recording(
        Path(fspath(path)),
        recording=record,
        recorded_from=recorded_from,
        scrubber=Scrubber(base_urls, headers),
        finder=Finder(secrets, allowed),
        max_kilobytes=max_kilobytes,
    )
    tape = _Tape.use(path=str(recording.path), recording=recording, skip_patchers=_NOT_PATCHED)
    # No tokenizers on disk: one that is there already would not be asked for.
    with mock.patch.dict(os.environ, AA_CACHE=""), tape:
        yield recording
    recording.finish()
