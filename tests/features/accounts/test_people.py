"""Profiles, roles and states, and the first administrator."""

from collections.abc import Sequence

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from atelier.features.accounts import AccountStatus, AddressTaken, NewUser, create_user, make_setup_token
from atelier.features.accounts.service import change_role, change_status
from atelier.kernel.actor import Role
from atelier.kernel.clock import utc_now
from atelier.kernel.errors import Conflict
from atelier.kernel.ids import new_id
from atelier.runtime.db import DbRole, Sessions
from tests.support.people import Caller, new_person, sign_in_as

FIRST = {"email": "first@example.com", "name": "First", "password": "blue-kettle-under-rain"}


async def run(sessions: Sessions, statement: str, **values: object) -> Sequence[object]:
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        result = await session.execute(text(statement), values)
        return result.scalars().all() if result.returns_rows else ()  # type: ignore[attr-defined]


async def role_of(sessions: Sessions, person: Caller) -> object:
    return (await run(sessions, "SELECT role FROM users WHERE id = :id", id=person.id))[0]


async def test_one_changes_name_and_language(owner: Caller) -> None:
    done = await owner.client.post("/settings/profile", data={"name": " Ada  <b>", "locale": "tr"})
    page = await owner.client.get("/settings")

    assert done.status_code == 303
    assert '<html lang="tr"' in page.text
    assert "Ada  &lt;b&gt;" in page.text


@pytest.mark.parametrize("form", [{"locale": "xx"}, {"locale": "english"}, {"name": "x" * 256, "locale": "en"}, {}])
async def test_a_profile_that_cannot_be_is_refused(owner: Caller, form: dict[str, str]) -> None:
    assert (await owner.client.post("/settings/profile", data=form)).status_code == 422


async def test_the_back_office_lists_finds_and_pages(admin: Caller, sessions: Sessions) -> None:
    for number in range(30):
        await new_person(sessions, email=f"guest{number:02}@example.com")
    await run(sessions, "UPDATE users SET name = 'Grace 100%' WHERE email = 'guest07@example.com'")

    newest = await admin.client.get("/admin/people")
    older_path = newest.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    older = await admin.client.get(older_path)
    found = await admin.client.get("/admin/people", params={"q": "100%"})
    nobody = await admin.client.get("/admin/people", params={"q": "1_0%"})

    assert "guest29@" in newest.text
    assert "guest00@" not in newest.text
    assert "guest00@" in older.text
    assert "Grace" in found.text
    assert "guest08" not in found.text
    assert "Nobody found." in nobody.text


async def test_a_person_is_shown_with_sessions_and_keys(admin: Caller, owner: Caller) -> None:
    await owner.client.post("/api/v1/api-keys", json={"name": "backup", "scopes": ["jobs:read"]})

    page = await admin.client.get(f"/admin/people/{owner.id}")
    missing = await admin.client.get(f"/admin/people/{new_id()}")

    assert page.status_code == 200
    assert "atl_live_" in page.text
    assert f"/admin/people/{owner.id}/adjust" in page.text
    assert missing.status_code == 404


@pytest.mark.parametrize("path", ["/admin/people", "/admin/people/{id}", "/admin/audit", "/admin/errors"])
async def test_the_back_office_is_for_administrators(
    client: httpx.AsyncClient, owner: Caller, stranger: Caller, path: str
) -> None:
    address = path.format(id=owner.id)

    assert (await client.get(address)).status_code == 303
    assert (await stranger.client.get(address)).status_code == 403


async def test_an_administrator_suspends_and_opens_again(admin: Caller, owner: Caller) -> None:
    path = f"/admin/people/{owner.id}/status"
    closed = await admin.client.post(path, data={"status": "suspended"})
    refused = await owner.client.get("/api/v1/me")
    again = await admin.client.post(path, data={"status": "suspended"})
    opened = await admin.client.post(path, data={"status": "active"})

    assert [answer.status_code for answer in (closed, again, opened)] == [303, 303, 303]
    assert refused.status_code == 401
    assert (await owner.client.get("/api/v1/me")).status_code == 401


@pytest.mark.parametrize("status", ["erased", "nonsense", ""])
async def test_other_states_cannot_be_set(admin: Caller, owner: Caller, status: str) -> None:
    answer = await admin.client.post(f"/admin/people/{owner.id}/status", data={"status": status})

    assert answer.status_code == 422


async def test_a_super_administrator_appoints_and_dismisses(
    super_admin: Caller, owner: Caller, sessions: Sessions
) -> None:
    path = f"/admin/people/{owner.id}/role"
    page = await super_admin.client.get(f"/admin/people/{owner.id}")
    up = await super_admin.client.post(path, data={"role": "admin"})
    works = await owner.client.get("/admin/people")
    down = await super_admin.client.post(path, data={"role": "user"})
    nonsense = await super_admin.client.post(path, data={"role": "emperor"})

    assert "Change the role" in page.text
    assert (up.status_code, works.status_code, down.status_code, nonsense.status_code) == (303, 200, 303, 422)
    assert (await owner.client.get("/api/v1/me")).status_code == 401
    assert await role_of(sessions, owner) == "user"


