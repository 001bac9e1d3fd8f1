"""Composition: which features there are, how ports are wired, and the programs that run them."""
