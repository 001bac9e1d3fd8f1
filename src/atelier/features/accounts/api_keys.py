"""The form of an API key: `atl_live_`, 30 random letters and digits, and a checksum that spares the database typos."""

import re
import secrets
import string
import zlib
from dataclasses import dataclass

from atelier.runtime.crypto import hash_token

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
BRAND = "atl_live_"
RANDOM = 30
CHECKSUM = 6
SHOWN = len(BRAND) + 6
SHAPE = re.compile(r"atl_live_[0-9A-Za-z]{36}")
"""Also what secret scanners may look for."""


@dataclass(frozen=True)
class MadeKey:
    """The text is shown once; the hash and the prefix are kept."""

    text: str
    hash: bytes
    prefix: str


def make_key() -> MadeKey:
    body = BRAND + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    text = body + _checksum(body)
    return MadeKey(text, hash_token(text), text[:SHOWN])


def is_well_formed(text: str) -> bool:
    return SHAPE.fullmatch(text) is not None and _checksum(text[:-CHECKSUM]) == text[-CHECKSUM:]


def _checksum(body: str) -> str:
    number = zlib.crc32(body.encode())
    letters = ""
    for _ in range(CHECKSUM):
        number, digit = divmod(number, len(ALPHABET))
        letters = ALPHABET[digit] + letters
    return letters
