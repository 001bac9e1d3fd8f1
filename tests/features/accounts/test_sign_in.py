"""Signing in and out, sessions, and what strangers may not find out."""

from collections.abc import Sequence
from uuid import UUID

import bcrypt
import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from atelier.features.accounts import make_sign_in_token
from atelier.runtime.db import DbRole, Sessions
from tests.support.people import Caller, Person, new_person, sign_in, sign_in_as
from tests.support.web import new_client

EMAIL = "ada@example.com"
PASSWORD = "blue-kettle-under-rain"


@pytest.fixture
async def ada(client: httpx.AsyncClient) -> UUID:
    """An account with a password, made by the page."""
    await client.post("/sign-up", data={"email": EMAIL, "name": "Ada", "password": PASSWORD})
    return UUID(int=0)


async def enter(client: httpx.AsyncClient, password: str = PASSWORD, **more: str) -> httpx.Response:
    return await client.post("/sign-in", data={"email": EMAIL, "password": password} | more)


async def run(sessions: Sessions, statement: str, **values: object) -> Sequence[object]:
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        result = await session.execute(text(statement), values)
        return result.scalars().all() if result.returns_rows else ()  # type: ignore[attr-defined]


async def actions(sessions: Sessions) -> Sequence[object]:
    return await run(sessions, "SELECT action FROM audit_entries ORDER BY number")


async def test_the_cookie_is_closed_to_scripts_and_other_sites(client: httpx.AsyncClient, ada: UUID) -> None:
    answer = await enter(client)

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("atelier_session=")
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}


async def test_wrong_password_and_unknown_address_read_the_same(client: httpx.AsyncClient, ada: UUID) -> None:
    wrong = await enter(client, "not-the-password")
    unknown = await client.post("/sign-in", data={"email": "eve@example.com", "password": "not-the-password"})

    assert wrong.status_code == unknown.status_code == 422
    blank = wrong.text.replace(EMAIL, ""), unknown.text.replace("eve@example.com", "")
    assert _without_nonces(blank[0], wrong) == _without_nonces(blank[1], unknown)


def _without_nonces(page: str, answer: httpx.Response) -> str:
    nonce = answer.headers["content-security-policy"].split("'nonce-")[1].split("'")[0]
    return page.replace(nonce, "").replace(answer.headers["x-request-id"], "")


async def test_an_account_without_a_password_is_refused(client: httpx.AsyncClient, sessions: Sessions) -> None:
    await new_person(sessions, email=EMAIL)

    assert (await enter(client)).status_code == 422


async def test_a_form_with_holes_comes_back(client: httpx.AsyncClient) -> None:
    answer = await client.post("/sign-in", data={"email": EMAIL, "next": "/wallet"})

    assert answer.status_code == 422
    assert 'value="/wallet"' in answer.text


async def test_attempts_are_limited_and_others_are_not_locked_out(
    app: FastAPI, client: httpx.AsyncClient, ada: UUID, sessions: Sessions
) -> None:
    answers = [await enter(client, "not-the-password") for _ in range(11)]
    elsewhere = httpx.ASGITransport(app, client=("203.0.113.9", 1))
    async with httpx.AsyncClient(transport=elsewhere, base_url="http://127.0.0.1:8000") as owner_elsewhere:
        entered = await enter(owner_elsewhere)

    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert entered.status_code == 303


async def test_a_forged_forwarded_address_buys_no_more_attempts(client: httpx.AsyncClient, ada: UUID) -> None:
    statuses = set()
    for number in range(11):
        client.headers["X-Forwarded-For"] = f"198.51.{number}.1"
        statuses.add((await enter(client, "not-the-password")).status_code)

    assert statuses == {422, 429}


@pytest.mark.parametrize(
    ("wish", "place"),
    [
        ("/wallet?from=1", "/wallet?from=1"),
        ("https://evil.example/", "/studio"),
        ("//evil.example/", "/studio"),
        ("/\\evil.example", "/studio"),
        ("\\\\evil.example", "/studio"),
        ("/\t/evil.example", "/studio"),
        ("javascript:alert(1)", "/studio"),
        ("wallet", "/studio"),
        ("//[", "/studio"),
        ("/" + "a" * 600, "/studio"),
        ("", "/studio"),
    ],
)
async def test_one_lands_on_our_own_pages_only(client: httpx.AsyncClient, ada: UUID, wish: str, place: str) -> None:
    answer = await enter(client, next=wish)

    assert answer.headers["location"] == place
    assert (await client.get("/sign-in", params={"next": wish})).headers["location"] == place


