"""The words of accounts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from atelier.kernel.actor import Role


class AccountStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ERASED = "erased"


class TokenPurpose(StrEnum):
    """What a one-time token may be used for; never for anything else."""

    VERIFY = "verify"
    ACTIVATE = "activate"
    MAGIC = "magic"
    RESET = "reset"
    CHANGE = "change"
    SETUP = "setup"


class KeyMode(StrEnum):
    LIVE = "live"
    TEST = "test"


class Scope(StrEnum):
    """What an API key can be made for."""

    IMAGES_READ = "images:read"
    IMAGES_WRITE = "images:write"
    JOBS_READ = "jobs:read"
    JOBS_WRITE = "jobs:write"
    WALLET_READ = "wallet:read"


@dataclass(frozen=True)
class NewUser:
    """A person about to be made."""

    email: str
    name: str | None = None
    password_hash: str | None = None
    role: Role = Role.USER
    locale: str = "en"
    is_verified: bool = False


@dataclass(frozen=True)
class NewKey:
    """What an API key is to be."""

    name: str
    scopes: frozenset[Scope]
    expires_at: datetime | None = None
    budget: int | None = None


@dataclass(frozen=True)
class Visitor:
    """Where somebody signs in from."""

    ip: str | None = None
    user_agent: str | None = None


@dataclass(frozen=True)
class Person:
    """Who proved who they are, and by which session or key."""

    user_id: UUID
    credential_id: UUID
    role: Role
    name: str
    email: str | None
    locale: str
    is_verified: bool
    scopes: frozenset[str] = frozenset()
