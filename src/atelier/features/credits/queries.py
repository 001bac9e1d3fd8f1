"""The ledger's statements. Each decision is one of them; the hot ones are plain SQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row, func, select, text
from sqlalchemy.dialects.postgresql import insert

from atelier.features.credits.models import Account, Bucket, Entry, Hold, Transfer
from atelier.features.credits.types import AccountKind, BucketLine, EntryLine, HoldState, NewHold, TransferKind
from atelier.kernel.ids import new_id
from atelier.runtime.db import ReadSession, Session

HOUSES = UUID("0190a7c4-3f6e-7d11-9c1e-6f1d3a5b7c90")
"""House accounts have ids made from their kind and unit, so that no statement looks them up."""

FRESH = {"populate_existing": True}
"""Rows that plain SQL may have changed in this transaction are read again."""


def house_id(kind: AccountKind, unit: str) -> UUID:
    return uuid5(HOUSES, f"{kind}:{unit}")


async def add_wallet(session: Session, user_id: UUID, unit: str) -> None:
    values = {"id": new_id(), "user_id": user_id, "kind": AccountKind.WALLET, "unit": unit, "floor": 0}
    await session.execute(insert(Account).values(values).on_conflict_do_nothing())


LOCK = text(
    """
    SELECT id, posted, held FROM ledger_accounts
    WHERE user_id = :user_id AND kind = 'wallet' AND unit = :unit FOR UPDATE
    """
)


async def lock_wallet(session: Session, user_id: UUID, unit: str) -> "Row[Any] | None":
    """The wallet's row, locked: all that touches its buckets takes turns."""
    return (await session.execute(LOCK, {"user_id": user_id, "unit": unit})).one_or_none()


async def find_wallet(session: ReadSession, user_id: UUID, unit: str) -> Account | None:
    return await session.scalar(
        select(Account).where(Account.user_id == user_id, Account.kind == AccountKind.WALLET, Account.unit == unit),
        execution_options=FRESH,
    )


async def list_buckets(session: ReadSession, user_id: UUID, account_id: UUID) -> Sequence[BucketLine]:
    """The buckets that still hold something, in the order in which they are spent."""
    buckets = (
        select(Bucket)
        .where(Bucket.user_id == user_id, Bucket.account_id == account_id, Bucket.remaining > 0)
        .order_by(Bucket.expires_at.nulls_last(), Bucket.rank, Bucket.id)
    )
    rows = await session.scalars(buckets, execution_options=FRESH)
    return [
        BucketLine(row.id, row.kind, row.granted, row.remaining, row.held, row.expires_at, row.source)
        for row in rows.all()
    ]


async def find_well(session: ReadSession, user_id: UUID, account_id: UUID) -> Bucket | None:
    return await session.scalar(
        select(Bucket).where(
            Bucket.user_id == user_id, Bucket.account_id == account_id, Bucket.refilled_at.is_not(None)
        ),
        execution_options=FRESH,
    )


async def list_expired(session: Session, user_id: UUID, account_id: UUID, now: datetime) -> Sequence[Bucket]:
    """Buckets whose time is over and that hold something nobody has set aside."""
    expired = select(Bucket).where(
        Bucket.user_id == user_id,
        Bucket.account_id == account_id,
        Bucket.expires_at <= now,
        Bucket.remaining > Bucket.held,
    )
    return (await session.scalars(expired, execution_options=FRESH)).all()


async def add_hold(session: Session, user_id: UUID, account_id: UUID, hold: NewHold) -> UUID | None:
    """Insert a hold; None when the person has already used its reference."""
    values = {
        "id": new_id(),
        "user_id": user_id,
        "account_id": account_id,
        "unit": hold.unit,
        "amount": hold.amount,
        "reference": hold.reference,
        "expires_at": hold.lives_until,
    }
    return await session.scalar(insert(Hold).values(values).on_conflict_do_nothing().returning(Hold.id))


async def get_hold_by_reference(session: Session, user_id: UUID, reference: str) -> Hold:
    return (await session.scalars(select(Hold).where(Hold.user_id == user_id, Hold.reference == reference))).one()


END = text(
    """
    UPDATE credit_holds SET state = :state, captured = :captured, resolved_at = clock_timestamp()
    WHERE id = :hold_id AND state = 'placed' RETURNING user_id, account_id, unit, amount, reference
    """
)


async def end_hold(session: Session, hold_id: UUID, state: HoldState, *, captured: int = 0) -> "Row[Any] | None":
    """Move a placed hold to its end; None when it has already ended. Whoever gets the row has won."""
    values = {"hold_id": hold_id, "state": state, "captured": captured}
    return (await session.execute(END, values)).one_or_none()


