"""The parts of `scripts/docs_site.py`: what the pages of the documentation are made of."""
