"""Units set aside, captured, released; races decided by the database."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from atelier.features.credits import (
    InsufficientCredits,
    ReferenceReused,
    capture_hold,
    expire_due,
    place_hold,
    release_hold,
    sweep_holds,
)
from atelier.features.credits.errors import CaptureTooLarge
from atelier.kernel.clock import utc_now
from atelier.kernel.errors import AppError
from atelier.runtime.db import DbRole, Sessions
from tests.support.factories import give_units, new_hold, new_user
from tests.support.ledger import findings, spendable


async def place(sessions: Sessions, user_id: UUID, amount: int, reference: str) -> UUID:
    async with sessions.begin(user_id=user_id) as session:
        return await place_hold(session, user_id, new_hold(amount, reference), now=utc_now())


async def capture(sessions: Sessions, hold_id: UUID, amount: int) -> bool:
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        return await capture_hold(session, hold_id, amount, product="enhancement", now=utc_now())


async def release(sessions: Sessions, hold_id: UUID) -> bool:
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        return await release_hold(session, hold_id, now=utc_now())


async def outcome(work: Callable[[], Awaitable[object]]) -> type:
    try:
        return type(await work())
    except AppError as error:
        return type(error)


async def test_a_hold_sets_units_aside_and_a_capture_takes_them(sessions: Sessions) -> None:
    user_id = await new_user(sessions)
    await give_units(sessions, user_id, 10)

    hold_id = await place(sessions, user_id, 7, "work:1")
    assert await spendable(sessions, user_id) == 3

    assert await capture(sessions, hold_id, 7)
    assert await spendable(sessions, user_id) == 3
    assert await findings(sessions) == []


async def test_a_capture_of_less_gives_the_rest_back(sessions: Sessions) -> None:
    user_id = await new_user(sessions)
    await give_units(sessions, user_id, 10)
    hold_id = await place(sessions, user_id, 8, "work:1")

    assert await capture(sessions, hold_id, 3)

    assert await spendable(sessions, user_id) == 7
    assert await findings(sessions) == []


async def test_a_released_hold_gives_its_units_back_once(sessions: Sessions) -> None:
    user_id = await new_user(sessions)
    await give_units(sessions, user_id, 10)
    hold_id = await place(sessions, user_id, 7, "work:1")

    assert [await release(sessions, hold_id) for _ in range(2)] == [True, False]

    assert await spendable(sessions, user_id) == 10
    assert await findings(sessions) == []


async def test_more_than_there_is_cannot_be_held(sessions: Sessions) -> None:
    user_id = await new_user(sessions)
    await give_units(sessions, user_id, 5)

    with pytest.raises(InsufficientCredits) as refused:
        await place(sessions, user_id, 6, "work:1")

    assert refused.value.context == {"needed": 6, "unit": "credit", "available": 5}
    assert await findings(sessions) == []


async def test_the_same_reference_gives_the_same_hold_and_another_amount_is_refused(sessions: Sessions) -> None:
    user_id = await new_user(sessions)
    await give_units(sessions, user_id, 10)

    first = await place(sessions, user_id, 4, "work:1")
    assert await place(sessions, user_id, 4, "work:1") == first
    with pytest.raises(ReferenceReused):
        await place(sessions, user_id, 5, "work:1")

    assert await spendable(sessions, user_id) == 6


async def test_thirty_two_at_once_share_ten_units(sessions: Sessions) -> None:
    user_id = await new_user(sessions)
    await give_units(sessions, user_id, 10)

    outcomes = await asyncio.gather(
        *(outcome(lambda n=n: place(sessions, user_id, 1, f"work:{n}")) for n in range(32))  # type: ignore[misc]
    )

    assert outcomes.count(UUID) == 10
    assert outcomes.count(InsufficientCredits) == 22
    assert await spendable(sessions, user_id) == 0
    assert await findings(sessions) == []


async def test_capture_and_release_at_once_have_one_winner(sessions: Sessions) -> None:
    user_id = await new_user(sessions)
    await give_units(sessions, user_id, 100)
    holds = [await place(sessions, user_id, 5, f"work:{n}") for n in range(10)]

    pairs = [(capture(sessions, hold, 5), release(sessions, hold)) for hold in holds]
    results = await asyncio.gather(*(work for pair in pairs for work in pair))

    assert all(results[n] + results[n + 1] == 1 for n in range(0, 20, 2))
    assert await spendable(sessions, user_id) == 100 - 5 * sum(results[::2])
    assert await findings(sessions) == []


async def test_units_released_after_their_bucket_expired_live_another_week(sessions: Sessions) -> None:
    user_id = await new_user(sessions)
    await give_units(sessions, user_id, 10, expires_at=utc_now() + timedelta(hours=1))
    hold_id = await place(sessions, user_id, 4, "work:1")

    async with sessions.begin(role=DbRole.SYSTEM) as session:
        await release_hold(session, hold_id, now=utc_now() + timedelta(hours=2))

    assert await findings(sessions) == []
    async with sessions.read(role=DbRole.SYSTEM) as session:
        rows = (await session.execute(text("SELECT kind, remaining, held FROM credit_buckets"))).all()
    left = {row.kind: (row.remaining, row.held) for row in rows}
    assert (left["bonus"], left["grace"]) == ((0, 0), (4, 0))


async def test_the_soonest_to_expire_is_spent_first_and_purchases_last(sessions: Sessions) -> None:
    user_id = await new_user(sessions)
    await give_units(sessions, user_id, 5, bucket="purchased")
    await give_units(sessions, user_id, 5)
    await give_units(sessions, user_id, 5, expires_at=utc_now() + timedelta(days=2))
    await give_units(sessions, user_id, 5, expires_at=utc_now() + timedelta(days=1), bucket="trial")

    await capture(sessions, await place(sessions, user_id, 12, "work:1"), 12)

    async with sessions.read(role=DbRole.SYSTEM) as session:
        rows = await session.execute(text("SELECT kind, expires_at IS NULL AS lasts, remaining FROM credit_buckets"))
    left = {(row.kind, row.lasts): row.remaining for row in rows}
    assert left[("trial", False)] == 0
    assert left[("bonus", False)] == 0
    assert left[("bonus", True)] == 3
    assert left[("purchased", True)] == 5


async def test_a_hold_that_nobody_ended_is_swept(sessions: Sessions) -> None:
    user_id = await new_user(sessions)
    await give_units(sessions, user_id, 10)
    hold_id = await place(sessions, user_id, 4, "work:1")
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        await session.execute(text("UPDATE credit_holds SET expires_at = now() - interval '1 second'"))
    assert await sweep_holds(sessions, now=utc_now()) == 1

    assert await spendable(sessions, user_id) == 10
    assert not await capture(sessions, hold_id, 4)
    assert await findings(sessions) == []


async def test_nobody_can_write_the_ledger_in_a_persons_own_role(sessions: Sessions) -> None:
    user_id = await new_user(sessions)
    await give_units(sessions, user_id, 10)

    with pytest.raises(DBAPIError, match="permission denied"):
        async with sessions.begin(user_id=user_id) as session:
            await session.execute(text("UPDATE ledger_accounts SET posted = posted + 1000"))


async def test_an_entry_can_never_be_changed(sessions: Sessions) -> None:
    user_id = await new_user(sessions)
    await give_units(sessions, user_id, 10)

    with pytest.raises(DBAPIError, match=r"permission denied|append-only"):
        async with sessions.begin(role=DbRole.SYSTEM) as session:
            await session.execute(text("UPDATE ledger_entries SET amount = 5"))


async def test_a_bucket_that_expires_twice_leaves_right_books(sessions: Sessions) -> None:
    """A release that read its clock before another transaction expired the bucket puts units back into it."""
    user_id = await new_user(sessions)
    ends = utc_now() + timedelta(hours=1)
    await give_units(sessions, user_id, 10, expires_at=ends)
    hold_id = await place(sessions, user_id, 4, "work:1")

    await expire_due(sessions, now=ends + timedelta(seconds=1))
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        await release_hold(session, hold_id, now=ends - timedelta(seconds=1))
    await expire_due(sessions, now=ends + timedelta(seconds=2))

    assert await findings(sessions) == []


async def test_more_than_was_held_cannot_be_captured(sessions: Sessions) -> None:
    user_id = await new_user(sessions)
    await give_units(sessions, user_id, 10)
    hold_id = await place(sessions, user_id, 4, "work:1")

    with pytest.raises(CaptureTooLarge):
        await capture(sessions, hold_id, 5)

    assert await findings(sessions) == []


async def test_after_a_refusal_the_transaction_is_the_persons_again(sessions: Sessions) -> None:
    user_id = await new_user(sessions)
    async with sessions.begin(user_id=user_id) as session:
        with pytest.raises(InsufficientCredits):
            await place_hold(session, user_id, new_hold(5, "work:1"), now=utc_now())
        assert await session.scalar(text("SELECT current_user")) == "atelier_app"


async def test_sweeping_and_capturing_at_once_do_not_lock_each_other_out(sessions: Sessions) -> None:
    user_id = await new_user(sessions)
    await give_units(sessions, user_id, 100)
    holds = [await place(sessions, user_id, 2, f"work:{n}") for n in range(20)]
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        await session.execute(text("UPDATE credit_holds SET expires_at = now() - interval '1 second'"))

    await asyncio.gather(
        *(capture(sessions, hold, 2) for hold in reversed(holds)),
        *(sweep_holds(sessions, now=utc_now()) for _ in range(3)),
    )

    assert await findings(sessions) == []