async def test_signing_in_again_ends_the_session_before(app: FastAPI, client: httpx.AsyncClient, ada: UUID) -> None:
    await enter(client)
    first = client.cookies["atelier_session"]
    await enter(client)

    async with new_client(app) as old:
        old.cookies["atelier_session"] = first
        answer = await old.get("/api/v1/me")
    assert client.cookies["atelier_session"] != first
    assert answer.status_code == 401
    assert (await client.get("/api/v1/me")).status_code == 200


async def test_a_planted_cookie_is_never_taken_over(client: httpx.AsyncClient, ada: UUID) -> None:
    client.cookies["atelier_session"] = "planted"

    answer = await enter(client)

    assert "atelier_session=planted" not in answer.headers["set-cookie"]


async def test_signing_out_ends_the_session_itself(app: FastAPI, owner: Caller) -> None:
    cookie = owner.client.cookies["atelier_session"]

    answer = await owner.client.post("/sign-out")

    async with new_client(app) as thief:
        thief.cookies["atelier_session"] = cookie
        assert (await thief.get("/api/v1/me")).status_code == 401
    assert answer.headers["location"] == "/"
    assert "atelier_session" not in owner.client.cookies


async def test_signing_out_twice_is_no_error(client: httpx.AsyncClient) -> None:
    assert (await client.post("/sign-out")).status_code == 303


async def test_signing_out_by_get_does_nothing(owner: Caller) -> None:
    await owner.client.get("/sign-out")

    assert (await owner.client.get("/api/v1/me")).status_code == 200


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}])
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/sign-up", "/settings/profile", "/settings/api-keys"])
async def test_forms_of_other_sites_are_refused(owner: Caller, path: str, headers: dict[str, str]) -> None:
    assert (await owner.client.post(path, data={}, headers=headers)).status_code == 403


async def test_nobody_is_signed_in_by_another_site(client: httpx.AsyncClient, ada: UUID) -> None:
    answer = await client.post(
        "/sign-in", data={"email": EMAIL, "password": PASSWORD}, headers={"Origin": "https://evil.example"}
    )

    assert answer.status_code == 403


async def test_a_browser_that_hides_its_origin_is_judged_by_its_site(app: FastAPI, owner: Caller) -> None:
    del owner.client.headers["Origin"]

    across = await owner.client.post("/settings/profile", data={}, headers={"Sec-Fetch-Site": "cross-site"})
    silent = await owner.client.post("/settings/profile", data={})
    own = await owner.client.post("/settings/profile", data={"locale": "en"}, headers={"Sec-Fetch-Site": "same-origin"})

    assert (across.status_code, silent.status_code, own.status_code) == (403, 403, 303)


async def test_credentials_of_another_kind_do_not_open_the_origin_check(owner: Caller) -> None:
    headers = {"Origin": "https://evil.example", "Authorization": "Basic YTpi"}

    assert (await owner.client.post("/settings/profile", data={}, headers=headers)).status_code == 403


@pytest.mark.parametrize(
    "aged",
    [
        "UPDATE sessions SET expires_at = now() - interval '1 second'",
        "UPDATE sessions SET last_seen_at = now() - interval '14 days 1 second'",
        "UPDATE sessions SET revoked_at = now()",
        "UPDATE users SET status = 'suspended'",
    ],
)
async def test_a_session_that_is_over_is_nobody(owner: Caller, sessions: Sessions, aged: str) -> None:
    await run(sessions, aged)

    assert (await owner.client.get("/api/v1/me")).status_code == 401
    page = await owner.client.get("/settings")
    assert page.headers["location"] == "/sign-in?next=%2Fsettings"


async def test_last_seen_moves_at_most_every_five_minutes(owner: Caller, sessions: Sessions) -> None:
    await run(sessions, "UPDATE sessions SET last_seen_at = now() - interval '4 minutes'")
    before = await run(sessions, "SELECT last_seen_at FROM sessions")
    await owner.client.get("/api/v1/me")
    young = await run(sessions, "SELECT last_seen_at FROM sessions")
    await run(sessions, "UPDATE sessions SET last_seen_at = now() - interval '6 minutes'")
    await owner.client.get("/api/v1/me")

    assert young == before
    assert await run(sessions, "SELECT last_seen_at > now() - interval '1 minute' FROM sessions") == [True]


