"""E-mail addresses: what we take for one, and the one spelling of each mailbox."""

import hashlib
import re

from atelier.features.accounts.errors import BadAddress

LONGEST = 254
LONGEST_LOCAL = 64
SHAPE = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
DOTLESS = frozenset({"gmail.com", "googlemail.com"})


def parse_address(text: str) -> str:
    """The address in lower case. Raises BadAddress; nothing that could start a header of its own passes."""
    address = text.strip().lower()
    local, _at, domain = address.partition("@")
    if len(address) > LONGEST or len(local) > LONGEST_LOCAL or not SHAPE.fullmatch(address) or ".." in domain:
        raise BadAddress(field="email")
    return address


def mailbox_of(address: str) -> str:
    """The mailbox behind an address: without a plus-tag, and without dots where they mean nothing."""
    local, _at, domain = address.strip().lower().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in DOTLESS:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def hash_address(address: str) -> str:
    return hashlib.sha256(mailbox_of(address).encode()).hexdigest()
