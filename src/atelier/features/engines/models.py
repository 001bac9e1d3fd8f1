"""The engines of this installation, and each call of one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from atelier.features.engines.types import CallOutcome
from atelier.runtime.db import Base, Changing, Identified, Json


class EngineRow(Changing, Base):
    """An engine: what it may be used for, how much at once, and whether it is on."""

    __tablename__ = "engines"
    __table_args__ = (CheckConstraint("concurrency > 0", name="concurrency_positive"),)

    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    settings: Mapped[str | None]
    concurrency: Mapped[int] = mapped_column(server_default=text("4"))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))


class EngineCall(Identified, Base):
    """One call: for which stage of which job, what it answered, what it cost."""

    __tablename__ = "engine_calls"
    __table_args__ = (UniqueConstraint("reference", "attempt"), CheckConstraint("cost_micro >= 0", name="cost"))

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    engine: Mapped[str]
    reference: Mapped[str]
    attempt: Mapped[int]
    model: Mapped[str | None]
    request_id: Mapped[str | None]
    response: Mapped[Json | None]
    cost_micro: Mapped[int] = mapped_column(server_default=text("0"))
    outcome: Mapped[CallOutcome]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
