"""How fast this machine serves a board: what `fireside bench` does, and the load of longer measurements."""
