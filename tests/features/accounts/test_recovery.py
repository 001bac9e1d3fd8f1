"""New passwords, by a link or by the old one."""

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from atelier.features.accounts import Scope
from atelier.features.accounts.api_keys import SHAPE
from atelier.runtime.db import DbRole, Sessions
from atelier.runtime.web.site import Site
from tests.support.people import (
    Caller,
    Drain,
    api_key_client,
    bearer_client,
    letters,
    link_in,
    new_api_key,
    new_person,
    sign_in,
)
from tests.support.web import new_client

EMAIL = "ada@example.com"
OLD = "blue-kettle-under-rain"
NEW = "green-lantern-over-snow"


async def reset_link(client: httpx.AsyncClient, site: Site, drain: Drain, email: str = EMAIL) -> str:
    await client.post("/reset", data={"email": email})
    await drain()
    return link_in(letters(site)[-1])


async def enter(client: httpx.AsyncClient, password: str) -> int:
    return (await client.post("/sign-in", data={"email": EMAIL, "password": password})).status_code


async def run(sessions: Sessions, statement: str) -> None:
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        await session.execute(text(statement))


@pytest.fixture
async def ada(client: httpx.AsyncClient, site: Site, drain: Drain) -> httpx.AsyncClient:
    """A browser of somebody who signed up, verified and signed in."""
    await client.post("/sign-up", data={"email": EMAIL, "password": OLD})
    await drain()
    await client.post("/verify", data={"token": link_in(letters(site)[0]).partition("=")[2]})
    await enter(client, OLD)
    return client


async def test_a_link_changes_the_password_once_and_ends_all_sessions(
    app: FastAPI, ada: httpx.AsyncClient, site: Site, drain: Drain
) -> None:
    held = ada.cookies["atelier_session"]
    link = await reset_link(ada, site, drain)
    shown = await ada.get(link)
    done = await ada.post(link, data={"password": NEW})
    again = await ada.post(link, data={"password": "yet-another-one"})
    ada.cookies["atelier_session"] = held

    assert (shown.status_code, done.status_code, again.status_code) == (200, 303, 422)
    assert (await ada.get("/api/v1/me")).status_code == 401
    assert (await enter(ada, OLD), await enter(ada, NEW)) == (422, 303)


async def test_the_owner_is_told_of_the_change(ada: httpx.AsyncClient, site: Site, drain: Drain) -> None:
    await ada.post(await reset_link(ada, site, drain), data={"password": NEW})
    await drain()

    assert str(letters(site)[-1]["Subject"]) == "Your password was changed"


async def test_known_and_unknown_addresses_are_answered_alike(
    ada: httpx.AsyncClient, site: Site, sessions: Sessions, drain: Drain
) -> None:
    await new_person(sessions, email="closed@example.com")
    await run(sessions, "UPDATE users SET status = 'suspended' WHERE email = 'closed@example.com'")
    before = len(letters(site))

    answers = [await ada.post("/reset", data={"email": f"{name}@example.com"}) for name in ("ada", "eve", "closed")]
    await drain()

    assert len({(answer.status_code, answer.headers["location"], answer.text) for answer in answers}) == 1
    assert (await ada.get(answers[0].headers["location"])).status_code == 200
    assert [str(letter["To"]) for letter in letters(site)[before:]] == [EMAIL]


async def test_a_link_dies_after_an_hour(ada: httpx.AsyncClient, site: Site, sessions: Sessions, drain: Drain) -> None:
    link = await reset_link(ada, site, drain)
    await run(sessions, "UPDATE one_time_tokens SET expires_at = expires_at - interval '1 hour'")

    assert (await ada.post(link, data={"password": NEW})).status_code == 422


async def test_using_one_link_ends_the_others(ada: httpx.AsyncClient, site: Site, drain: Drain) -> None:
    first, second = [await reset_link(ada, site, drain) for _ in range(2)]
    await ada.post(first, data={"password": NEW})

    assert (await ada.post(second, data={"password": OLD})).status_code == 422


@pytest.mark.parametrize("password", ["", "short", "password123", "ada-" + "x" * 130])
async def test_a_bad_password_does_not_use_the_link_up(
    ada: httpx.AsyncClient, site: Site, drain: Drain, password: str
) -> None:
    link = await reset_link(ada, site, drain)

    assert (await ada.post(link, data={"password": password})).status_code == 422
    assert (await ada.post(link, data={"password": NEW})).status_code == 303


