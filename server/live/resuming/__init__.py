"""Coming back: what was missed, from memory where it reaches and else from the database."""
