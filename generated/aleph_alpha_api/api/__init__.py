# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
"""Contains methods for accessing the API"""
