"""What cannot be turned from async into sync by deleting ``await``: two implementations, written by hand.

``aio`` serves ``_async``, ``threads`` serves ``_sync``. Both have the same names and arguments. Beside them is what
several packages need of the process and its surroundings: terminals and the characters on them, files, forks.
"""
