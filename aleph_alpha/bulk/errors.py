"""What can go wrong with a job as a whole; rows that fail are data, in ``errors/``."""

from __future__ import annotations

__all__ = [
    "BulkError",
    "FolderBusyError",
    "JobStopped",
    "JobWriteError",
    "KeyColumnError",
    "OtherJobError",
    "ResultFormError",
    "SourceError",
]


class BulkError(Exception):
    """Base of what a job raises itself; nothing that was done is lost."""


class SourceError(BulkError, ValueError):
    """The input cannot be read, is empty, or lacks a column that the job needs. Nothing was sent or written, unless
    the input was changed while the job ran: what is done is kept."""


class KeyColumnError(SourceError):
    """Keys that are null or occur twice; the message names them. Nothing was sent or written."""


class OtherJobError(BulkError, ValueError):
    """The output folder is of a job whose results would be different; the message shows the difference."""


class FolderBusyError(BulkError, RuntimeError):
    """Another process is writing to the output folder."""


class JobWriteError(BulkError, OSError):
    """The output folder cannot be written to: the disk is full, or it is read-only. What is done is kept."""


class ResultFormError(BulkError):
    """A response has another form than those before, such as a longer vector: it is not of the same model."""


class JobStopped(BulkError):
    """A run of failures of one kind ended the job early. What is done is kept; the same call goes on there.

    Attributes:
        cause: the failure that every row met, an ``AlephAlphaError`` as a rule.
        rows: how many rows met it, one after the other.
    """

    def __init__(self, message: str, cause: BaseException | None = None, rows: int = 0) -> None:
        super().__init__(message)
        self.cause = cause
        self.rows = rows

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (str(self), self.cause, self.rows))