SET_ASIDE = text(
    "UPDATE ledger_accounts SET held = held + :amount"
    " WHERE id = :account_id AND posted - held >= :amount RETURNING held"
)
GIVE_BACK = text("UPDATE ledger_accounts SET held = held - :amount WHERE id = :account_id")

# Over the buckets in the order in which they are spent. With a hold the parts stay in their buckets, set aside; without
# one they leave, and a full well's clock begins.
ALLOCATE = text(
    """
    WITH line AS (
        SELECT id, remaining - held AS free,
               sum(remaining - held) OVER (ORDER BY expires_at NULLS LAST, rank, id) - (remaining - held) AS before
        FROM credit_buckets
        WHERE account_id = :account_id AND remaining > held AND (expires_at IS NULL OR expires_at > :now)
    ), part AS (
        SELECT id, least(free, :amount - before) AS amount FROM line WHERE before < :amount
    ), taken AS (
        UPDATE credit_buckets b
        SET held = b.held + CASE WHEN cast(:hold_id AS uuid) IS NULL THEN 0 ELSE part.amount END,
            remaining = b.remaining - CASE WHEN cast(:hold_id AS uuid) IS NULL THEN part.amount ELSE 0 END,
            refilled_at =
                CASE WHEN cast(:hold_id AS uuid) IS NULL AND b.refilled_at IS NOT NULL AND b.remaining >= b.cap
                     THEN :now ELSE b.refilled_at END
        FROM part WHERE b.id = part.id
        RETURNING b.id, b.user_id, part.amount
    ), kept AS (
        INSERT INTO credit_hold_parts (hold_id, bucket_id, user_id, amount)
        SELECT :hold_id, id, user_id, amount FROM taken WHERE cast(:hold_id AS uuid) IS NOT NULL
    )
    SELECT coalesce(sum(amount), 0) FROM taken
    """
)


async def set_aside(session: Session, account_id: UUID, amount: int) -> bool:
    """One conditional statement; False when the wallet cannot bear it."""
    return await session.scalar(SET_ASIDE, {"account_id": account_id, "amount": amount}) is not None


async def allocate(
    session: Session, account_id: UUID, *, amount: int, now: datetime, hold_id: UUID | None = None
) -> int:
    """Set `amount` aside for a hold, or take it, over the buckets in their order; how much found a place."""
    values = {"account_id": account_id, "hold_id": hold_id, "amount": amount, "now": now}
    return int(await session.scalar(ALLOCATE, values) or 0)


async def give_back(session: Session, account_id: UUID, amount: int) -> None:
    await session.execute(GIVE_BACK, {"account_id": account_id, "amount": amount})


PARTS = text(
    """
    SELECT p.bucket_id, p.amount, b.expires_at
    FROM credit_hold_parts p JOIN credit_buckets b ON b.id = p.bucket_id
    WHERE p.hold_id = :hold_id ORDER BY b.expires_at NULLS LAST, b.rank, b.id
    """
)
SETTLE_PART = text(
    """
    UPDATE credit_buckets
    SET held = held - :part, remaining = remaining - :gone,
        refilled_at =
            CASE WHEN refilled_at IS NOT NULL AND remaining >= cap AND :gone > 0 THEN :now ELSE refilled_at END
    WHERE id = :bucket_id
    """
)


async def list_parts(session: Session, hold_id: UUID) -> "Sequence[Row[Any]]":
    return (await session.execute(PARTS, {"hold_id": hold_id})).all()


async def settle_part(session: Session, bucket_id: UUID, *, part: int, gone: int, now: datetime) -> None:
    """End the part of a hold that stands in a bucket; `gone` of it leaves the bucket. A full well's clock begins."""
    await session.execute(SETTLE_PART, {"bucket_id": bucket_id, "part": part, "gone": gone, "now": now})


