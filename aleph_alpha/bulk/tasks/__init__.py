"""The tasks of the API, each for rows of a table."""
