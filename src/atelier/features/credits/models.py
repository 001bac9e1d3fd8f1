"""The ledger: accounts, transfers, entries; and the buckets and holds of wallets."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from atelier.features.credits.types import AccountKind, BucketKind, HoldState, TransferKind
from atelier.runtime.db import Base, Changing, Identified, Json


class Account(Changing, Base):
    """A wallet per person and unit; the house's accounts have no owner and no balance of their own."""

    __tablename__ = "ledger_accounts"
    __table_args__ = (
        UniqueConstraint("user_id", "kind", "unit", postgresql_nulls_not_distinct=True),
        CheckConstraint("held >= 0", name="held_not_negative"),
        CheckConstraint("floor IS NULL OR posted - held >= floor", name="never_overdrawn"),
    )

    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    kind: Mapped[AccountKind]
    unit: Mapped[str]
    posted: Mapped[int] = mapped_column(server_default=text("0"))
    held: Mapped[int] = mapped_column(server_default=text("0"))
    version: Mapped[int] = mapped_column(server_default=text("0"))
    floor: Mapped[int | None]
    last_entry_at: Mapped[datetime | None]


class Transfer(Identified, Base):
    """One movement, with its cause. (scope, key) makes it happen once. Never changed."""

    __tablename__ = "ledger_transfers"
    __table_args__ = (
        UniqueConstraint("scope", "key"),
        UniqueConstraint("hold_id"),
        Index("ix_ledger_transfers_source", "source", "source_id"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[TransferKind]
    unit: Mapped[str]
    scope: Mapped[str]
    key: Mapped[str]
    product: Mapped[str | None]
    source: Mapped[str | None]
    source_id: Mapped[UUID | None]
    external_order_id: Mapped[str | None]
    external_product_id: Mapped[str | None]
    description: Mapped[str | None]
    actor: Mapped[str | None]
    hold_id: Mapped[UUID | None] = mapped_column(ForeignKey("credit_holds.id", ondelete="RESTRICT"))
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_transfers.id", ondelete="RESTRICT"), index=True)
    details: Mapped[Json] = mapped_column("metadata", server_default=text("'{}'"))


class Entry(Identified, Base):
    """One side of a transfer. A wallet's carries the balance after it and the account's version. Never changed."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        UniqueConstraint("account_id", "version"),
        UniqueConstraint("transfer_id", "account_id"),
        Index("ix_ledger_entries_user_id_id", "user_id", "id"),
        CheckConstraint("amount <> 0", name="amount_not_zero"),
    )

    transfer_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_transfers.id", ondelete="RESTRICT"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_accounts.id", ondelete="RESTRICT"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    amount: Mapped[int]
    balance_after: Mapped[int | None]
    version: Mapped[int | None]


def _rank(context: DefaultExecutionContext) -> int:
    given: dict[str, object] = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return BucketKind(str(given["kind"])).rank


class Bucket(Changing, Base):
    """Units of one origin. What is held stays in its bucket until the hold ends."""

    __tablename__ = "credit_buckets"
    __table_args__ = (
        Index("uq_credit_buckets_well", "account_id", unique=True, postgresql_where=text("kind = 'regenerating'")),
        Index("ix_credit_buckets_account_id_expires_at", "account_id", "expires_at"),
        CheckConstraint("held >= 0 AND remaining >= held", name="held_fits"),
        CheckConstraint("cap IS NULL OR remaining <= cap", name="cap_holds"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_accounts.id", ondelete="RESTRICT"))
    kind: Mapped[BucketKind]
    rank: Mapped[int] = mapped_column(default=_rank)
    granted: Mapped[int]
    remaining: Mapped[int]
    held: Mapped[int] = mapped_column(server_default=text("0"))
    cap: Mapped[int | None]
    refilled_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    source: Mapped[str | None]
    price_paid_minor: Mapped[int | None]


class Hold(Changing, Base):
    """Units set aside for work in progress. It ends once: captured, released or expired."""

    __tablename__ = "credit_holds"
    __table_args__ = (
        UniqueConstraint("user_id", "reference"),
        Index("ix_credit_holds_expiring", "expires_at", postgresql_where=text("state = 'placed'")),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("captured BETWEEN 0 AND amount", name="captured_fits"),
        CheckConstraint("(state = 'placed') = (resolved_at IS NULL)", name="resolved_when_ended"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_accounts.id", ondelete="RESTRICT"), index=True)
    unit: Mapped[str]
    amount: Mapped[int]
    captured: Mapped[int] = mapped_column(server_default=text("0"))
    state: Mapped[HoldState] = mapped_column(server_default=HoldState.PLACED)
    reference: Mapped[str]
    expires_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]


class HoldPart(Base):
    """How much of a hold stands in which bucket, so that a release returns it there."""

    __tablename__ = "credit_hold_parts"

    hold_id: Mapped[UUID] = mapped_column(ForeignKey("credit_holds.id", ondelete="CASCADE"), primary_key=True)
    bucket_id: Mapped[UUID] = mapped_column(
        ForeignKey("credit_buckets.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    amount: Mapped[int]


class Fold(Changing, Base):
    """The sum of a house account up to an entry, made in the background; entries are never updated."""

    __tablename__ = "ledger_folds"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_accounts.id", ondelete="RESTRICT"), unique=True)
    up_to_entry: Mapped[UUID]
    balance: Mapped[int]
