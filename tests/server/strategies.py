"""Texts for property tests: words the model knows, and anything at all."""

from __future__ import annotations

from hypothesis import settings, strategies as st

from aleph_alpha.testing.server.model import corpus
from aleph_alpha.testing.server.model.corpus import END_OF_TEXT

QUICK = settings(max_examples=30, deadline=None, derandomize=True)
MANY = settings(max_examples=200, deadline=None, derandomize=True)

_WORDS = sorted({word for document in corpus.documents() for word in document.split()})
known_words = st.sampled_from(_WORDS)
known_texts = st.lists(known_words, min_size=1, max_size=12).map(" ".join)
"""Texts of words from the corpus, without white space at either end."""
any_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40).filter(lambda text: END_OF_TEXT not in text)
"""Any text without lone surrogates, which JSON in UTF-8 cannot carry."""
