"""Bulk jobs: a data set in, Parquet files out, exactly one row a key (extra ``bulk``)."""

import lazy_loader

try:
    import pyarrow as _  # noqa: F401
except ModuleNotFoundError as error:
    raise ImportError("bulk jobs need pyarrow, which is not installed: pip install 'aleph-alpha[bulk]'") from error

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "errors": [
            "BulkError",
            "FolderBusyError",
            "JobStopped",
            "JobWriteError",
            "KeyColumnError",
            "OtherJobError",
            "ResultFormError",
            "SourceError",
        ],
        "estimate": ["Estimate", "dry_run"],
        "job": ["run"],
        "ray_dataset": ["ray_dataset"],
        "reading": ["read", "read_errors"],
        "report": ["Report"],
        "task": ["VECTOR", "Task"],
        "tasks.embed": ["Embed", "Embeddings"],
        "tasks.generate": ["Chat", "Complete"],
        "tasks.judge": ["Evaluate", "Explain", "Rerank", "Translate"],
    },
)
