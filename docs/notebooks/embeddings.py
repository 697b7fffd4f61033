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
# # Two thousand texts, by meaning
#
# Embeddings turn texts into vectors, and vectors can be compared by the thousand in a moment. That is how one finds
# texts on the same matter, doubles, and groups, without reading them. This notebook embeds two thousand texts, searches
# them, and shows how alike their topics are.

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
# ## The texts
# Two thousand short notes on four topics, made from parts, so that we know which belong together.

# %%
import random

topics = {
    "weather": ["The sun is shining", "It rains", "A storm is coming", "Fog lies", "Snow is falling"],
    "money": ["The invoice is due", "Please pay the bill", "The price went up", "A refund was sent", "Taxes are paid"],
    "ships": ["The ship enters", "A pilot is needed", "The crew is resting", "Cargo is unloaded", "The anchor is down"],
    "health": ["The doctor is in", "A cold goes around", "Apples are healthy", "The patient sleeps", "Rest helps"],
}
places = ["over the harbour", "in the old town", "near the station", "by the river", "at the office"]
times = ["today", "this morning", "since Monday", "until evening", "as always"]
chosen = random.Random(21)
labels = [chosen.choice(list(topics)) for _ in range(2000)]
texts = [f"{chosen.choice(topics[label])} {chosen.choice(places)} {chosen.choice(times)}." for label in labels]
print(texts[:3])

# %% [markdown]
# ## Two thousand vectors
# One call. The client cuts the texts into batches of 100 and keeps four of them under way. `as_array=True` reads the
# numbers straight into one array of float32. Short vectors (`compress_to_size=128`) take a fortieth of the room and are
# nearly as good.

# %%
from aleph_alpha import BatchSemanticEmbeddingRequest, Prompt, SemanticRepresentation

batch = BatchSemanticEmbeddingRequest(
    [Prompt.from_text(text) for text in texts], SemanticRepresentation.Symmetric, compress_to_size=128
)
response = client.batch_semantic_embed(batch, model="toy-base", num_concurrent_requests=4, as_array=True)
print(response.embeddings.shape)

# %% [markdown]
# ## The most alike
# With vectors of length 1, all cosines are one product of matrices: four million comparisons. Which texts are nearest
# to the first one?

# %%
import numpy as np

vectors = response.embeddings / np.linalg.norm(response.embeddings, axis=1, keepdims=True)
cosines = vectors @ vectors.T
print("to:", texts[0])
found = []
for number in np.argsort(-cosines[0]):
    if texts[number] not in found:
        found.append(texts[number])
        print(f"  {cosines[0, number]:.2f}  {texts[number]}")
    if len(found) == 6:
        break

# %% [markdown]
# ## Search
# A question is embedded the same way and compared with all texts.

# %%
from aleph_alpha import SemanticEmbeddingRequest

question = SemanticEmbeddingRequest(
    Prompt.from_text("Who pays the bill?"), SemanticRepresentation.Symmetric, compress_to_size=128
)
vector = np.array(client.semantic_embed(question, model="toy-base").embedding)
for number in np.argsort(-(vectors @ vector / np.linalg.norm(vector)))[:3]:
    print(texts[number])

# %% [markdown]
# ## Do the topics come out?
# The mean vector of each topic, and how alike these are. A topic should be most like itself; the others stay apart as
# far as the model tells them apart.

# %% topics
from aleph_alpha.views import similarity

names = list(topics)
means = np.array([vectors[[label == name for label in labels]].mean(axis=0) for name in names])
similarity(means, names)

# %% [markdown]
# A measure for it: how often is the nearest other text (with other words) of the same topic?

# %%
right = 0
for number in range(200):
    others = [other for other in np.argsort(-cosines[number])[:200] if texts[other] != texts[number]]
    right += labels[others[0]] == labels[number]
print(f"{right / 200:.0%} of the nearest texts are on the same topic")

# %%
client.close()
if server is not None:
    server.stop()
