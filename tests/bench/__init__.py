"""Benchmarks: each module is one command, compares two things in one run, and asserts nothing about time."""
