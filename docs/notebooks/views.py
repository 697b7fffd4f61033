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
# # Views, one of each
#
# Explanations, probabilities, prompts, similarities and rankings show themselves at the end of a cell. This notebook
# runs against the reference server of `aleph_alpha.testing`, whose model has read a few pages and is not a real one;
# with `AA_TOKEN` and `AA_HOST` set, and the names of your models instead of `toy-...`, it runs against your deployment.

# %%
import io
import os

import PIL.Image
import PIL.ImageDraw

from aleph_alpha import (
    BatchSemanticEmbeddingRequest,
    ChatRequest,
    Client,
    CompletionRequest,
    ExplanationRequest,
    Image,
    ImageControl,
    Message,
    Prompt,
    PromptGranularity,
    RerankRequest,
    Role,
    SemanticRepresentation,
    TargetGranularity,
    Text,
)
from aleph_alpha.testing import LocalServer

server = None if "AA_HOST" in os.environ else LocalServer()
if server is None:
    client = Client(os.environ["AA_TOKEN"], os.environ["AA_HOST"])
else:
    server.start()
    client = Client("token", server.url)

# %% [markdown]
# ## Explanations
# Which sentence of the prompt speaks for the answer?

# %% explanation
facts = (
    "The harbour opens at six in the morning. An invoice is due within thirty days. "
    "Ships longer than eighty metres need a pilot. Question: When is an invoice due? Answer:"
)
request = ExplanationRequest(Prompt(facts), " within thirty days", prompt_granularity=PromptGranularity.Sentence)
client.explain(request, "toy-base").view(top=2)

# %% [markdown]
# Blue parts speak for the target and orange, underlined ones against it. There is one panel for each token of the
# target, all on one scale, and the switch needs no JavaScript.

# %% targets
request = ExplanationRequest(
    Prompt("An apple a day keeps the doctor"),
    " away, says",
    prompt_granularity=PromptGranularity.Word,
    target_granularity=TargetGranularity.Token,
)
response = client.explain(request, "toy-base")
response.view(top=3)

# %% [markdown]
# Text and image are in one picture, on one scale. The dashed square is what the model sees of the image.

# %% image
canvas = PIL.Image.new("RGB", (160, 120), "#8ec9e8")
painter = PIL.ImageDraw.Draw(canvas)
painter.rectangle((0, 70, 160, 120), "#2a6f97")
painter.ellipse((105, 12, 140, 47), "#f2b632")
painter.polygon(((30, 80), (90, 80), (80, 98), (40, 98)), "#7a3b1d")
painter.polygon(((58, 25), (58, 76), (88, 76)), "#f4f1ea")
content = io.BytesIO()
canvas.save(content, "GIF")
boat = Image.from_bytes(content.getvalue())

request = ExplanationRequest(
    Prompt([boat, "The sun is shining on the"]), " harbour", prompt_granularity=PromptGranularity.Sentence
)
client.explain(request, "toy-multimodal")

# %% [markdown]
# ## Probabilities
# Tokens of a completion by their probability. Point at one to see what else could have stood there.

# %% completion
completion = CompletionRequest(Prompt("An apple a day"), maximum_tokens=16, log_probs=3)
client.complete(completion, "toy-base")

# %% chat
chat = ChatRequest("toy-chat", [Message(Role.User, "What keeps the doctor away?")], logprobs=True, top_logprobs=2)
client.chat(chat, "toy-chat")

# %% [markdown]
# ## Prompts
# Attention controls show where they act: blue is strengthened, orange weakened.

# %% prompt
controlled = Image(boat.base_64, controls=[ImageControl(0.6, 0.05, 0.3, 0.4, factor=0.2)])
text = Text("An apple a day keeps the doctor away.").with_control("apple", 3.0).with_control("doctor", 0.25)
prompt = Prompt([text, controlled])
prompt.view(tokenizer=client.tokenizer("toy-base"))

# %% [markdown]
# ## Similarity and ranking

# %% similarity
texts = [
    "The sun is shining on the harbour.",
    "Sunshine over the harbour.",
    "The invoice is due.",
    "Please pay the bill.",
]
embeddings = client.batch_semantic_embed(
    BatchSemanticEmbeddingRequest([Prompt(one) for one in texts], SemanticRepresentation.Symmetric), "toy-base"
)
embeddings.view(texts)

# %% ranking
question = RerankRequest("What shines on the harbour?", texts)
client.rerank(question, "toy-reranker").view(texts)

# %% [markdown]
# ## In a terminal, and in a file

# %%
print(response.explanations[-1].view(top=3))

# %% [markdown]
# `view.save("explanation.html")` writes a page that stands alone; `.svg`, `.png` and `.txt` are the other endings.

# %%
page = response.view().html()
drawing = response.view().svg()
pixels = response.view().png()

# %%
client.close()
if server is not None:
    server.stop()
