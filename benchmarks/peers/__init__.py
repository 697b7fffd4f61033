"""One module for each client that is measured, with one function for each work it can do.

A function takes a :class:`benchmarks.meter.Setup`, prepares, and measures the rest inside
``with setup.measure(count)``. The modules import nothing but the standard library before a
function runs, so that start-up can be measured, too.
"""
