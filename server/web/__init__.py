"""HTTP only: parse, call one action or one view, answer."""
