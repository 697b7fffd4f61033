"""What a user must be able to rely on when networks, servers and inputs go wrong."""
