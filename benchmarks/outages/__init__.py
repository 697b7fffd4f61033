"""What outages and full servers do to the calls of this client, of the vendor's, and of plain HTTP libraries."""
