"""What the product does: one folder each. Dependencies point down the tiers of `pyproject.toml` only."""
