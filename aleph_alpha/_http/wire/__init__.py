"""Our own HTTP/1.1 connections, parsed by httptools: blocking sockets and an asyncio protocol."""
