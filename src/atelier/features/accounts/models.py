"""People, how they prove who they are, and where they are signed in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from atelier.features.accounts.types import AccountStatus, KeyMode, TokenPurpose
from atelier.kernel.actor import Role
from atelier.runtime.db import Base, Changing, Identified


class User(Changing, Base):
    """A person. Row security lets people see themselves only."""

    __tablename__ = "users"
    __table_args__ = (
        Index("uq_users_email", func.lower(text("email")), unique=True, postgresql_where=text("email IS NOT NULL")),
        CheckConstraint("char_length(name) <= 255", name="name_length"),
        CheckConstraint("char_length(email) <= 255", name="email_length"),
    )

    name: Mapped[str | None]
    email: Mapped[str | None]
    email_verified_at: Mapped[datetime | None]
    avatar_url: Mapped[str | None]
    avatar_file_id: Mapped[UUID | None]
    role: Mapped[Role] = mapped_column(server_default=Role.USER)
    status: Mapped[AccountStatus] = mapped_column(server_default=AccountStatus.ACTIVE)
    locale: Mapped[str] = mapped_column(server_default="en")
    last_login_at: Mapped[datetime | None]


class Identity(Changing, Base):
    """An account at a provider. Joining is by provider and subject, never by e-mail."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("provider", "subject"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    provider: Mapped[str]
    kind: Mapped[str]
    subject: Mapped[str]
    scopes: Mapped[str | None]
    access_token: Mapped[str | None]
    refresh_token: Mapped[str | None]
    id_token: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    token_type: Mapped[str | None]
    session_state: Mapped[str | None]


class Password(Changing, Base):
    __tablename__ = "passwords"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), unique=True)
    hash: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SignedIn(Identified, Base):
    """A session: an opaque random value that the browser holds and we know the hash of."""

    __tablename__ = "sessions"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    expires_at: Mapped[datetime]
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    stepped_up_at: Mapped[datetime | None]
    ip: Mapped[str | None]
    user_agent: Mapped[str | None]
    revoked_at: Mapped[datetime | None]


class OneTimeToken(Identified, Base):
    """A link in a mail: for one purpose, once, and not for long."""

    __tablename__ = "one_time_tokens"
    __table_args__ = (Index("ix_one_time_tokens_identifier_purpose", "identifier", "purpose"),)

    identifier: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    purpose: Mapped[TokenPurpose]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiKey(Changing, Base):
    """A key for programs: shown once, kept as a hash, recognised by its prefix."""

    __tablename__ = "api_keys"
    __table_args__ = (CheckConstraint("char_length(name) BETWEEN 1 AND 50", name="name_length"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str]
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    key_prefix: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    budget: Mapped[int | None]
    mode: Mapped[KeyMode] = mapped_column(server_default=KeyMode.LIVE)
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
