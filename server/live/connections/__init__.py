"""What carries a session's messages, and what becomes of slow and silent ones."""
