"""What a task describes and a client sends."""
