"""Units given and taken by hand, once whatever is repeated."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from atelier.features.credits import (
    BucketKind,
    Grant,
    InsufficientCredits,
    ReferenceReused,
    TransferKind,
    UnknownUnit,
    adjust,
    expire_due,
    find_balance,
    grant,
)
from atelier.kernel.clock import utc_now
from atelier.runtime.db import DbRole, Sessions
from tests.support.factories import UNIT, give_units, new_user
from tests.support.ledger import findings, spendable

GIFT = Grant(UNIT, 20, TransferKind.SIGNUP_BONUS, BucketKind.BONUS, scope="sign_up", key="ada@example.com")


async def test_a_gift_is_given_once_however_often_it_is_sent(sessions: Sessions) -> None:
    user_id = await new_user(sessions)

    async def give() -> bool:
        async with sessions.begin(role=DbRole.SYSTEM) as session:
            return await grant(session, user_id, GIFT, now=utc_now())

    results = await asyncio.gather(*(give() for _ in range(8)))

    assert results.count(True) == 1
    assert await spendable(sessions, user_id) == 20
    assert await findings(sessions) == []


async def test_the_same_gift_for_another_account_of_the_same_address_is_not_given(sessions: Sessions) -> None:
    first, second = await new_user(sessions), await new_user(sessions)
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        assert await grant(session, first, GIFT, now=utc_now())
        assert not await grant(session, second, GIFT, now=utc_now())

    assert await spendable(sessions, second) == 0


async def test_expired_units_leave_the_books_and_purchased_ones_stay(sessions: Sessions) -> None:
    user_id = await new_user(sessions)
    await give_units(sessions, user_id, 8, expires_at=utc_now() + timedelta(days=1))
    await give_units(sessions, user_id, 5, bucket=BucketKind.PURCHASED)
    later = utc_now() + timedelta(days=400)

    async with sessions.read(role=DbRole.SYSTEM) as session:
        seen = await find_balance(session, user_id, UNIT, now=later)
    assert await expire_due(sessions, now=later) == 1

    assert [line.kind for line in seen.buckets if line.kind is not BucketKind.REGENERATING] == [BucketKind.PURCHASED]
    async with sessions.read(role=DbRole.SYSTEM) as session:
        posted = await session.scalar(text("SELECT posted FROM ledger_accounts WHERE kind = 'wallet'"))
    assert posted == seen.spendable == 5 + 5
    assert await findings(sessions) == []


async def test_an_adjustment_carries_its_reason_and_never_overdraws(sessions: Sessions) -> None:
    user_id = await new_user(sessions)
    now = utc_now()
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        assert await adjust(session, user_id, unit=UNIT, units=10, reason="Sorry", actor="root", key="a", now=now)
        assert await adjust(session, user_id, unit=UNIT, units=-4, reason="Typo", actor="root", key="b", now=now)
        assert not await adjust(session, user_id, unit=UNIT, units=-4, reason="Typo", actor="root", key="b", now=now)

    for unit, units, key, problem in (("gold", 5, "d", UnknownUnit), (UNIT, 11, "a", ReferenceReused)):
        with pytest.raises(problem):
            async with sessions.begin(role=DbRole.SYSTEM) as session:
                await adjust(session, user_id, unit=unit, units=units, reason="No", actor="root", key=key, now=now)
    with pytest.raises(InsufficientCredits):
        async with sessions.begin(role=DbRole.SYSTEM) as session:
            await adjust(session, user_id, unit=UNIT, units=-7, reason="Too much", actor="root", key="c", now=now)

    assert await spendable(sessions, user_id) == 6
    assert await findings(sessions) == []
    async with sessions.read(role=DbRole.SYSTEM) as session:
        reasons = (await session.scalars(text("SELECT description FROM ledger_transfers ORDER BY id"))).all()
    assert reasons == ["Sorry", "Typo"]


async def test_each_way_of_cooking_the_books_is_found(sessions: Sessions) -> None:
    """The invariants are no decoration: a change behind the product's back turns one of them red."""
    user_id = await new_user(sessions)
    await give_units(sessions, user_id, 10)
    assert await findings(sessions) == []

    for wrong, name in (
        ("UPDATE ledger_accounts SET posted = posted + 1 WHERE kind = 'wallet'", "L3"),
        ("UPDATE ledger_accounts SET held = held + 1 WHERE kind = 'wallet'", "L4"),
        ("UPDATE credit_buckets SET remaining = remaining - 1 WHERE kind = 'bonus'", "L12"),
        ("UPDATE ledger_accounts SET version = version + 1 WHERE kind = 'wallet'", "L6"),
    ):
        async with sessions.begin(role=DbRole.SYSTEM) as session:
            await session.execute(text(wrong))
        assert any(finding.startswith(f"{name} ") for finding in await findings(sessions)), wrong
