"""The API in other people's frameworks: one module or package each, with the public client and that framework alone.

Each is an extra of its own: ``pip install 'aleph-alpha[langchain]'`` for ``aleph_alpha.integrations.langchain``.
None of them is imported by the rest of the package.
"""
