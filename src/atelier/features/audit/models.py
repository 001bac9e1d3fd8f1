"""The audit trail and the errors. Neither has a foreign key to people: both survive them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column

from atelier.features.audit.types import AuditAction, ErrorEnvironment, ErrorState
from atelier.runtime.db import Base, Changing, Identified, Json


class AuditEntry(Identified, Base):
    """One deed. Insert-only, and each entry carries the hash of the one before it."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_user_id_id", "user_id", "id"),
        Index("ix_audit_entries_target_id", "target_id"),
        Index("ix_audit_entries_action_created_at", "action", "created_at"),
    )

    number: Mapped[int] = mapped_column(unique=True)
    user_id: Mapped[UUID | None]
    actor: Mapped[str]
    action: Mapped[AuditAction]
    target_type: Mapped[str | None]
    target_id: Mapped[str | None]
    details: Mapped[Json] = mapped_column("metadata", server_default=text("'{}'"))
    ip_address: Mapped[str | None]
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditHead(Base):
    """Where the chain ends, so that cutting off its newest entries shows."""

    __tablename__ = "audit_heads"

    place: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class ErrorGroup(Changing, Base):
    """Errors of one kind at one place."""

    __tablename__ = "error_groups"

    fingerprint: Mapped[str] = mapped_column(unique=True)
    error_type: Mapped[str]
    message: Mapped[str]
    first_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_at: Mapped[datetime] = mapped_column(server_default=func.now())
    count: Mapped[int] = mapped_column(server_default=text("0"))
    state: Mapped[ErrorState] = mapped_column(server_default=ErrorState.OPEN)


class ErrorEvent(Identified, Base):
    """One error as it happened."""

    __tablename__ = "error_events"
    __table_args__ = (Index("ix_error_events_timestamp", "timestamp"),)

    group_id: Mapped[UUID] = mapped_column(ForeignKey("error_groups.id", ondelete="CASCADE"), index=True)
    timestamp: Mapped[datetime] = mapped_column(server_default=func.now())
    message: Mapped[str]
    stack: Mapped[str | None]
    source_file: Mapped[str | None]
    source_line: Mapped[int | None]
    source_column: Mapped[int | None]
    caller_name: Mapped[str | None]
    user_id: Mapped[UUID | None]
    route: Mapped[str | None]
    environment: Mapped[ErrorEnvironment]
    error_type: Mapped[str | None]
    error_code: Mapped[str | None]
    details: Mapped[Json] = mapped_column("metadata", server_default=text("'{}'"))
    release: Mapped[str | None]
