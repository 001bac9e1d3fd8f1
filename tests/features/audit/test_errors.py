"""Errors, reported by browsers and shown by kind."""

import httpx
import pytest
from sqlalchemy import text

from atelier.features.audit import ErrorEnvironment, ErrorReport, record_error
from atelier.features.audit.tasks import forget
from atelier.kernel.ids import new_id
from atelier.runtime.db import DbRole, Sessions
from atelier.runtime.tasks import TaskContext
from tests.support.people import Caller

REPORT = {"error_type": "TypeError", "message": "x of job 17 is undefined", "source_file": "/static/js/page.js"}


async def scalar(sessions: Sessions, statement: str) -> object:
    async with sessions.read(role=DbRole.SYSTEM) as session:
        return await session.scalar(text(statement))


async def test_errors_of_one_kind_make_one_group(client: httpx.AsyncClient, sessions: Sessions) -> None:
    other = REPORT | {"message": "x of job 18 is undefined"}

    answer = await client.post("/api/v1/errors", json={"errors": [REPORT, other]})
    await client.post("/api/v1/errors", json={"errors": [REPORT | {"error_type": "RangeError"}]})

    assert (answer.status_code, answer.json()) == (202, {"taken": 2})
    assert await scalar(sessions, "SELECT array_agg(count ORDER BY count) FROM error_groups") == [1, 2]
    assert await scalar(sessions, "SELECT count(*) FROM error_events") == 3


async def test_the_reporter_is_taken_from_the_session(owner: Caller, sessions: Sessions) -> None:
    forged = REPORT | {"user_id": str(new_id()), "environment": "backend"}

    await owner.client.post("/api/v1/errors", json={"errors": [forged]})

    assert await scalar(sessions, "SELECT user_id FROM error_events") == owner.id
    assert await scalar(sessions, "SELECT environment FROM error_events") == "frontend"


@pytest.mark.parametrize(
    "errors",
    [[], [REPORT] * 21, [REPORT | {"message": "x" * 10_001}], [REPORT | {"stack": "x" * 50_001}], [{"stack": "x"}]],
    ids=["none", "many", "long", "deep", "empty"],
)
async def test_reports_out_of_bounds_are_refused(client: httpx.AsyncClient, errors: list[dict[str, str]]) -> None:
    assert (await client.post("/api/v1/errors", json={"errors": errors})).status_code == 422


async def test_reports_are_limited_by_address(client: httpx.AsyncClient) -> None:
    statuses = [(await client.post("/api/v1/errors", json={"errors": [REPORT]})).status_code for _ in range(30)]

    assert statuses[:20] == [202] * 20
    assert 429 in statuses


async def test_an_error_that_comes_back_is_open_again(
    client: httpx.AsyncClient, admin: Caller, sessions: Sessions
) -> None:
    await client.post("/api/v1/errors", json={"errors": [REPORT | {"message": "<script>alert(1)</script>"}]})
    group_id = await scalar(sessions, "SELECT id FROM error_groups")
    listed = await admin.client.get("/admin/errors")
    shown = await admin.client.get(f"/admin/errors/{group_id}")
    done = await admin.client.post(f"/admin/errors/{group_id}", data={"state": "resolved"})
    state = await scalar(sessions, "SELECT state FROM error_groups")
    await client.post("/api/v1/errors", json={"errors": [REPORT | {"message": "<script>alert(1)</script>"}]})

    assert (shown.status_code, done.status_code, state) == (200, 303, "resolved")
    assert "<script>alert" not in listed.text + shown.text
    assert await scalar(sessions, "SELECT state FROM error_groups") == "open"


async def test_an_ignored_error_stays_ignored(client: httpx.AsyncClient, admin: Caller, sessions: Sessions) -> None:
    await client.post("/api/v1/errors", json={"errors": [REPORT]})
    group_id = await scalar(sessions, "SELECT id FROM error_groups")
    await admin.client.post(f"/admin/errors/{group_id}", data={"state": "ignored"})
    await client.post("/api/v1/errors", json={"errors": [REPORT]})

    assert await scalar(sessions, "SELECT state FROM error_groups") == "ignored"


async def test_what_is_not_there_cannot_be_shown_or_changed(admin: Caller, sessions: Sessions) -> None:
    path = f"/admin/errors/{new_id()}"

    shown = await admin.client.get(path)
    changed = await admin.client.post(path, data={"state": "ignored"})
    nonsense = await admin.client.post(path, data={"state": "nonsense"})

    assert (shown.status_code, changed.status_code, nonsense.status_code) == (404, 404, 422)


async def test_old_errors_are_forgotten(client: httpx.AsyncClient, sessions: Sessions, context: TaskContext) -> None:
    for kind in ("OldError", "ReturningError", "FreshError"):
        await client.post("/api/v1/errors", json={"errors": [REPORT | {"error_type": kind}]})
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        await session.execute(
            text("UPDATE error_groups SET last_at = now() - interval '31 days' WHERE error_type = 'OldError'")
        )
        await session.execute(
            text("UPDATE error_events SET timestamp = now() - interval '31 days' WHERE error_type = 'OldError'")
        )
        await session.execute(
            text("UPDATE error_events SET timestamp = now() - interval '31 days' WHERE error_type = 'ReturningError'")
        )

    await forget(context)

    kinds = "SELECT array_agg(error_type ORDER BY error_type) FROM"
    assert await scalar(sessions, f"{kinds} error_groups") == ["FreshError", "ReturningError"]
    assert await scalar(sessions, f"{kinds} error_events") == ["FreshError"]


async def test_the_list_goes_on(admin: Caller, sessions: Sessions) -> None:
    async with sessions.begin() as session:
        for number in range(30):
            kind = f"Kind{chr(65 + number // 10)}{chr(65 + number % 10)}"
            await record_error(session, ErrorReport(kind, "message", ErrorEnvironment.BACKEND))

    first = await admin.client.get("/admin/errors")
    second = await admin.client.get(first.text.split('rel="next" href="')[1].split('"')[0])

    assert "KindAA" in second.text
    assert "KindAA" not in first.text
