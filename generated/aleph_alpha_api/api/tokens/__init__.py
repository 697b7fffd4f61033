# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
"""Contains endpoint functions for accessing the API"""
