"""Tools of the project. Each `scripts/<name>.py` without an underscore is a command; what it needs stands beside it."""
