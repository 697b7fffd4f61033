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
# # A tour
#
# What this package is for, in ten minutes: each task once, with what comes back. The models of the reference server
# are toys whose words mean little. With `AA_TOKEN` and `AA_HOST` set, and the names of your models instead of
# `toy-...`, the same cells run against your deployment.

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
# ## What a deployment offers
# Models differ in what they can do. Ask before you choose.

# %%
for settings in client.model_settings():
    print(f"{settings.name:<24} chat: {settings.chat!s:<6} images: {settings.multimodal}")

# %% [markdown]
# ## Go on with a text
# A completion continues a prompt. With `log_probs` it also tells how sure the model was of each token: the paler a
# token is below, the more it was a guess.

# %% completion
from aleph_alpha import CompletionRequest, Prompt

request = CompletionRequest(Prompt.from_text("The sun is"), maximum_tokens=12, log_probs=2)
client.complete(request, model="toy-base")

# %% [markdown]
# ## Talk
# A chat is a list of messages. A stream gives the words out as they come.

# %%
from aleph_alpha import ChatRequest, Message

request = ChatRequest("toy-chat", [Message("user", "Tell me about apples.")], max_tokens=24)
with client.stream_chat(request) as stream:
    for piece in stream.text():
        print(piece, end="|")
    response = stream.final()
print()
print(response.finish_reason)

# %% [markdown]
# ## Let the model call a function
# A typed function is a tool. The model asks for a call, the client makes it and hands the result back.


# %%
def weather(city: str) -> str:
    """The weather of a city."""
    return f"rain in {city}"


question = ChatRequest("toy-chat", [Message("user", "What is the weather in Paris?")])
run = client.chat_with_tools(question, tools=[weather], max_rounds=3)
for message in run.messages:
    print(f"{message.role!s:<16}", message.content or [call.arguments for call in message.tool_calls])

# %% [markdown]
# ## Get an object, not a text
# A dataclass is a response format. The response has its shape, so that a program can go on with it.

# %%
from dataclasses import dataclass


@dataclass
class Fruit:
    name: str
    sweet: bool


request = ChatRequest("toy-chat", [Message("user", "Describe an apple.")], response_format=Fruit)
client.chat(request).parsed()

# %% [markdown]
# ## Compare meanings
# Embeddings turn texts into vectors. Texts that mean the same have a high cosine, whatever words they use.

# %% similarity
from aleph_alpha import BatchSemanticEmbeddingRequest, SemanticRepresentation

texts = [
    "The sun is shining on the harbour.",
    "Sunshine over the harbour.",
    "The invoice is due.",
    "Please pay the bill.",
]
batch = BatchSemanticEmbeddingRequest([Prompt.from_text(text) for text in texts], SemanticRepresentation.Symmetric)
client.batch_semantic_embed(batch, model="toy-base").view(texts)

# %% [markdown]
# ## Sort documents
# A reranker reads a question together with each document.

# %% ranking
from aleph_alpha import RerankRequest

client.rerank(RerankRequest("What shines on the harbour?", texts), model="toy-reranker").view(texts)

# %% [markdown]
# ## Ask why
# An explanation shows which parts of the prompt speak for a text and which against it.

# %% explanation
from aleph_alpha import ExplanationRequest, PromptGranularity

request = ExplanationRequest(
    Prompt.from_text("The sun is shining. The bill is due. Bright light comes from the"),
    target=" sun",
    prompt_granularity=PromptGranularity.Word,
)
client.explain(request, model="toy-base")

# %% [markdown]
# ## Several at once
# In asyncio the same methods are awaited. `complete_many` keeps a few requests under way, in both clients.

# %%
import asyncio

from aleph_alpha import AsyncClient

async with AsyncClient(client.token, client.host) as several:
    starts = ["The sun", "The bill", "The harbour"]
    requests = [CompletionRequest(Prompt.from_text(start), maximum_tokens=8) for start in starts]
    responses = await asyncio.gather(*(several.complete(request, model="toy-base") for request in requests))
for start, response in zip(starts, responses, strict=True):
    print(start + response.completions[0].completion)

# %%
client.close()
if server is not None:
    server.stop()
