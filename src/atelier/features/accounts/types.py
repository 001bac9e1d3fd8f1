"""The words of accounts."""

from enum import StrEnum


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
