"""The audit trail: one chain, which shows every change."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

import psycopg
import pytest
from psycopg.errors import RestrictViolation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from atelier.features.audit import AuditAction, Breach, record, verify_chain
from atelier.features.audit.commands import app as command
from atelier.features.audit.errors import BrokenTrail
from atelier.features.audit.tasks import verify
from atelier.kernel.actor import Actor, Role, Via
from atelier.kernel.ids import new_id
from atelier.runtime.db import DbRole, Sessions
from atelier.runtime.tasks import TaskContext
from tests.support.people import Caller
from tests.support.programs import OverTheTest, invoke


async def note(sessions: Sessions, number: int) -> None:
    async with sessions.begin() as session:
        await record(
            session,
            AuditAction.ACCESS,
            actor="test",
            target_type="thing",
            target_id=str(number),
            details={"number": number, "ratio": 0.5, "words": "çok\u2028"},
            ip="203.0.113.9",
        )


async def verified(sessions: Sessions) -> Sequence[Breach]:
    async with sessions.read(role=DbRole.SYSTEM) as session:
        return await verify_chain(session)


@pytest.fixture
async def trail(sessions: Sessions) -> Sessions:
    """Five entries."""
    for number in range(5):
        await note(sessions, number)
    return sessions


def tamper(url: str, statement: str) -> None:
    """What only somebody with the database's own password can do."""
    with psycopg.connect(url) as connection:
        connection.execute("ALTER TABLE audit_entries DISABLE TRIGGER append_only")
        connection.execute(statement.encode())
        connection.execute("ALTER TABLE audit_entries ENABLE TRIGGER append_only")


async def test_an_untouched_trail_is_whole(trail: Sessions) -> None:
    assert await verified(trail) == []


async def test_no_trail_is_whole_too(sessions: Sessions) -> None:
    assert await verified(sessions) == []


@pytest.mark.parametrize(
    "change",
    [
        "user_id = gen_random_uuid()",
        "actor = 'somebody else'",
        "action = 'sign_in'",
        "target_type = 'other'",
        "target_id = '9'",
        "metadata = metadata || '{\"number\": 7}'",
        "ip_address = '198.51.100.1'",
        "created_at = created_at + interval '1 microsecond'",
        "id = gen_random_uuid()",
        "previous_hash = '\\x00'",
        "hash = '\\x00'",
        "number = 77",
    ],
)
async def test_every_change_of_an_entry_shows(trail: Sessions, database_url: str, change: str) -> None:
    tamper(database_url, f"UPDATE audit_entries SET {change} WHERE number = 3")  # noqa: S608 - the test's own

    assert await verified(trail)


@pytest.mark.parametrize("number", [1, 3, 5])
async def test_a_removed_entry_shows(trail: Sessions, database_url: str, number: int) -> None:
    tamper(database_url, f"DELETE FROM audit_entries WHERE number = {number}")  # noqa: S608 - the test's own

    assert await verified(trail)


async def test_swapped_entries_show(trail: Sessions, database_url: str) -> None:
    tamper(
        database_url,
        "UPDATE audit_entries SET number = -2 WHERE number = 2; UPDATE audit_entries SET number = 2 WHERE number = 3;"
        " UPDATE audit_entries SET number = 3 WHERE number = -2",
    )

    assert await verified(trail)


async def test_a_trail_without_its_head_shows(trail: Sessions, database_url: str) -> None:
    tamper(database_url, "DELETE FROM audit_heads")

    assert [breach.problem for breach in await verified(trail)] == ["the head of the chain is missing"]


@pytest.mark.parametrize("statement", ["UPDATE audit_entries SET actor = 'x'", "DELETE FROM audit_entries"])
async def test_not_even_the_machinery_may_change_entries(trail: Sessions, database_url: str, statement: str) -> None:
    with pytest.raises(DBAPIError):
        async with trail.begin(role=DbRole.SYSTEM) as session:
            await session.execute(text(statement))
    with psycopg.connect(database_url) as connection, pytest.raises(RestrictViolation):
        connection.execute(statement.encode())


async def test_many_at_once_make_one_chain(sessions: Sessions) -> None:
    await asyncio.gather(*(note(sessions, number) for number in range(8)))

    assert await verified(sessions) == []


async def test_what_is_rolled_back_leaves_no_gap(trail: Sessions) -> None:
    async with trail.begin() as session:
        await record(session, AuditAction.ACCESS, actor="test")
        await session.rollback()
    await note(trail, 6)

    assert await verified(trail) == []


async def test_several_entries_of_one_transaction_follow_each_other(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        for _ in range(3):
            await record(session, AuditAction.ACCESS, actor="test")

    assert await verified(sessions) == []


async def test_the_actor_is_known_by_ids_only(sessions: Sessions) -> None:
    person, key = new_id(), new_id()
    program = Actor(person, Role.USER, Via.API_KEY, credential_id=key, name="Ada", email="ada@example.com")
    admin = Actor(person, Role.ADMIN, Via.SESSION, credential_id=key, name="Ada", email="ada@example.com")
    async with sessions.begin() as session:
        for actor in (program, admin, person, "cli"):
            await record(session, AuditAction.ACCESS, actor=actor, target_id=uuid4())

    async with sessions.read(role=DbRole.SYSTEM) as session:
        actors = (await session.scalars(text("SELECT actor FROM audit_entries ORDER BY number"))).all()
    assert actors == [f"api_key:{key}", f"admin:{person}", f"user:{person}", "cli"]


async def test_people_see_their_own_deeds_only(sessions: Sessions) -> None:
    mine, others = new_id(), new_id()
    async with sessions.begin() as session:
        await record(session, AuditAction.ACCESS, actor=mine)
        await record(session, AuditAction.ACCESS, actor=others)

    async with sessions.read(user_id=mine) as session:
        assert await session.scalar(text("SELECT count(*) FROM audit_entries")) == 1


async def test_command_and_schedule_say_whether_the_trail_is_whole(
    trail: Sessions,
    program: OverTheTest,
    database_url: str,
    context: TaskContext,
    capfd: pytest.CaptureFixture[str],
) -> None:
    whole = await invoke(command, program, "verify")
    tamper(database_url, "UPDATE audit_entries SET actor = 'x' WHERE number = 2")
    broken = await invoke(command, program, "verify")
    await verify(context)

    assert "whole" in whole.output
    assert isinstance(broken.exception, BrokenTrail)
    assert "entry 2: was changed" in broken.output
    assert "audit_trail_broken" in "".join(capfd.readouterr())


async def test_the_page_lists_filters_and_verifies(admin: Caller, trail: Sessions, database_url: str) -> None:
    for number in range(30):
        await note(trail, number)
    page = await admin.client.get("/admin/audit")
    older = page.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = await admin.client.get(older)
    filtered = await admin.client.get("/admin/audit?action=sign_in_link")
    everything = await admin.client.get("/admin/audit?action=")
    tamper(database_url, "UPDATE audit_entries SET actor = 'x' WHERE number = 2")
    broken = await admin.client.get("/admin/audit")

    assert "Verified" in page.text
    assert (second.status_code, everything.status_code) == (200, 200)
    assert "<code>access</code>" not in filtered.text
    assert "<code>sign_in_link</code>" in filtered.text
    assert "The trail was changed" in broken.text