@pytest.mark.parametrize("role", ["admin", "super_admin"])
async def test_an_administrator_appoints_nobody(admin: Caller, owner: Caller, sessions: Sessions, role: str) -> None:
    answer = await admin.client.post(f"/admin/people/{owner.id}/role", data={"role": role})

    assert answer.status_code == 403
    assert await role_of(sessions, owner) == "user"


async def test_an_administrator_cannot_touch_administrators(
    app: FastAPI, admin: Caller, super_admin: Caller, sessions: Sessions
) -> None:
    colleague = await sign_in_as(app, await new_person(sessions, role=Role.ADMIN))

    for person in (super_admin, colleague):
        for path, form in (("status", {"status": "suspended"}), ("role", {"role": "user"})):
            assert (await admin.client.post(f"/admin/people/{person.id}/{path}", data=form)).status_code == 403
    page = await admin.client.get(f"/admin/people/{super_admin.id}")
    assert "Suspend the account" not in page.text


async def test_nobody_changes_the_own_role_or_state(super_admin: Caller, admin: Caller) -> None:
    for caller in (super_admin, admin):
        for path, form in (("status", {"status": "suspended"}), ("role", {"role": "user"})):
            answer = await caller.client.post(f"/admin/people/{caller.id}/{path}", data=form)
            assert answer.status_code == 403


async def test_a_missing_person_cannot_be_changed(admin: Caller) -> None:
    answer = await admin.client.post(f"/admin/people/{new_id()}/status", data={"status": "suspended"})

    assert answer.status_code == 404


async def test_the_last_super_administrator_stays(super_admin: Caller, sessions: Sessions) -> None:
    with pytest.raises(Conflict):
        async with sessions.begin(role=DbRole.SYSTEM) as session:
            await change_role(session, super_admin.id, Role.ADMIN, by="cli")
    with pytest.raises(Conflict):
        async with sessions.begin(role=DbRole.SYSTEM) as session:
            await change_status(session, super_admin.id, AccountStatus.SUSPENDED, by="cli")

    assert await role_of(sessions, super_admin) == "super_admin"


async def test_of_two_super_administrators_one_may_go(super_admin: Caller, sessions: Sessions) -> None:
    other = await new_person(sessions, role=Role.SUPER_ADMIN)

    async with sessions.begin(role=DbRole.SYSTEM) as session:
        await change_role(session, other.id, Role.ADMIN, by=super_admin.actor)
        await change_role(session, other.id, Role.ADMIN, by=super_admin.actor)

    assert await run(sessions, "SELECT count(*) FROM audit_entries WHERE action = 'role_change'") == [1]


async def test_an_address_has_one_account(sessions: Sessions) -> None:
    await new_person(sessions, email="ada@example.com")

    with pytest.raises(AddressTaken):
        await new_person(sessions, email="ADA@example.com")


async def test_an_account_made_with_a_proven_address_says_so(sessions: Sessions) -> None:
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        await create_user(session, NewUser("ada@example.com", is_verified=True), by="cli", now=utc_now())

    assert await run(sessions, "SELECT count(*) FROM events WHERE name = 'EmailVerified'") == [1]


async def setup_path(sessions: Sessions) -> str:
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        return f"/setup?token={await make_setup_token(session)}"


async def test_the_printed_token_makes_the_first_super_administrator_once(
    client: httpx.AsyncClient, sessions: Sessions
) -> None:
    path = await setup_path(sessions)
    token = path.partition("=")[2]
    shown = await client.get(path)
    made = await client.post("/setup", data=FIRST | {"token": token})
    again = await client.post("/setup", data=FIRST | {"token": token, "email": "second@example.com"})

    assert (shown.status_code, made.status_code, again.status_code) == (200, 303, 403)
    me = (await client.get("/api/v1/me")).json()
    assert (me["role"], me["is_verified"], me["email"]) == ("super_admin", True, "first@example.com")
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        assert await make_setup_token(session) is None


async def test_a_newer_token_ends_the_one_before(client: httpx.AsyncClient, sessions: Sessions) -> None:
    old, new = [await setup_path(sessions) for _ in range(2)]

    assert ((await client.get(old)).status_code, (await client.get(new)).status_code) == (422, 200)


@pytest.mark.parametrize("token", ["", "made-up"])
async def test_nobody_sets_up_without_the_token(client: httpx.AsyncClient, sessions: Sessions, token: str) -> None:
    assert (await client.get("/setup", params={"token": token})).status_code == 422
    assert (await client.post("/setup", data=FIRST | {"token": token})).status_code == 422
    assert await run(sessions, "SELECT count(*) FROM users") == [0]


@pytest.mark.parametrize(
    "change", [{"password": "short"}, {"email": "nobody"}, {"email": "taken@example.com"}, {"password": ""}]
)
async def test_a_set_up_that_is_refused_keeps_the_token(
    client: httpx.AsyncClient, sessions: Sessions, change: dict[str, str]
) -> None:
    await new_person(sessions, email="taken@example.com")
    token = (await setup_path(sessions)).partition("=")[2]

    refused = await client.post("/setup", data=FIRST | {"token": token} | change)
    made = await client.post("/setup", data=FIRST | {"token": token})

    assert (refused.status_code, made.status_code) == (422, 303)
