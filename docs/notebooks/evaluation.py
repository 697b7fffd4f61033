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
# # Is it any good? Evaluating a model
#
# Before a model answers customers you want a number that says how good it is, and whether a change made it better. An
# evaluation gives such a number without anybody reading answers: it asks the model how likely it finds the right one.

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
# ## One answer
# The logarithm of a probability: 0 is certain, and the lower it is the less likely the model finds the text.

# %%
from aleph_alpha import EvaluationRequest, Prompt

request = EvaluationRequest(Prompt.from_text("An apple a day keeps the doctor"), completion_expected=" away")
result = client.evaluate(request, model="toy-base").result
print(f"log probability {result['log_probability']:.2f}, the model's own choice: {result['correct_greedy']}")

# %% [markdown]
# ## A multiple choice
# The model picks the answer that it finds likeliest. Long answers are less likely just for being long, so compare the
# mean of each character, not the sum.

# %%
questions = [
    ("An apple a day keeps the", [" doctor", " invoice", " harbour"], 0),
    ("Ships are lying in the", [" doctor", " harbour", " invoice"], 1),
    ("At the end of the month you have to pay the", [" harbour", " doctor", " invoice"], 2),
    ("When it is bright and warm outside, it is shining: the", [" sun", " bill", " pilot"], 0),
]


def scores(prompt, answers):
    """The mean log probability of a character of each answer."""
    requests = [EvaluationRequest(Prompt.from_text(prompt), answer) for answer in answers]
    responses = client.evaluate_many(requests, model="toy-base")
    return [-response.result["log_perplexity_per_character"] for response in responses]


right = 0
for prompt, answers, correct in questions:
    found = scores(prompt, answers)
    choice = found.index(max(found))
    right += choice == correct
    print(f"{'right' if choice == correct else 'wrong':<6} {prompt}{answers[choice]}")
print(f"accuracy {right / len(questions):.0%}")

# %% [markdown]
# ## Does a better prompt help?
# Evaluate the same answers with and without facts in the prompt. The difference is what the facts are worth.

# %%
facts = "An invoice is due within thirty days. The harbour opens at six in the morning.\n"
pairs = [
    ("When is an invoice due? An invoice is due", " within thirty days"),
    ("When does the harbour open? The harbour opens", " at six in the morning"),
]
for prompt, expected in pairs:
    requests = [EvaluationRequest(Prompt.from_text(text), expected) for text in (prompt, facts + prompt)]
    without, given = (one.result["log_probability"] for one in client.evaluate_many(requests, model="toy-base"))
    print(f"{without:7.2f} -> {given:7.2f}  {prompt}{expected}")

# %% [markdown]
# ## Where did it look?
# A number says how good; an explanation says why. Here for the first pair, with its facts.

# %% explanation
from aleph_alpha import ExplanationRequest, PromptGranularity

prompt, expected = pairs[0]
request = ExplanationRequest(Prompt.from_text(facts + prompt), expected, prompt_granularity=PromptGranularity.Sentence)
client.explain(request, model="toy-base").view(top=2)

# %% [markdown]
# For a benchmark of thousands of rows use `aleph_alpha.bulk.Evaluate`: it writes each score to the disk at once and
# goes on after a crash.

# %%
client.close()
if server is not None:
    server.stop()
