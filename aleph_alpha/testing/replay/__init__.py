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

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "file": ["CassetteError"],
        "recorder": ["Recording", "UnmatchedRequestError", "UnusedRecordingError", "use_cassette"],
        "scrub": ["REPLAY_HOST"],
    },
)
