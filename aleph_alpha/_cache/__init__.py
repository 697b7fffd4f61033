"""Responses kept for the next time that the same is asked."""
