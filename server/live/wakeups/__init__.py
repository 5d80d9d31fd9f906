"""What wakes the relay besides this process's own commits."""
