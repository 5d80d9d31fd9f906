"""What happens by itself, later: forgetting what is over."""
