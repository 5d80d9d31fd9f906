"""A believable board for trying Fireside out, and members who keep it lively."""
