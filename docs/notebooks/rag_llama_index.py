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
# # Answers from documents, with LlamaIndex
#
# `pip install 'aleph-alpha[llama-index]'`. Documents are indexed, those near a question are retrieved and sorted by
# a reranker, and the model answers from the best of them. The client takes `AA_TOKEN` and `AA_HOST` of the
# environment; put the names of your models in place of `toy-...`.

# %%
from llama_index.core import Document, VectorStoreIndex
from llama_index.core.response_synthesizers import ResponseMode

from aleph_alpha.integrations.llama_index import AlephAlpha, AlephAlphaEmbedding, AlephAlphaRerank

# %% [markdown]
# ## Index

# %%
documents = [
    Document(text="The harbour opens at six in the morning.", metadata={"source": "harbour"}),
    Document(text="The museum shows pictures of old ships.", metadata={"source": "museum"}),
    Document(text="Apples are sold on the market.", metadata={"source": "market"}),
    Document(text="Bread is baked before sunrise.", metadata={"source": "bakery"}),
]
embedding = AlephAlphaEmbedding(model="toy-base", kind="asymmetric", normalize=True)
index = VectorStoreIndex.from_documents(documents, embed_model=embedding)

# %% [markdown]
# ## Retrieve, rerank, answer

# %%
engine = index.as_query_engine(
    llm=AlephAlpha(model="toy-chat", max_tokens=32),
    similarity_top_k=3,
    node_postprocessors=[AlephAlphaRerank(model="toy-reranker", top_n=1)],
    response_mode=ResponseMode.COMPACT,
)
answer = engine.query("When does the harbour open?")
for node in answer.source_nodes:
    print(f"{node.score:.2f}  {node.get_content()}")
print(answer)
