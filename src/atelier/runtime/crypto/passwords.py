"""Password hashes: argon2id, at most two at once; hashes from bcrypt are verified and then replaced."""

import asyncio

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from atelier.runtime.settings import Security

AT_ONCE = 2


class Passwords:
    """Hashing is our cheapest denial of service, so it runs in threads and waits its turn."""

    def __init__(self, settings: Security) -> None:
        self._hasher = PasswordHasher(
            time_cost=settings.argon2_passes, memory_cost=settings.argon2_memory_kib, parallelism=1
        )
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._dummy = self._hasher.hash("no such account")

    async def hash(self, password: str) -> str:
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, known: str | None, password: str) -> bool:
        """Takes equally long whether or not there is a hash to compare with."""
        async with self._turn:
            matches = await asyncio.to_thread(self._matches, known or self._dummy, password)
        return matches and known is not None

    def is_outdated(self, known: str) -> bool:
        """Whether to replace the hash at this sign-in: bcrypt, or other parameters."""
        return known.startswith("$2") or self._hasher.check_needs_rehash(known)

    def _matches(self, known: str, password: str) -> bool:
        try:
            if known.startswith("$2"):
                return bcrypt.checkpw(password.encode()[:72], known.encode())
            return self._hasher.verify(known, password)
        except (VerificationError, InvalidHashError, ValueError):
            return False
