"""The outbox, the throttles and the database sessions."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from atelier.kernel.errors import RateLimited
from atelier.runtime.db import DbRole, Sessions, as_system
from atelier.runtime.events import Event, feed_all, publish
from atelier.runtime.ports import Ports
from atelier.runtime.tasks import Handlers, TaskContext
from atelier.runtime.throttle import Limit, take


class Happened(Event):
    """Something of a test's."""

    number: int


async def _publish_and_break(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await publish(session, Happened(number=99))
        raise ZeroDivisionError


async def test_an_event_is_told_in_order_and_only_if_its_transaction_commits(sessions: Sessions) -> None:
    handlers, heard = Handlers(), list[int]()

    @handlers.on(Happened)
    async def hear(event: Happened, _context: TaskContext) -> None:
        heard.append(event.number)

    context = TaskContext(sessions, Ports())
    async with sessions.begin() as session:
        for number in range(3):
            await publish(session, Happened(number=number))
    with pytest.raises(ZeroDivisionError):
        await _publish_and_break(sessions)
    while await feed_all(handlers.subscriptions, context):
        pass

    assert heard == [0, 1, 2]


async def test_a_slow_transaction_is_not_passed_over(sessions: Sessions) -> None:
    """Its event has a lower number than one that was committed earlier; neither is lost."""
    handlers, heard = Handlers(), list[int]()

    @handlers.on(Happened)
    async def hear(event: Happened, _context: TaskContext) -> None:
        heard.append(event.number)

    context = TaskContext(sessions, Ports())
    async with sessions.begin() as slow:
        await publish(slow, Happened(number=1))
        async with sessions.begin() as quick:
            await publish(quick, Happened(number=2))
        await feed_all(handlers.subscriptions, context)
        assert heard == []
    await feed_all(handlers.subscriptions, context)

    assert sorted(heard) == [1, 2]


async def test_a_failing_subscriber_keeps_its_place_and_is_fed_again(sessions: Sessions) -> None:
    handlers, tries = Handlers(), list[int]()

    @handlers.on(Happened)
    async def stumble(event: Happened, _context: TaskContext) -> None:
        tries.append(event.number)
        if len(tries) == 1:
            raise ValueError

    context = TaskContext(sessions, Ports())
    async with sessions.begin() as session:
        await publish(session, Happened(number=7))
    await feed_all(handlers.subscriptions, context)
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        assert await session.scalar(text("SELECT failures FROM event_cursors")) == 1
        await session.execute(text("UPDATE event_cursors SET retry_at = NULL"))
    await feed_all(handlers.subscriptions, context)

    assert tries == [7, 7]


async def test_a_throttle_lets_so_many_through_however_many_come_at_once(sessions: Sessions) -> None:
    bucket = str(uuid4())

    async def come() -> bool:
        try:
            await take(sessions, bucket, Limit(5, 600))
        except RateLimited as refused:
            waits.append(int(str(refused.context["retry_after"])))
            return False
        return True

    waits: list[int] = []
    assert sum(await asyncio.gather(*(come() for _ in range(20)))) == 5
    assert all(0 < wait <= 600 for wait in waits)


async def test_a_reading_session_cannot_write(sessions: Sessions) -> None:
    with pytest.raises(DBAPIError, match="read-only"):
        async with sessions.read(role=DbRole.SYSTEM) as session:
            await session.execute(text("DELETE FROM events"))


async def test_stepping_up_ends_with_its_block_and_the_next_transaction_is_nobody(sessions: Sessions) -> None:
    user_id = uuid4()
    async with sessions.begin(user_id=user_id) as session:
        async with as_system(session):
            assert await session.scalar(text("SELECT current_user")) == "atelier_system"
        assert await session.scalar(text("SELECT current_user")) == "atelier_app"
        assert await session.scalar(text("SELECT atelier_user()")) == user_id

    async with sessions.begin() as session:
        assert await session.scalar(text("SELECT atelier_user()")) is None
        assert await session.scalar(text("SELECT count(*) FROM users")) == 0
