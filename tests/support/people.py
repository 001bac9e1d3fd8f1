"""People: made, signed in, with keys; and a way to let all background work finish."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from email.message import EmailMessage
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from atelier.entrypoints import registry
from atelier.features import accounts
from atelier.features.accounts import NewKey, NewUser, Scope
from atelier.kernel.actor import Actor, Role, Via
from atelier.kernel.clock import utc_now
from atelier.kernel.ids import new_id
from atelier.runtime import events
from atelier.runtime.db import DbRole, Sessions
from atelier.runtime.mail import MailboxFolder
from atelier.runtime.tasks import Handlers, TaskContext
from atelier.runtime.tasks.worker import build_app, run_tasks
from atelier.runtime.web.site import Site
from tests.support.web import new_client

ALL_SCOPES = tuple(Scope)
DUE = text(
    "SELECT count(*) FROM procrastinate_jobs"
    " WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= clock_timestamp())"
)
FAILED = text("SELECT task_name FROM procrastinate_jobs WHERE status = 'failed' ORDER BY id")


@dataclass(frozen=True)
class Person:
    """Somebody with an account. `actor` is what the services take."""

    id: UUID
    email: str
    actor: Actor


@dataclass(frozen=True)
class Caller(Person):
    """A person with a browser that is signed in."""

    client: httpx.AsyncClient


async def new_person(
    sessions: Sessions, *, verified: bool = True, role: Role = Role.USER, email: str | None = None
) -> Person:
    """An account, without the events of having joined: the wallet is empty."""
    address = email or f"{new_id()}@example.com"
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        user_id = await accounts.create_user(session, NewUser(address, role=role), by="test", now=utc_now())
        if verified:
            await session.execute(text("UPDATE users SET email_verified_at = now() WHERE id = :id"), {"id": user_id})
    actor = Actor(
        user_id=user_id, role=role, via=Via.SESSION, credential_id=new_id(), email=address, is_verified=verified
    )
    return Person(user_id, address, actor)


async def sign_in(app: FastAPI, person: Person) -> httpx.AsyncClient:
    """A browser that signed in through the page for one-time links."""
    site: Site = app.state.site
    async with site.sessions.begin(role=DbRole.SYSTEM) as session:
        token = await accounts.make_sign_in_token(session, person.id)
    client = new_client(app)
    answer = await client.post(f"/sign-in/link/{token}")
    assert answer.status_code == 303, answer.text
    return client


async def sign_in_as(app: FastAPI, person: Person) -> Caller:
    return Caller(person.id, person.email, person.actor, await sign_in(app, person))


async def new_api_key(
    sessions: Sessions, person: Person, scopes: Sequence[Scope] = ALL_SCOPES, **facts: object
) -> tuple[UUID, str]:
    """The id of a new key, and its text."""
    wanted = NewKey("test", frozenset(scopes), **facts)  # type: ignore[arg-type]
    async with sessions.begin(user_id=person.id) as session:
        row, key = await accounts.create_api_key(session, person.id, wanted, by=person.actor, now=utc_now())
    return row.id, key


def bearer_client(app: FastAPI, key: str) -> httpx.AsyncClient:
    """A program: no cookies, no origin, a key."""
    client = new_client(app)
    del client.headers["Origin"]
    client.headers["Authorization"] = f"Bearer {key}"
    return client


async def api_key_client(app: FastAPI, person: Person, *scopes: Scope) -> httpx.AsyncClient:
    """A program with a key of this person, for these scopes or for all."""
    _id, key = await new_api_key(app.state.site.sessions, person, scopes or ALL_SCOPES)
    return bearer_client(app, key)


@pytest.fixture
async def opened() -> AsyncIterator[AsyncExitStack]:
    """Clients entered here are closed at the end of the test."""
    async with AsyncExitStack() as stack:
        yield stack


async def _caller(app: FastAPI, sessions: Sessions, opened: AsyncExitStack, role: Role = Role.USER) -> Caller:
    caller = await sign_in_as(app, await new_person(sessions, role=role))
    opened.push_async_callback(caller.client.aclose)
    return caller


@pytest.fixture
async def owner(app: FastAPI, sessions: Sessions, opened: AsyncExitStack) -> Caller:
    """Whoever owns what the test is about."""
    return await _caller(app, sessions, opened)


@pytest.fixture
async def stranger(app: FastAPI, sessions: Sessions, opened: AsyncExitStack) -> Caller:
    """Somebody signed in to whom it does not belong."""
    return await _caller(app, sessions, opened)


@pytest.fixture
async def admin(app: FastAPI, sessions: Sessions, opened: AsyncExitStack) -> Caller:
    return await _caller(app, sessions, opened, Role.ADMIN)


@pytest.fixture
async def super_admin(app: FastAPI, sessions: Sessions, opened: AsyncExitStack) -> Caller:
    return await _caller(app, sessions, opened, Role.SUPER_ADMIN)


@pytest.fixture
async def revoked_key_client(
    app: FastAPI, sessions: Sessions, owner: Caller, opened: AsyncExitStack
) -> httpx.AsyncClient:
    """A program whose key, once the owner's, was revoked."""
    key_id, key = await new_api_key(sessions, owner)
    async with sessions.begin(user_id=owner.id) as session:
        await accounts.revoke_api_key(session, owner.actor, key_id)
    client = bearer_client(app, key)
    opened.push_async_callback(client.aclose)
    return client


Worker = Callable[[], Awaitable[int]]
"""Does what is due and says how much it did."""
Drain = Callable[..., Awaitable[None]]


async def drain_all(url: str, context: TaskContext, *workers: Worker, may_fail: bool = False) -> None:
    """Run due tasks, events and what `workers` do until nothing is left. Nothing is waited for.

    Schedules do not run. A task that failed for good fails the test, unless it may.
    """
    handlers = registry.handlers()
    subscriptions = [one for feature in handlers for one in feature.subscriptions]
    tasks = [Handlers(tasks=feature.tasks) for feature in handlers]
    busy = True
    while busy:
        busy = False
        async with context.sessions.read(role=DbRole.SYSTEM) as session:
            due = await session.scalar(DUE)
        if due:
            queue = build_app(url, tasks, context)
            queue.periodic_registry.periodic_tasks.clear()
            await run_tasks(queue, concurrency=1, wait=False)
            busy = True
        while await events.feed_all(subscriptions, context):
            busy = True
        for work in workers:
            busy = bool(await work()) or busy
    async with context.sessions.read(role=DbRole.SYSTEM) as session:
        failed = (await session.scalars(FAILED)).all()
    assert may_fail or not failed, f"these tasks failed: {failed}"


@pytest.fixture
def context(site: Site) -> TaskContext:
    """What task handlers work with."""
    return TaskContext(site.sessions, site.ports)


@pytest.fixture
def drain(context: TaskContext, database_url: str) -> Drain:
    """Finish all background work; with workers given, they do their part too."""

    async def finish(*workers: Worker, may_fail: bool = False) -> None:
        await drain_all(database_url, context, *workers, may_fail=may_fail)

    return finish


def letters(site: Site) -> Sequence[EmailMessage]:
    """The mails that were sent, oldest first."""
    return [letter for _name, letter in reversed(site.ports.get(MailboxFolder).letters())]


def link_in(letter: EmailMessage) -> str:
    """The path of the link in a mail."""
    part = letter.get_body(("plain",))
    assert part is not None
    found = re.search(r"^http://127\.0\.0\.1:8000(/\S+)", part.get_content(), re.MULTILINE)
    assert found is not None, part.get_content()
    return found.group(1)
