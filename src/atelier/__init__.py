"""Atelier: an AI image business in a box."""

__version__ = "0.1.0"
