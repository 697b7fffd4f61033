"""What cannot be turned from async into sync by deleting ``await``: two implementations, written by hand.

``aio`` serves ``_async``, ``threads`` serves ``_sync``. Both have the same names and arguments.
"""
