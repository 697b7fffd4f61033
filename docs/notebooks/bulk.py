# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A bulk job
#
# A loop over a large data set loses everything when it dies in the fifth hour. A bulk job does not: results are on the
# disk as they come, and the same call goes on where it was. This notebook runs one, stops it on the way, lets the
# server fail, and shows that each row is there once. It needs `pip install 'aleph-alpha[bulk,testing]'`.

# %%
import os

from aleph_alpha import Client
from aleph_alpha.testing import LocalServer

server = None if "AA_HOST" in os.environ else LocalServer()
if server is None:
    client = Client.from_env()
else:
    server.start()
    client = Client("token", server.url)

# %% [markdown]
# ## The data
# A table with a key. The key says which row a result belongs to, so it must be unique.

# %%
import pyarrow as pa
from pyarrow import parquet

names = ["harbour", "invoice", "doctor", "pilot", "storm"]
table = pa.table({"id": range(500), "text": [f"Note {number} about the {names[number % 5]}" for number in range(500)]})
parquet.write_table(table, "notes.parquet")

# %% [markdown]
# ## How much will it be?
# A dry run counts rows, requests and tokens, and writes nothing.

# %%
from aleph_alpha import AsyncClient, bulk

task = bulk.Embed("toy-base", "text", fields={"compress_to_size": 128})


def job(**options):
    """The job, with a client of its own."""
    several = AsyncClient(client.token, client.host)
    return bulk.run(task, "notes.parquet", key="id", output="vectors", client=several, progress=False, **options)


estimate = bulk.dry_run(task, "notes.parquet", key="id", client=AsyncClient(client.token, client.host))
print(estimate.rows, "rows in", estimate.requests, "requests")

# %% [markdown]
# ## A part of it
# First a hundred rows, to see whether the result is what you want.

# %%
report = job(limit=100)
print(report.done, "done,", report.failed, "failed")

# %% [markdown]
# ## The rest, on a bad day
# The reference server refuses the first two requests for being full. The job waits, tries again, and goes on where it
# was: the hundred rows are not asked for again.

# %%
from aleph_alpha.testing.faults import Status

if server is not None:
    busy = Status(503, code="QUEUE_FULL", retry_after=0.05)
    server.faults.add(busy, path="/batch_semantic_embed", on=(1, 2))
report = job()
print(report.done, "done,", report.failed, "failed")

# %% [markdown]
# ## Each row once
# Parquet files, read by anything. Every key is there, and none twice.

# %%
result = bulk.read("vectors").to_table()
keys = result["id"].to_pylist()
print(sorted(keys) == list(range(500)), result.column_names)

# %% [markdown]
# The same call once more finds all rows done, and sends nothing.

# %%
report = job()
print(report.done, "done")

# %%
client.close()
if server is not None:
    server.stop()
