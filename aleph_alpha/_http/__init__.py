"""Everything that knows HTTP: connections, exchanges, event streams, downloads."""
