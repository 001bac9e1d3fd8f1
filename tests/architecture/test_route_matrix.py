"""Every route × {anonymous, stranger, owner, administrator, revoked key}, generated from the routes themselves."""

import asyncio
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from atelier.entrypoints.wiring import wire
from atelier.features.assets import Gate
from atelier.kernel.ids import new_id
from atelier.runtime.db import Sessions
from atelier.runtime.settings import Settings
from tests.support.factories import give_units
from tests.support.jobs import Stub, new_image, new_worker, order
from tests.support.people import Caller, api_key_client, new_api_key, sign_in
from tests.support.stripping import without_own_filters
from tests.support.web import new_client

ROWS: Mapping[str, list[str]] = tomllib.loads((Path(__file__).parent / "route_matrix.toml").read_text())
KINDS = {row: kind for kind, rows in ROWS.items() for row in rows}
STREAM_SECONDS = 1.5

BODIES: Mapping[str, Mapping[str, Any]] = {
    "PATCH /api/v1/images/{image_id}": {"json": {"name": "new.jpg"}},
    "POST /api/v1/quotes": {"json": {"product": "enhancement", "options": {"tier": "1k"}}},
    "POST /jobs/{job_id}/retry": {"data": {"key": "matrix"}},
}
"""Without these a route would refuse the body before it looks at who is asking."""


def routes(app: FastAPI) -> Iterator[str]:
    for context in iter_route_contexts(app.routes):
        for method in sorted(context.methods or ()):
            if method not in {"HEAD", "OPTIONS"}:
                yield f"{method} {context.path}"


@dataclass(frozen=True)
class Things:
    """What the owner owns, by the name of the path parameter: one of each for the API, another for the pages."""

    api: Mapping[str, str]
    pages: Mapping[str, str]

    def address(self, row: str) -> tuple[str, str]:
        method, path = row.split(" ", 1)
        ids = self.api if "/api/" in path else self.pages
        return method, re.sub(r"\{(\w+)(:\w+)?\}", lambda found: ids.get(found[1], str(new_id())), path)


@pytest.fixture
async def things(app: FastAPI, sessions: Sessions, settings: Settings, owner: Caller, tmp_path: Path) -> Things:
    """Finished jobs with their pictures, API keys and sessions of the owner's."""
    gate = wire(settings).get(Gate)
    await give_units(sessions, owner.id, 50)
    made = [await _thing(app, sessions, owner, gate=gate, folder=tmp_path) for _ in range(2)]
    return Things(*made)


async def _thing(app: FastAPI, sessions: Sessions, owner: Caller, *, gate: Gate, folder: Path) -> Mapping[str, str]:
    stub = Stub()
    image_id = await new_image(sessions, gate, owner.id, folder)
    job_id = await order(sessions, stub.pipelines(), owner.id, image_id)
    await new_worker(sessions, stub.pipelines(), gate).run_due()
    key_id, _key = await new_api_key(sessions, owner)
    await (await sign_in(app, owner)).aclose()
    listed = (await owner.client.get("/api/v1/sessions")).json()
    newest = max(listed["items"], key=lambda item: str(item["created_at"]))
    ids = {"image_id": image_id, "job_id": job_id, "key_id": key_id, "session_id": newest["id"], "user_id": owner.id}
    return {name: str(value) for name, value in ids.items()}


async def ask(client: httpx.AsyncClient, things: Things, row: str) -> int:
    """The status of the answer; 200 for a stream that goes on."""
    method, path = things.address(row)
    try:
        answer = await asyncio.wait_for(client.request(method, path, **BODIES.get(row, {})), STREAM_SECONDS)
    except TimeoutError:
        return 200
    if answer.status_code == httpx.codes.SEE_OTHER and answer.headers["location"].startswith("/sign-in?next="):
        return 401
    return answer.status_code


