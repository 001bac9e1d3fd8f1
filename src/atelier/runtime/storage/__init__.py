"""Stored bytes by key, over obstore, and links to them that are signed and short-lived."""

from atelier.runtime.storage.blobs import BlobMissing, Blobs
from atelier.runtime.storage.links import BadLink, LinkSigner

__all__ = ["BadLink", "BlobMissing", "Blobs", "LinkSigner"]
