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
# # Answers from documents, with LangChain
#
# `pip install 'aleph-alpha[langchain]' numpy`. Documents are indexed, those near a question are retrieved and
# sorted by a reranker, and the chat model answers from the best of them. The client takes `AA_TOKEN` and `AA_HOST`
# of the environment; put the names of your models in place of `toy-...`.

# %%
from langchain_core.documents import Document
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.vectorstores import InMemoryVectorStore

from aleph_alpha.integrations.langchain import AlephAlphaEmbeddings, AlephAlphaRerank, ChatAlephAlpha

# %% [markdown]
# ## Index
#
# Documents and questions are represented each in its way (`kind="asymmetric"`).

# %%
documents = [
    Document("The harbour opens at six in the morning.", metadata={"source": "harbour"}),
    Document("The museum shows pictures of old ships.", metadata={"source": "museum"}),
    Document("Apples are sold on the market.", metadata={"source": "market"}),
    Document("Bread is baked before sunrise.", metadata={"source": "bakery"}),
]
embeddings = AlephAlphaEmbeddings(model="toy-base", kind="asymmetric", normalize=True)
store = InMemoryVectorStore.from_documents(documents, embeddings)

# %% [markdown]
# ## Retrieve, then rerank

# %%
question = "When does the harbour open?"
found = store.as_retriever(search_kwargs={"k": 3}).invoke(question)
kept = AlephAlphaRerank(model="toy-reranker", top_n=1).compress_documents(found, question)
for document in kept:
    print(f"{document.metadata['relevance_score']:.2f}  {document.page_content}")

# %% [markdown]
# ## Answer

# %%
prompt = ChatPromptTemplate.from_messages(
    [("system", "Answer from this text: {text}"), ("user", "{question}")],
)
chain = prompt | ChatAlephAlpha(model="toy-chat", max_tokens=32) | StrOutputParser()
answer = chain.invoke({"text": "\n".join(document.page_content for document in kept), "question": question})
print(answer)
