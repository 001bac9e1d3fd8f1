"""Keys, sealed values, tokens and password hashes."""

from atelier.runtime.crypto.keys import Keys, load_keys
from atelier.runtime.crypto.passwords import Passwords
from atelier.runtime.crypto.tokens import Token, hash_token, new_token

__all__ = ["Keys", "Passwords", "Token", "hash_token", "load_keys", "new_token"]
