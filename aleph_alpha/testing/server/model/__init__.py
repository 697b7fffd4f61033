"""The toy model: tokenizer, language model, sampling, explanations, embeddings. Knows nothing of HTTP."""
