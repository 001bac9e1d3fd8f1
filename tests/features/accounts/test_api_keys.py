"""API keys: their form, what they may do, how they end."""

import re
from collections.abc import Sequence
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from atelier.features.accounts import Scope
from atelier.features.accounts.api_keys import ALPHABET, BRAND, SHAPE, is_well_formed, make_key
from atelier.kernel.clock import utc_now
from atelier.runtime.db import DbRole, Sessions
from tests.support.people import Caller, api_key_client, bearer_client, new_api_key, new_person

WANTED = {"name": "backup", "scopes": ["jobs:read"]}


async def run(sessions: Sessions, statement: str) -> Sequence[object]:
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        result = await session.execute(text(statement))
        return result.scalars().all() if result.returns_rows else ()  # type: ignore[attr-defined]


@given(place=st.integers(len(BRAND), len(BRAND) + 35), step=st.integers(1, len(ALPHABET) - 1))
def test_one_wrong_letter_shows_without_the_database(place: int, step: int) -> None:
    key = make_key().text
    other = ALPHABET[(ALPHABET.index(key[place]) + step) % len(ALPHABET)]

    assert is_well_formed(key)
    assert not is_well_formed(key[:place] + other + key[place + 1 :])


def test_a_scanner_finds_a_key_in_a_file() -> None:
    key = make_key()

    found = SHAPE.search(f'API_KEY="{key.text}"\n')

    assert found is not None
    assert found.group() == key.text
    assert key.text.startswith(key.prefix)
    assert len(key.prefix) >= 12


async def test_a_key_is_shown_once_and_kept_as_a_hash(owner: Caller, sessions: Sessions) -> None:
    made = await owner.client.post("/api/v1/api-keys", json=WANTED | {"budget": 100})
    listed = (await owner.client.get("/api/v1/api-keys")).json()["items"]

    key = made.json()["key"]
    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    assert [row["key_prefix"] for row in listed] == [key[:15]]
    assert (listed[0]["budget"], listed[0]["scopes"]) == (100, ["jobs:read"])
    assert key not in str(await run(sessions, "SELECT t::text FROM api_keys t"))
    assert key not in str(await run(sessions, "SELECT t::text FROM audit_entries t"))


async def test_a_key_says_who_one_is_and_what_it_may(app: FastAPI, owner: Caller) -> None:
    async with await api_key_client(app, owner, Scope.JOBS_READ, Scope.WALLET_READ) as program:
        me = (await program.get("/api/v1/me")).json()

    assert (me["id"], me["via"], me["scopes"]) == (str(owner.id), "api_key", ["jobs:read", "wallet:read"])
    assert (await owner.client.get("/api/v1/me")).json()["scopes"] is None


async def test_a_key_without_the_scope_is_refused(app: FastAPI, owner: Caller) -> None:
    async with await api_key_client(app, owner, Scope.JOBS_READ) as program:
        refused = await program.get("/api/v1/wallet")
    async with await api_key_client(app, owner, Scope.WALLET_READ) as program:
        allowed = await program.get("/api/v1/wallet")

    assert (refused.status_code, refused.json()["code"]) == (403, "missing-scope")
    assert allowed.status_code == 200


async def test_no_key_makes_or_revokes_keys(app: FastAPI, owner: Caller) -> None:
    async with await api_key_client(app, owner) as program:
        made = await program.post("/api/v1/api-keys", json=WANTED)
        ended = await program.delete("/api/v1/sessions")

    assert (made.status_code, ended.status_code) == (403, 403)


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer nonsense",
        "bearer atl_live_" + "0" * 36,
        f"Bearer {make_key().text}",
        f"Bearer {make_key().text[:-1]}",
        "Bearer é",
    ],
    ids=["nothing", "nonsense", "no checksum", "unknown", "cut off", "no ascii"],
)
async def test_a_bad_bearer_is_refused_even_beside_a_good_cookie(owner: Caller, header: str) -> None:
    answer = await owner.client.get("/api/v1/me", headers={b"Authorization": header.encode()})

    assert (answer.status_code, answer.json()["code"]) == (401, "invalid-api-key")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "end",
    [
        "UPDATE api_keys SET is_active = false",
        "UPDATE api_keys SET expires_at = now() - interval '1 second'",
        "UPDATE users SET status = 'suspended'",
    ],
)
async def test_a_key_that_ended_is_refused(app: FastAPI, sessions: Sessions, end: str) -> None:
    async with await api_key_client(app, await new_person(sessions)) as program:
        before = await program.get("/api/v1/me")
        await run(sessions, end)
        after = await program.get("/api/v1/me")

    assert (before.status_code, after.status_code) == (200, 401)


async def test_a_revoked_key_is_refused_at_once(revoked_key_client: httpx.AsyncClient) -> None:
    assert (await revoked_key_client.get("/api/v1/me")).status_code == 401


