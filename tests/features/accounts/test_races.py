"""What happens at the same time, late, or twice."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from atelier.features.accounts import errors, service
from atelier.features.accounts.messages import SendVerification
from atelier.features.accounts.service.links import use_link
from atelier.features.accounts.tasks import forget, send_verification
from atelier.features.accounts.types import TokenPurpose, Visitor
from atelier.kernel.clock import utc_now
from atelier.runtime.db import DbRole, Sessions
from atelier.runtime.tasks import TaskContext
from atelier.runtime.web.site import Site
from tests.support.people import Caller, Drain, letters, link_in, new_person
from tests.support.web import new_client

FORM = {"email": "ada@example.com", "password": "blue-kettle-under-rain"}


async def scalar(sessions: Sessions, statement: str) -> object:
    async with sessions.read(role=DbRole.SYSTEM) as session:
        return await session.scalar(text(statement))


async def test_of_many_who_use_a_link_at_once_one_wins(
    app: FastAPI, client: httpx.AsyncClient, site: Site, sessions: Sessions, drain: Drain
) -> None:
    await client.post("/sign-up", data=FORM)
    await drain()
    token = link_in(letters(site)[0]).partition("=")[2]

    async def confirm() -> int:
        async with new_client(app) as browser:
            return (await browser.post("/verify", data={"token": token})).status_code

    assert sorted(await asyncio.gather(*(confirm() for _ in range(5)))) == [303, 422, 422, 422, 422]
    assert await scalar(sessions, "SELECT count(*) FROM events WHERE name = 'EmailVerified'") == 1


async def test_one_address_signed_up_twice_at_once_has_one_account(app: FastAPI, sessions: Sessions) -> None:
    async def join() -> int:
        async with new_client(app) as browser:
            return (await browser.post("/sign-up", data=FORM)).status_code

    assert await asyncio.gather(*(join() for _ in range(4))) == [303] * 4
    assert await scalar(sessions, "SELECT count(*) FROM users") == 1
    assert await scalar(sessions, "SELECT count(*) FROM passwords") == 1


async def test_a_set_up_that_lost_the_race_makes_nobody(app: FastAPI, sessions: Sessions) -> None:
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        token = await service.make_setup_token(session)
    assert token is not None

    async def begin(number: int) -> int:
        async with new_client(app) as browser:
            form = FORM | {"token": token, "email": f"first{number}@example.com"}
            return (await browser.post("/setup", data=form)).status_code

    statuses = await asyncio.gather(*(begin(number) for number in range(3)))

    assert sorted(statuses) == [303, 403, 403]
    assert await scalar(sessions, "SELECT count(*) FROM users WHERE role = 'super_admin'") == 1


async def test_keys_made_at_once_stay_within_the_limit(owner: Caller, sessions: Sessions) -> None:
    wanted = {"name": "backup", "scopes": ["jobs:read"]}

    answers = await asyncio.gather(*(owner.client.post("/api/v1/api-keys", json=wanted) for _ in range(14)))

    assert sorted(answer.status_code for answer in answers) == [201] * 10 + [409] * 4
    assert await scalar(sessions, "SELECT count(*) FROM api_keys") == 10


async def test_a_link_task_that_runs_twice_sends_one_mail(
    client: httpx.AsyncClient, site: Site, sessions: Sessions, context: TaskContext, drain: Drain
) -> None:
    await client.post("/sign-up", data=FORM)
    await drain()
    async with sessions.read(role=DbRole.SYSTEM) as session:
        args = await session.scalar(text("SELECT args->'message' FROM procrastinate_jobs"))

    await send_verification(SendVerification.model_validate(args), context)

    assert len(letters(site)) == 1
    assert await scalar(sessions, "SELECT count(*) FROM one_time_tokens") == 1


async def test_an_account_closed_between_password_and_session_gets_no_session(sessions: Sessions) -> None:
    person = await new_person(sessions)
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        await session.execute(text("UPDATE users SET status = 'suspended'"))

    with pytest.raises(errors.WrongCredentials):
        async with sessions.begin() as session:
            await service.sign_in(session, person.id, visitor=Visitor(), now=utc_now())


async def test_a_token_of_nobody_proves_nobody(sessions: Sessions) -> None:
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        token = await service.make_setup_token(session)
    assert token is not None

    with pytest.raises(errors.BadLink):
        async with sessions.begin() as session:
            await use_link(session, TokenPurpose.SETUP, token)


async def test_what_is_long_over_is_forgotten(owner: Caller, sessions: Sessions, context: TaskContext) -> None:
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        await session.execute(text("UPDATE one_time_tokens SET expires_at = now() - interval '8 days'"))
        await session.execute(text("UPDATE sessions SET revoked_at = now() - interval '6 days'"))
    await forget(context)
    young = await scalar(sessions, "SELECT count(*) FROM sessions")
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        await session.execute(text("UPDATE sessions SET revoked_at = now() - interval '8 days'"))
    await forget(context)

    assert young == 1
    assert await scalar(sessions, "SELECT count(*) FROM sessions") == 0
    assert await scalar(sessions, "SELECT count(*) FROM one_time_tokens") == 0
