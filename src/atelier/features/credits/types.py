"""The words of the ledger, and the values that its functions take and give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from atelier.kernel.text import _


class AccountKind(StrEnum):
    """A wallet is a customer's. Owed is what a customer has yet to give back. The rest are the house's."""

    WALLET = "wallet"
    OWED = "owed"
    HOUSE_ISSUED = "house_issued"
    HOUSE_REVENUE = "house_revenue"
    HOUSE_EXPIRED = "house_expired"
    HOUSE_ADJUSTED = "house_adjusted"


class TransferKind(StrEnum):
    """Why units moved; the types of the seeds, and what they lacked."""

    SIGNUP_BONUS = "signup_bonus"
    PURCHASE = "purchase"
    USAGE = "usage"
    REFUND = "refund"
    REGENERATION = "regeneration"
    BONUS = "bonus"
    VOUCHER = "voucher"
    REFERRAL = "referral"
    ROLLOVER = "rollover"
    EXPIRY = "expiry"
    ADJUSTMENT_ADD = "adjustment_add"
    ADJUSTMENT_REMOVE = "adjustment_remove"
    TRIAL = "trial"
    OVERAGE = "overage"
    AUTHOR_SHARE = "author_share"
    REVOCATION = "revocation"
    OWED = "owed"

    @property
    def label(self) -> str:
        return TRANSFER_LABELS[self]


TRANSFER_LABELS: Mapping[TransferKind, str] = {
    TransferKind.SIGNUP_BONUS: _("Welcome gift"),
    TransferKind.PURCHASE: _("Purchase"),
    TransferKind.USAGE: _("Used"),
    TransferKind.REFUND: _("Refund"),
    TransferKind.REGENERATION: _("Refilled"),
    TransferKind.BONUS: _("Bonus"),
    TransferKind.VOUCHER: _("Voucher"),
    TransferKind.REFERRAL: _("Referral"),
    TransferKind.ROLLOVER: _("Carried over"),
    TransferKind.EXPIRY: _("Expired"),
    TransferKind.ADJUSTMENT_ADD: _("Added by us"),
    TransferKind.ADJUSTMENT_REMOVE: _("Taken back by us"),
    TransferKind.TRIAL: _("Trial"),
    TransferKind.OVERAGE: _("Overage"),
    TransferKind.AUTHOR_SHARE: _("Your share as author"),
    TransferKind.REVOCATION: _("Revoked"),
    TransferKind.OWED: _("Owed"),
}


class BucketKind(StrEnum):
    """Where units came from, which decides when they go."""

    TRIAL = "trial"
    ALLOWANCE = "allowance"
    REGENERATING = "regenerating"
    PLAN = "plan"
    BONUS = "bonus"
    PURCHASED = "purchased"
    OVERAGE = "overage"
    GRACE = "grace"

    @property
    def label(self) -> str:
        return BUCKET_LABELS[self]

    @property
    def rank(self) -> int:
        """Of what never expires, that which refills by itself is spent first, and what was paid for last."""
        return RANKS.index(self)


RANKS = (
    BucketKind.REGENERATING,
    BucketKind.TRIAL,
    BucketKind.ALLOWANCE,
    BucketKind.GRACE,
    BucketKind.PLAN,
    BucketKind.BONUS,
    BucketKind.OVERAGE,
    BucketKind.PURCHASED,
)
BUCKET_LABELS: Mapping[BucketKind, str] = {
    BucketKind.TRIAL: _("Trial"),
    BucketKind.ALLOWANCE: _("Allowance of the period"),
    BucketKind.REGENERATING: _("Refills by itself"),
    BucketKind.PLAN: _("Plan"),
    BucketKind.BONUS: _("Bonus"),
    BucketKind.PURCHASED: _("Purchased"),
    BucketKind.OVERAGE: _("Overage"),
    BucketKind.GRACE: _("Given back after expiry"),
}


class HoldState(StrEnum):
    PLACED = "placed"
    CAPTURED = "captured"
    RELEASED = "released"
    EXPIRED = "expired"


@dataclass(frozen=True)
class NewHold:
    """Units to set aside. `reference` names the work, and is used once."""

    unit: str
    amount: int
    reference: str
    lives_until: datetime


@dataclass(frozen=True)
class Grant:
    """Units to give. (scope, key) makes it happen once whatever is repeated."""

    unit: str
    units: int
    kind: TransferKind
    bucket: BucketKind
    scope: str
    key: str
    expires_at: datetime | None = None
    price_paid_minor: int | None = None
    description: str | None = None
    actor: str | None = None
    source: str | None = None
    source_id: UUID | None = None
    metadata: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class BucketLine:
    """Part of a balance: where it came from and when it goes."""

    id: UUID
    kind: BucketKind
    granted: int
    remaining: int
    held: int
    expires_at: datetime | None
    source: str | None

    @property
    def spendable(self) -> int:
        return self.remaining - self.held


@dataclass(frozen=True)
class Balance:
    """What a person has of one unit. Spending takes the buckets in this order."""

    unit: str
    posted: int
    held: int
    buckets: Sequence[BucketLine] = ()
    next_refill_at: datetime | None = None

    @property
    def spendable(self) -> int:
        return self.posted - self.held


@dataclass(frozen=True)
class EntryLine:
    """One line of the wallet: what moved, why, and what was left."""

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
