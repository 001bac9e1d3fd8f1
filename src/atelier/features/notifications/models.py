"""Mails: what was sent to whom, and what became of it. People are known by id only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from atelier.features.notifications.types import MailStatus
from atelier.runtime.db import Base, Changing, Identified, Json


class Mail(Changing, Base):
    """One mail to one address. Its words are made when it is sent; a link's token is never stored."""

    __tablename__ = "mails"
    __table_args__ = (
        Index("ix_mails_user_id_id", "user_id", "id"),
        Index("ix_mails_status_created_at", "status", "created_at"),
    )

    user_id: Mapped[UUID | None]
    to: Mapped[str]
    subject: Mapped[str]
    template: Mapped[str]
    status: Mapped[MailStatus] = mapped_column(server_default=MailStatus.PENDING)
    provider: Mapped[str | None]
    provider_id: Mapped[str | None] = mapped_column(unique=True)
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    clicked_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    details: Mapped[Json] = mapped_column("metadata", server_default=text("'{}'"))


class MailSuppression(Identified, Base):
    """An address that gets no more mail."""

    __tablename__ = "mail_suppressions"

    address_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    reason: Mapped[str]
