"""Calls as OpenTelemetry's spans, metrics and events, after its conventions for generative AI.

Nothing here is to be called: a client finds it by name, in a program that uses OpenTelemetry, and hands it
the events of its calls, as it does to `on_event`. docs/telemetry.md tells what is recorded, and how to turn
it off.
"""
