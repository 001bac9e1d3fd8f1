"""Who is asking: the one value that authentication hands to every surface."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    USER = "user"
    ADMIN = "admin"
    SUPER_ADMIN = "super_admin"


class Via(StrEnum):
    """How the actor proved who they are."""

    SESSION = "session"
    API_KEY = "api_key"
    CLI = "cli"


@dataclass(frozen=True)
class Actor:
    """A signed-in person, by session or by API key."""

    user_id: UUID
    role: Role
    via: Via
    credential_id: UUID | None = None
    scopes: frozenset[str] = frozenset()
    name: str = ""
    email: str | None = None
    locale: str = "en"
    is_verified: bool = False

    @property
    def is_admin(self) -> bool:
        return self.role in {Role.ADMIN, Role.SUPER_ADMIN}

    def may(self, scope: str) -> bool:
        """Sessions may do all that their role may; an API key only what it was made for."""
        return self.via is not Via.API_KEY or scope in self.scopes
