"""Who did what, and what went wrong."""