async def test_a_suspended_person_cannot_sign_in(client: httpx.AsyncClient, ada: UUID, sessions: Sessions) -> None:
    await run(sessions, "UPDATE users SET status = 'suspended'")

    assert (await enter(client)).status_code == 422


async def test_a_hash_of_bcrypt_is_taken_and_replaced(client: httpx.AsyncClient, ada: UUID, sessions: Sessions) -> None:
    old = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    await run(sessions, "UPDATE passwords SET hash = :hash", hash=old)

    first, second = await enter(client), await enter(client)

    assert (first.status_code, second.status_code) == (303, 303)
    assert str((await run(sessions, "SELECT hash FROM passwords"))[0]).startswith("$argon2id$")


async def test_attempts_and_sessions_are_in_the_trail(client: httpx.AsyncClient, ada: UUID, sessions: Sessions) -> None:
    await enter(client, "not-the-password")
    await client.post("/sign-in", data={"email": "eve@example.com", "password": "not-the-password"})
    await enter(client)
    await client.post("/sign-out")

    assert await actions(sessions) == ["sign_up", "sign_in_refused", "sign_in_refused", "sign_in", "sign_out"]


@pytest.fixture
async def link(sessions: Sessions) -> str:
    """The path of a one-time sign-in link."""
    person: Person = await new_person(sessions)
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        return f"/sign-in/link/{await make_sign_in_token(session, person.id)}"


async def test_a_one_time_link_signs_in_once(client: httpx.AsyncClient, link: str) -> None:
    page = await client.get(link)
    first = await client.post(link)
    second = await client.post(link)

    assert (page.status_code, first.status_code, second.status_code) == (200, 303, 422)


async def test_a_one_time_link_lives_for_a_quarter_of_an_hour(
    client: httpx.AsyncClient, link: str, sessions: Sessions
) -> None:
    await run(sessions, "UPDATE one_time_tokens SET expires_at = expires_at - interval '15 minutes'")

    assert (await client.post(link)).status_code == 422


async def test_a_link_of_a_suspended_person_is_worth_nothing(
    client: httpx.AsyncClient, link: str, sessions: Sessions
) -> None:
    await run(sessions, "UPDATE users SET status = 'suspended'")

    assert (await client.post(link)).status_code == 422


async def test_a_sign_in_link_resets_no_password(client: httpx.AsyncClient, link: str) -> None:
    token = link.rpartition("/")[2]

    answer = await client.post(f"/reset/{token}", data={"password": "another-good-one"})

    assert answer.status_code == 422


async def test_one_sees_and_ends_the_own_sessions(app: FastAPI, owner: Caller) -> None:
    other = await sign_in(app, owner)
    listed = (await owner.client.get("/api/v1/sessions")).json()
    other_id = next(row["id"] for row in listed["items"] if row["id"] != listed["current_id"])

    ended = await owner.client.delete(f"/api/v1/sessions/{other_id}")
    again = await owner.client.delete(f"/api/v1/sessions/{other_id}")

    assert len(listed["items"]) == 2
    assert (ended.status_code, again.status_code) == (204, 404)
    assert (await other.get("/api/v1/me")).status_code == 401
    assert (await owner.client.get("/api/v1/me")).status_code == 200


async def test_a_page_ends_one_session_or_all_others(app: FastAPI, owner: Caller) -> None:
    second, third, fourth = [await sign_in_as(app, owner) for _ in range(3)]
    current = (await second.client.get("/api/v1/sessions")).json()["current_id"]

    one = await owner.client.post(f"/settings/sessions/{current}/end")
    others = await owner.client.post("/settings/sessions/end-others")

    assert (one.status_code, others.status_code) == (303, 303)
    statuses = [(await caller.client.get("/api/v1/me")).status_code for caller in (owner, second, third, fourth)]
    assert statuses == [200, 401, 401, 401]
    assert (await owner.client.delete("/api/v1/sessions")).json() == {"ended": 0}


async def test_a_stranger_ends_nobody_elses_session(owner: Caller, stranger: Caller) -> None:
    session_id = (await owner.client.get("/api/v1/sessions")).json()["current_id"]

    by_api = await stranger.client.delete(f"/api/v1/sessions/{session_id}")
    by_page = await stranger.client.post(f"/settings/sessions/{session_id}/end")

    assert (by_api.status_code, by_page.status_code) == (404, 404)
    assert (await owner.client.get("/api/v1/me")).status_code == 200
