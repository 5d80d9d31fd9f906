"""Who is there and who writes: what `presence.py` counts and tells, and what processes tell each other."""