async def test_requests_for_one_address_are_limited(client: httpx.AsyncClient) -> None:
    answers = [await client.post("/reset", data={"email": "eve@example.com"}) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [303] * 5 + [429]


@pytest.mark.parametrize("email", ["", "nobody"])
async def test_what_is_no_address_comes_back(client: httpx.AsyncClient, email: str) -> None:
    assert (await client.get("/reset")).status_code == 200
    assert (await client.post("/reset", data={"email": email})).status_code == 422


async def test_an_account_that_a_stranger_made_loses_the_strangers_keys(
    app: FastAPI, client: httpx.AsyncClient, site: Site, sessions: Sessions, drain: Drain
) -> None:
    person = await new_person(sessions, email=EMAIL, verified=False)
    program = await api_key_client(app, person)
    planted = await sign_in(app, person)

    await client.post(await reset_link(client, site, drain), data={"password": NEW})

    assert (await program.get("/api/v1/me")).status_code == 401
    assert (await planted.get("/api/v1/me")).status_code == 401
    assert await enter(client, NEW) == 303
    assert (await client.get("/api/v1/me")).json()["is_verified"] is True


async def test_a_proven_owner_keeps_the_keys(app: FastAPI, ada: httpx.AsyncClient, site: Site, drain: Drain) -> None:
    form = {"key_name": "backup", "scopes": [Scope.JOBS_READ]}
    page = await ada.post("/settings/api-keys", data=form)
    found = SHAPE.search(page.text)
    assert found is not None

    await ada.post(await reset_link(ada, site, drain), data={"password": NEW})

    async with bearer_client(app, found.group()) as program:
        assert (await program.get("/api/v1/me")).status_code == 200


async def test_the_old_password_changes_it_and_ends_the_other_sessions(app: FastAPI, ada: httpx.AsyncClient) -> None:
    async with new_client(app) as other:
        await enter(other, OLD)
        done = await ada.post("/settings/password", data={"current_password": OLD, "new_password": NEW})

        assert done.status_code == 303
        assert (await other.get("/api/v1/me")).status_code == 401
        assert (await ada.get("/api/v1/me")).status_code == 200
        assert (await enter(other, OLD), await enter(other, NEW)) == (422, 303)


@pytest.mark.parametrize(
    ("current", "new", "words"),
    [
        ("not-the-password", NEW, "not your current password"),
        (OLD, "short", "at least 8"),
        (OLD, "", "too short"),
        ("", NEW, "too short"),
    ],
)
async def test_a_change_that_is_refused_changes_nothing(
    ada: httpx.AsyncClient, current: str, new: str, words: str
) -> None:
    answer = await ada.post("/settings/password", data={"current_password": current, "new_password": new})

    assert answer.status_code == 422
    assert words in answer.text
    assert await enter(ada, OLD) == 303


async def test_guessing_the_current_password_is_limited(ada: httpx.AsyncClient) -> None:
    form = {"current_password": "not-the-password", "new_password": NEW}

    statuses = [(await ada.post("/settings/password", data=form)).status_code for _ in range(11)]

    assert statuses[-1] == 429


async def test_somebody_without_a_password_is_pointed_to_the_link(owner: Caller) -> None:
    form = {"current_password": "", "new_password": NEW}

    answer = await owner.client.post("/settings/password", data=form)

    assert answer.status_code == 422
    assert 'href="/reset"' in answer.text


async def test_a_change_ends_links_that_are_under_way(ada: httpx.AsyncClient, site: Site, drain: Drain) -> None:
    link = await reset_link(ada, site, drain)
    await ada.post("/settings/password", data={"current_password": OLD, "new_password": NEW})

    assert (await ada.post(link, data={"password": OLD})).status_code == 422


async def test_no_key_reaches_the_settings(app: FastAPI, sessions: Sessions) -> None:
    _id, key = await new_api_key(sessions, await new_person(sessions))

    async with bearer_client(app, key) as program:
        for path in ("/settings", "/api/v1/sessions", "/api/v1/api-keys"):
            assert (await program.get(path)).status_code == 403
