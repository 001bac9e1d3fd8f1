"""Accounts as the API shows them."""

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from atelier.features.accounts.types import Scope
from atelier.kernel.actor import Role, Via


class MeRead(BaseModel):
    """Who you are, and by what you proved it."""

    id: UUID
    email: str | None
    name: str
    role: Role
    locale: str
    is_verified: bool = Field(description="Whether the address is confirmed.")
    via: Via
    scopes: list[str] | None = Field(description="What this API key may do; null in a session.")


class SessionRead(BaseModel):
    """Somewhere you are signed in."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ip: str | None
    user_agent: str | None


class SessionList(BaseModel):
    items: list[SessionRead]
    current_id: UUID = Field(description="The session of this request.")


class EndedRead(BaseModel):
    ended: int = Field(description="How many sessions were ended.")


class KeyCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=50, description="What it is for.")
    scopes: list[Scope] = Field(min_length=1, description="What it may do.")
    expires_at: AwareDatetime | None = Field(None, description="When it stops working; never, if left out.")
    budget: int | None = Field(None, ge=0, le=1_000_000_000, description="How many units it may spend in all.")


class KeyRead(BaseModel):
    """An API key without its secret."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    key_prefix: str = Field(description="How the key begins, to recognise it by.")
    scopes: list[str]
    budget: int | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="To five minutes.")


class KeyMade(KeyRead):
    """A new API key. `key` is shown here and never again."""

    key: str


class KeyList(BaseModel):
    items: list[KeyRead]
