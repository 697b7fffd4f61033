# Made from __init__.py by scripts/faces.py: change it there, then run `make fix`.
from .file import CassetteError as CassetteError
from .recorder import (
    Recording as Recording,
    UnmatchedRequestError as UnmatchedRequestError,
    UnusedRecordingError as UnusedRecordingError,
    use_cassette as use_cassette,
)
from .scrub import REPLAY_HOST as REPLAY_HOST

__all__ = ["REPLAY_HOST", "CassetteError", "Recording", "UnmatchedRequestError", "UnusedRecordingError", "use_cassette"]
