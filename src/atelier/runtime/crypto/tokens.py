"""Random tokens that are shown once and kept as hashes."""

import hashlib
import secrets
from dataclasses import dataclass

TOKEN_BYTES = 32


@dataclass(frozen=True)
class Token:
    """The text goes to its holder, the hash into the database."""

    text: str
    hash: bytes


def new_token() -> Token:
    text = secrets.token_urlsafe(TOKEN_BYTES)
    return Token(text, hash_token(text))


def hash_token(text: str) -> bytes:
    """SHA-256 is enough: the token has 256 bits of entropy."""
    return hashlib.sha256(text.encode()).digest()
