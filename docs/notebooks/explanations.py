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
# # Explanations, seen
#
# A model says something. Why? An explanation changes the prompt in many small ways and looks at how the probability of
# a text changes with it. What comes out is a score for each part of the prompt: above 0 it speaks for the text, below 0
# against it. This notebook shows what that is good for.

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
# ## A question that is answered from a text
# Does the model take the answer from the right sentence? Explain the answer, a sentence at a time.

# %% sentences
from aleph_alpha import ExplanationRequest, Prompt, PromptGranularity

facts = (
    "The harbour opens at six in the morning. An invoice is due within thirty days. "
    "Ships longer than eighty metres need a pilot. Question: When is an invoice due? Answer:"
)
request = ExplanationRequest(
    Prompt.from_text(facts), " within thirty days", prompt_granularity=PromptGranularity.Sentence
)
response = client.explain(request, model="toy-base")
response.view(top=2)

# %% [markdown]
# The strongest part should be the sentence that holds the answer. If it is not, the model guessed, or knew it from
# elsewhere.
#
# ## Closer: words
# The same question, word by word. Fine parts tell more and take longer: the server changes the prompt once for each.

# %% words
request = ExplanationRequest(Prompt.from_text(facts), " within thirty days", prompt_granularity=PromptGranularity.Word)
by_word = client.explain(request, model="toy-base")
by_word.view(top=5)

# %% [markdown]
# ## Each token of the answer for itself
# Different words of an answer may come from different places. With `TargetGranularity.Token` each token of the target
# has an explanation of its own, and the tokens before it count as well.

# %% tokens
from aleph_alpha import TargetGranularity

request = ExplanationRequest(
    Prompt.from_text("An apple a day keeps the doctor"),
    " away, says",
    prompt_granularity=PromptGranularity.Word,
    target_granularity=TargetGranularity.Token,
)
client.explain(request, model="toy-base").view(top=3)

# %% [markdown]
# ## Numbers for a program
# The same scores as rows. `top` sorts them; `to_pandas` makes a data frame of all.

# %%
explanation = by_word.with_text_from_prompt(ExplanationRequest(Prompt.from_text(facts), "")).explanations[0]
for row in explanation.top(3):
    print(f"{row['score']:+.2f}  {row['text']!r}")

# %% [markdown]
# ## In a report
# `save` writes a file by its ending: a page, a drawing, an image for slides, or plain text.

# %%
from pathlib import Path

for name in ("explanation.html", "explanation.svg", "explanation.png", "explanation.txt"):
    response.view().save(name)
    print(f"{name:<18}{Path(name).stat().st_size:>7} bytes")

# %%
client.close()
if server is not None:
    server.stop()