REFUSED = {401, 403, 404}
ALL = ("anonymous", "stranger", "owner", "admin")
NOBODY = {"anonymous": "401", "revoked": "401"}
EXPECTED: Mapping[str, Mapping[str, str]] = {
    "public": dict.fromkeys(ALL, "let in"),
    "link": dict.fromkeys(ALL, "refused"),
    "person": NOBODY | {"key": "let in", "stranger": "let in", "owner": "let in", "admin": "let in"},
    "session": NOBODY | {"key": "403", "stranger": "let in", "owner": "let in", "admin": "let in"},
    "owned": NOBODY | {"stranger": "404", "owner": "let in", "admin": "404"},
    "own": NOBODY | {"key": "403", "stranger": "404", "owner": "let in", "admin": "404"},
    "admin": NOBODY | {"key": "403", "stranger": "403", "owner": "403", "admin": "let in"},
}
PROGRAMS = {"key", "revoked"}
"""They ask the API only: pages know no keys."""
EMPTY = {
    "GET /admin/errors/{group_id}",
    "POST /admin/errors/{group_id}",
    "POST /api/v1/images/{image_id}/restore",
    "POST /images/{image_id}/restore",
}
"""There is no error to look at, and nothing in the bin: for those who are let in it is not found."""


def is_as_expected(expected: str, status: int) -> bool:
    if expected == "let in":
        return status not in REFUSED and status < httpx.codes.INTERNAL_SERVER_ERROR
    if expected == "refused":
        return status in {403, 404, 409, 422}
    return str(status) == expected


def in_order(row: str) -> tuple[int, str]:
    """What ends or deletes something comes last, so that the rows before it find it."""
    method, path = row.split(" ", 1)
    if path in {"/sign-out", "/settings/sessions/end-others"} or row == "DELETE /api/v1/sessions":
        return (2, row)
    ends = method == "DELETE" or path.endswith(("/delete", "/revoke", "/end", "/cancel"))
    return (int(ends), row)


async def test_every_route_has_a_row_and_every_row_a_route(app: FastAPI) -> None:
    found = set(routes(app))

    assert {"without a row": found - set(KINDS), "without a route": set(KINDS) - found} == {
        "without a row": set(),
        "without a route": set(),
    }


@pytest.mark.timeout(240)
async def test_nobody_gets_further_than_their_row_says(  # one round over all, so that the set-up is made once
    app: FastAPI, things: Things, owner: Caller, stranger: Caller, admin: Caller, revoked_key_client: httpx.AsyncClient
) -> None:
    key_client = await api_key_client(app, owner)
    wrong = []
    rows = sorted(KINDS, key=in_order)
    async with new_client(app) as anonymous:
        callers = {
            "anonymous": anonymous,
            "revoked": revoked_key_client,
            "key": key_client,
            "stranger": stranger.client,
            "admin": admin.client,
            "owner": owner.client,
        }
        for name, client in callers.items():
            for row in rows:
                expected = EXPECTED[KINDS[row]].get(name)
                if expected is None or (name in PROGRAMS and "/api/" not in row):
                    continue
                status = await ask(client, things, row)
                fits = is_as_expected(expected, status) or (row in EMPTY and (expected, status) == ("let in", 404))
                if not fits:
                    wrong.append(f"{row} as {name}: expected {expected}, got {status}")

    assert wrong == []


async def test_row_security_alone_keeps_strangers_out(
    app: FastAPI, things: Things, stranger: Caller, admin: Caller
) -> None:
    """The same rows with the application's own `user_id = …` taken out of every statement."""
    rows = [row for kind in ("owned", "own") for row in ROWS[kind]]
    lists = ("/api/v1/images", "/api/v1/jobs", "/api/v1/wallet/entries", "/api/v1/sessions", "/api/v1/api-keys")
    wrong = []
    with without_own_filters(app.state.site.sessions.engine) as stripped:
        for caller in (stranger, admin):
            for row in rows:
                status = await ask(caller.client, things, row)
                if status != httpx.codes.NOT_FOUND:
                    wrong.append(f"{row}: {status}")
            for path in lists:
                seen = (await caller.client.get(path)).text
                wrong += [f"{path} shows {found}" for found in things.api.values() if found in seen]

    assert wrong == []
    assert len(stripped) > len(rows)
