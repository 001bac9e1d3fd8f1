"""Stored files: images, their facts, and the gate that untrusted ones pass."""
