"""The command line. One module a family of commands, each with ``add(commands)``; what they share is in ``common``."""
