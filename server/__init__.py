"""Fireside, a forum that is alive: the server."""