async def test_a_key_is_revoked_once_and_by_its_owner_only(owner: Caller, stranger: Caller, sessions: Sessions) -> None:
    key_id, _key = await new_api_key(sessions, owner)

    by_stranger = await stranger.client.delete(f"/api/v1/api-keys/{key_id}")
    by_page = await stranger.client.post(f"/settings/api-keys/{key_id}/revoke")
    by_owner = await owner.client.delete(f"/api/v1/api-keys/{key_id}")
    again = await owner.client.delete(f"/api/v1/api-keys/{key_id}")

    statuses = [answer.status_code for answer in (by_stranger, by_page, by_owner, again)]
    assert statuses == [404, 404, 204, 404]
    assert (await stranger.client.get("/api/v1/api-keys")).json()["items"] == []


async def test_the_use_of_a_key_is_noted_every_five_minutes(app: FastAPI, owner: Caller, sessions: Sessions) -> None:
    async with await api_key_client(app, owner) as program:
        await program.get("/api/v1/me")
        first = await run(sessions, "SELECT last_used_at FROM api_keys")
        await program.get("/api/v1/me")
        second = await run(sessions, "SELECT last_used_at FROM api_keys")
        await run(sessions, "UPDATE api_keys SET last_used_at = now() - interval '6 minutes'")
        await program.get("/api/v1/me")

    assert first == second != [None]
    assert await run(sessions, "SELECT last_used_at > now() - interval '1 minute' FROM api_keys") == [True]


async def test_a_repeated_idempotency_key_makes_no_second_key_and_shows_no_secret(owner: Caller) -> None:
    headers = {"Idempotency-Key": "once"}

    first = await owner.client.post("/api/v1/api-keys", json=WANTED, headers=headers)
    second = await owner.client.post("/api/v1/api-keys", json=WANTED, headers=headers)

    assert (first.status_code, second.status_code) == (201, 409)
    assert second.json()["code"] == "secret-shown-once"
    assert len((await owner.client.get("/api/v1/api-keys")).json()["items"]) == 1


async def test_there_are_only_so_many_keys(owner: Caller, sessions: Sessions) -> None:
    made = [(await owner.client.post("/api/v1/api-keys", json=WANTED)).status_code for _ in range(11)]
    by_page = await owner.client.post("/settings/api-keys", data={"key_name": "one more", "scopes": ["jobs:read"]})
    await run(sessions, "UPDATE api_keys SET expires_at = now() WHERE id = (SELECT id FROM api_keys LIMIT 1)")
    instead = await owner.client.post("/api/v1/api-keys", json=WANTED)

    assert made == [201] * 10 + [409]
    assert by_page.status_code == 422
    assert "10 API keys already" in by_page.text
    assert instead.status_code == 201


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "x" * 51},
        {"scopes": []},
        {"scopes": ["admin"]},
        {"scopes": ["*"]},
        {"budget": -1},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "2099-01-01T00:00:00"},
        {"user_id": "01a1f964-bc69-7ce0-838d-c601326612f8"},
    ],
)
async def test_a_key_that_cannot_be_is_refused(owner: Caller, change: dict[str, object]) -> None:
    assert (await owner.client.post("/api/v1/api-keys", json=WANTED | change)).status_code == 422


async def test_the_page_makes_a_key_that_works_and_revokes_it(app: FastAPI, owner: Caller) -> None:
    form = {"key_name": "backup", "scopes": ["jobs:read", "wallet:read"], "expires_on": f"{utc_now():%Y-%m-%d}"}
    page = await owner.client.post("/settings/api-keys", data=form)
    found = re.search(SHAPE, page.text)
    assert found is not None
    key_id = (await owner.client.get("/api/v1/api-keys")).json()["items"][0]["id"]

    async with bearer_client(app, found.group()) as program:
        works = await program.get("/api/v1/wallet")
        later = await owner.client.get("/settings")
        revoked = await owner.client.post(f"/settings/api-keys/{key_id}/revoke")
        ended = await program.get("/api/v1/wallet")

    assert (works.status_code, revoked.status_code, ended.status_code) == (200, 303, 401)
    assert page.headers["cache-control"] == "no-store"
    assert found.group() not in later.text


@pytest.mark.parametrize(
    "form",
    [
        {"key_name": "backup"},
        {"key_name": "", "scopes": ["jobs:read"]},
        {"key_name": "backup", "scopes": ["everything"]},
        {"key_name": "backup", "scopes": ["jobs:read"], "expires_on": f"{utc_now() - timedelta(days=2):%Y-%m-%d}"},
    ],
)
async def test_the_page_says_what_is_wrong_with_a_key(owner: Caller, form: dict[str, object]) -> None:
    answer = await owner.client.post("/settings/api-keys", data=form)

    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert SHAPE.search(answer.text) is None
