"""What the forum means: pure rules and frozen values, no I/O."""
