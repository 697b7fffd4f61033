"""What a client tells of its calls while they are under way: the events, and who is told.

Nothing here knows a task, a transport or OpenTelemetry.
"""
