# Made from __init__.py by scripts/faces.py: change it there, then run `make fix`.
from .errors import (
    BulkError as BulkError,
    FolderBusyError as FolderBusyError,
    JobStopped as JobStopped,
    JobWriteError as JobWriteError,
    KeyColumnError as KeyColumnError,
    OtherJobError as OtherJobError,
    ResultFormError as ResultFormError,
    SourceError as SourceError,
)
from .estimate import Estimate as Estimate, dry_run as dry_run
from .job import run as run
from .ray_dataset import ray_dataset as ray_dataset
from .reading import read as read, read_errors as read_errors
from .report import Report as Report
from .task import VECTOR as VECTOR, Task as Task
from .tasks.embed import Embed as Embed, Embeddings as Embeddings
from .tasks.generate import Chat as Chat, Complete as Complete
from .tasks.judge import Evaluate as Evaluate, Explain as Explain, Rerank as Rerank, Translate as Translate

__all__ = [
    "VECTOR",
    "BulkError",
    "Chat",
    "Complete",
    "Embed",
    "Embeddings",
    "Estimate",
    "Evaluate",
    "Explain",
    "FolderBusyError",
    "JobStopped",
    "JobWriteError",
    "KeyColumnError",
    "OtherJobError",
    "Report",
    "Rerank",
    "ResultFormError",
    "SourceError",
    "Task",
    "Translate",
    "dry_run",
    "ray_dataset",
    "read",
    "read_errors",
    "run",
]