MOVE = text(
    """
    WITH house AS (
        INSERT INTO ledger_accounts (id, kind, unit) VALUES (:house_id, :house_kind, :unit) ON CONFLICT DO NOTHING
    ), transfer AS (
        INSERT INTO ledger_transfers
            (id, user_id, kind, unit, scope, key, product, source, source_id, description, actor, hold_id, metadata)
        VALUES (:transfer_id, :user_id, :kind, :unit, :scope, :key, :product, :source, :source_id, :description, :actor,
                :hold_id, cast(:metadata AS jsonb))
        ON CONFLICT (scope, key) DO NOTHING RETURNING id
    ), wallet AS (
        UPDATE ledger_accounts
        SET posted = posted + :amount, held = held - :unheld, version = version + 1, last_entry_at = clock_timestamp()
        WHERE id = :account_id AND EXISTS (SELECT FROM transfer) RETURNING posted, version
    ), entries AS (
        INSERT INTO ledger_entries (id, transfer_id, account_id, user_id, amount, balance_after, version)
        SELECT cast(:entry_id AS uuid), transfer.id, cast(:account_id AS uuid), cast(:user_id AS uuid),
               cast(:amount AS bigint), wallet.posted, wallet.version
        FROM transfer, wallet
        UNION ALL
        SELECT cast(:house_entry_id AS uuid), transfer.id, cast(:house_id AS uuid), NULL, -cast(:amount AS bigint),
               NULL, NULL
        FROM transfer
    )
    SELECT posted FROM wallet
    """
)


async def move(session: Session, values: Mapping[str, Any]) -> bool:
    """One transfer between a wallet and the house, once for its (scope, key); False when it was there already."""
    unit, kind = values["unit"], values["house_kind"]
    made = {
        "transfer_id": new_id(),
        "entry_id": new_id(),
        "house_entry_id": new_id(),
        "house_id": house_id(kind, unit),
        "unheld": 0,
        "product": None,
        "source": None,
        "source_id": None,
        "description": None,
        "actor": None,
        "hold_id": None,
        "metadata": "{}",
    }
    return await session.scalar(MOVE, {**made, **values}) is not None


async def find_moved(session: Session, user_id: UUID, scope: str, key: str) -> tuple[str, int] | None:
    """The unit and amount of an earlier transfer of this wallet."""
    entries = select(Transfer.unit, Entry.amount).join(Entry, Entry.transfer_id == Transfer.id)
    found = entries.where(Entry.user_id == user_id, Transfer.scope == scope, Transfer.key == key)
    row = (await session.execute(found)).one_or_none()
    return (row.unit, row.amount) if row else None


async def find_hold_amount(session: Session, hold_id: UUID) -> int | None:
    """What was held; it never changes."""
    return await session.scalar(select(Hold.amount).where(Hold.id == hold_id))


async def must_move(session: Session, values: Mapping[str, Any]) -> None:
    """For movements whose buckets have changed already: they are new, or the books would break here."""
    if not await move(session, values):
        raise RuntimeError(f"the transfer {values['scope']} {values['key']} was there already")


async def list_expired_holds(session: ReadSession, limit: int) -> Sequence[UUID]:
    """Holds that nobody ended in time, by the database's clock."""
    rows = await session.execute(
        text(
            "SELECT id FROM credit_holds WHERE state = 'placed' AND expires_at <= clock_timestamp()"
            " ORDER BY expires_at LIMIT :limit"
        ),
        {"limit": limit},
    )
    return [row.id for row in rows]


async def list_wallets_with_expired(session: ReadSession, now: datetime, limit: int) -> "Sequence[Row[Any]]":
    rows = await session.execute(
        text(
            "SELECT DISTINCT a.user_id, a.unit FROM credit_buckets b JOIN ledger_accounts a ON a.id = b.account_id"
            " WHERE b.expires_at <= :now AND b.remaining > b.held LIMIT :limit"
        ),
        {"now": now, "limit": limit},
    )
    return rows.all()


async def sum_spent(session: ReadSession, user_id: UUID, unit: str, *, since: datetime) -> int:
    """What delivered work has cost since then."""
    spent = (
        select(func.coalesce(-func.sum(Entry.amount), 0))
        .join(Transfer, Transfer.id == Entry.transfer_id)
        .where(
            Entry.user_id == user_id,
            Entry.created_at >= since,
            Transfer.unit == unit,
            Transfer.kind == TransferKind.USAGE,
        )
    )
    return int(await session.scalar(spent) or 0)


async def list_entries(session: ReadSession, user_id: UUID, *, before: UUID | None, limit: int) -> Sequence[EntryLine]:
    """The person's own entries, newest first."""
    entries = (
        select(Entry, Transfer)
        .join(Transfer, Transfer.id == Entry.transfer_id)
        .where(Entry.user_id == user_id)
        .order_by(Entry.id.desc())
        .limit(limit)
    )
    if before is not None:
        entries = entries.where(Entry.id < before)
    return [
        EntryLine(
            id=entry.id,
            created_at=entry.created_at,
            kind=transfer.kind,
            unit=transfer.unit,
            amount=entry.amount,
            balance_after=entry.balance_after or 0,
            description=transfer.description,
            product=transfer.product,
            source=transfer.source,
            source_id=transfer.source_id,
        )
        for entry, transfer in (await session.execute(entries)).all()
    ]
