"""Atelier: an AI image business in a box."""
