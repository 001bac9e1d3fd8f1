"""Wallets as the API shows them."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from atelier.features.credits.types import Balance, BucketKind, EntryLine, TransferKind


class BucketRead(BaseModel):
    """Part of a balance. Buckets are spent in the order in which they are listed."""

    id: UUID
    kind: BucketKind
    remaining: int
    held: int
    expires_at: datetime | None
    source: str | None


class BalanceRead(BaseModel):
    unit: str
    spendable: int = Field(description="What can be spent now.")
    held: int = Field(description="Set aside for work in progress.")
    next_refill_at: datetime | None
    buckets: list[BucketRead]

    @classmethod
    def of(cls, balance: Balance) -> Self:
        buckets = [
            BucketRead(
                id=line.id,
                kind=line.kind,
                remaining=line.remaining,
                held=line.held,
                expires_at=line.expires_at,
                source=line.source,
            )
            for line in balance.buckets
        ]
        return cls(
            unit=balance.unit,
            spendable=balance.spendable,
            held=balance.held,
            next_refill_at=balance.next_refill_at,
            buckets=buckets,
        )


class WalletRead(BaseModel):
    balances: list[BalanceRead]


class EntryRead(BaseModel):
    """One movement of your wallet, with the balance after it."""

    id: UUID
    created_at: datetime
    kind: TransferKind
    unit: str
    amount: int
    balance_after: int
    description: str | None
    product: str | None
    source: str | None
    source_id: UUID | None

    @classmethod
    def of(cls, line: EntryLine) -> Self:
        return cls.model_validate(line, from_attributes=True)


class EntryPage(BaseModel):
    items: list[EntryRead]
    next_cursor: str | None
