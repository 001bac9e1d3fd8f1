"""What every request meets before it reaches the application."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from starlette.responses import StreamingResponse
from starlette.types import Message
from structlog.testing import capture_logs

from atelier.entrypoints.web import build_app
from atelier.features.assets.serving import Part, read_range
from atelier.runtime.db import Sessions, connect
from atelier.runtime.settings import Database, Settings, Web
from atelier.runtime.web.hosts import Hosts
from tests.adapters.local_engine.images import jpeg
from tests.support.people import Caller
from tests.support.web import ORIGIN, new_client

FORM = {"email": "ada@example.com", "password": "blue-kettle-under-rain"}


PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'


async def pieces(count: int) -> AsyncIterator[bytes]:
    """A body of `count` megabytes that does not say how long it is."""
    yield PART
    for _number in range(count):
        yield bytes(1_000_000)


@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/quotes", "/api/v1/uploads", "/images", "/new"])
@pytest.mark.parametrize("in_chunks", [False, True])
async def test_a_stranger_sends_a_megabyte_at_most(client: httpx.AsyncClient, path: str, *, in_chunks: bool) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Accept": "application/json"}
    if path == "/api/v1/quotes":
        headers["Content-Type"] = "application/json"
    content = pieces(3) if in_chunks else bytes(3_000_000)

    answer = await client.post(path, content=content, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_a_made_up_session_opens_no_larger_door(client: httpx.AsyncClient) -> None:
    client.cookies.set("atelier_session", "made-up")

    answer = await client.post("/api/v1/uploads", files={"file": ("a.jpg", bytes(3_000_000))})

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


async def test_the_signed_in_send_photos_larger_than_a_megabyte(owner: Caller) -> None:
    photo = jpeg() + bytes(3_000_000)

    answer = await owner.client.post("/api/v1/uploads", files={"file": ("a.jpg", photo)})

    assert answer.status_code != 413
    assert "too-large" not in answer.text


async def test_more_than_all_files_together_is_refused_by_its_own_word(owner: Caller) -> None:
    headers = {"Content-Length": "1501000001"}

    answer = await owner.client.post("/api/v1/uploads", content=b"", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


async def test_people_are_told_on_a_page(client: httpx.AsyncClient) -> None:
    answer = await client.post("/sign-in", data=FORM | {"email": "x" * 2_000_000})

    assert answer.status_code == 413
    assert answer.headers["content-type"].startswith("text/html")
    assert "This is too large" in answer.text


def client_from(app: FastAPI, peer: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(peer, 1))
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN)


LOCAL_ONLY = pytest.mark.parametrize("path", ["/mailbox", "/metrics"])


@LOCAL_ONLY
@pytest.mark.parametrize("peer", ["127.0.0.1", "::1"])
async def test_this_machine_reads_letters_and_figures(app: FastAPI, path: str, peer: str) -> None:
    async with client_from(app, peer) as client:
        assert (await client.get(path)).status_code == 200


@LOCAL_ONLY
async def test_other_machines_read_neither(app: FastAPI, path: str) -> None:
    async with client_from(app, "203.0.113.9") as client:
        assert (await client.get(path)).status_code == 404


@LOCAL_ONLY
@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
async def test_what_a_proxy_on_this_machine_brings_is_not_from_here(app: FastAPI, path: str, header: str) -> None:
    async with client_from(app, "127.0.0.1") as client:
        assert (await client.get(path, headers={header: "127.0.0.1"})).status_code == 404


async def test_a_public_site_in_development_has_no_mailbox(
    settings: Settings, sessions: Sessions, database_url: str
) -> None:
    public = settings.model_copy(update={"web": Web(public_url="https://studio.example")})
    app = build_app(public, database_url)
    async with app.router.lifespan_context(app), client_from(app, "127.0.0.1") as client:
        answer = await client.get("/mailbox", headers={"Host": "studio.example"})

    assert answer.status_code == 404


async def test_a_scraper_with_a_strange_token_is_not_known(app: FastAPI) -> None:
    site = app.state.site
    site.settings = site.settings.model_copy(update={"web": Web(metrics_token=SecretStr("opaque"))})
    async with client_from(app, "203.0.113.9") as client:
        strange = await client.get("/metrics", headers={b"Authorization": b"Bearer \xe9"})
        known = await client.get("/metrics", headers={"Authorization": "Bearer opaque"})

    assert (strange.status_code, known.status_code) == (404, 200)


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "localhost:8000", "LOCALHOST:8000", "[::1]:8000", "127.0.0.1", "localhost:41234"]
)
async def test_this_machine_goes_by_its_own_names(client: httpx.AsyncClient, host: str) -> None:
    assert (await client.get("/healthz", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example:8000", "localhost@evil.example", "", "[::1"]
)
@pytest.mark.parametrize("path", ["/mailbox", "/api/v1/quotes", "/static/app.js"])
async def test_a_name_pointed_at_us_gets_no_answer(client: httpx.AsyncClient, host: str, path: str) -> None:
    answer = await client.get(path, headers={"Host": host})

    assert (answer.status_code, answer.json()["code"]) == (421, "unknown-host")
    assert answer.headers["x-request-id"] == answer.json()["request_id"]


@pytest.mark.parametrize(
    ("listening", "host", "is_known"),
    [
        ("127.0.0.1", "studio.example", True),
        ("127.0.0.1", "STUDIO.example:443", True),
        ("127.0.0.1", "studio.example:80", False),
        ("127.0.0.1", "127.0.0.1:8000", True),
        ("127.0.0.1", "localhost:8000", False),
        ("127.0.0.1", "10.0.0.7:8000", False),
        ("0.0.0.0", "10.0.0.7:8000", True),  # noqa: S104 - as in a container
        ("0.0.0.0", "rebound.example:8000", False),  # noqa: S104 - as in a container
    ],
)
def test_a_public_site_goes_by_its_public_name(listening: str, host: str, *, is_known: bool) -> None:
    assert Hosts("https://studio.example", (listening, 8000)).allows(host) is is_known


class Broken(Exception):
    """What nobody foresaw."""


@pytest.fixture
def breaking(app: FastAPI) -> FastAPI:
    """The application with addresses that break before, and in the middle of, their answer."""

    async def break_early() -> None:
        raise Broken

    async def break_late() -> StreamingResponse:
        async def body() -> AsyncIterator[bytes]:
            yield b"begun"
            raise Broken

        return StreamingResponse(body())

    for prefix in ("", "/api/v1"):
        app.add_api_route(f"{prefix}/early", break_early)
    app.add_api_route("/late", break_late)
    return app


@pytest.mark.parametrize(
    ("path", "kind"), [("/early", "text/html; charset=utf-8"), ("/api/v1/early", "application/problem+json")]
)
async def test_a_crash_is_answered_like_all_else_and_logged_once(breaking: FastAPI, path: str, kind: str) -> None:
    with capture_logs() as logs:
        async with new_client(breaking) as client:
            answer = await client.get(path)

    assert answer.status_code == 500
    assert answer.headers["content-type"] == kind
    assert answer.headers["x-request-id"] in answer.text
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert [line["event"] for line in logs].count("crash") == 1


async def test_an_answer_that_has_begun_is_not_given_twice(breaking: FastAPI) -> None:
    sent = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": "GET", "path": "/late", "query_string": b"", "scheme": "http"}
    await breaking(scope | {"headers": [(b"host", b"127.0.0.1:8000")], "client": ("127.0.0.1", 1)}, receive, send)

    assert [message["type"] for message in sent].count("http.response.start") == 1
    assert sent[0]["status"] == 200
    assert b"".join(message.get("body", b"") for message in sent) == b"begun"


@pytest.mark.parametrize("path", ["/sign-up", "/sign-in", "/reset"])
async def test_a_form_takes_no_nul(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.post(path, data=FORM | {"email": "a\0da@example.com"})

    assert answer.status_code == 422


async def test_no_nul_is_looked_for_or_kept(admin: Caller) -> None:
    client = admin.client
    looked_for = await client.get("/admin/people?q=%00")
    kept = await client.post("/settings/profile", data={"name": "A\0da", "locale": "en"})

    assert looked_for.status_code == 422
    assert kept.status_code == 422


RAISE = {
    "too slow": "DO $$ BEGIN RAISE query_canceled; END $$",
    "locked": "DO $$ BEGIN RAISE lock_not_available; END $$",
    "a deadlock": "DO $$ BEGIN RAISE deadlock_detected; END $$",
}


@pytest.mark.parametrize("path", ["/busy", "/api/v1/busy"])
@pytest.mark.parametrize("condition", RAISE)
async def test_a_busy_database_is_no_crash(app: FastAPI, sessions: Sessions, path: str, condition: str) -> None:
    async def busy() -> None:
        async with sessions.begin() as session:
            await session.execute(text(RAISE[condition]))

    app.add_api_route(path, busy)
    async with new_client(app) as client:
        answer = await client.get(path)

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/wallet"])
async def test_without_a_database_there_still_is_an_answer(app: FastAPI, path: str) -> None:
    site = app.state.site
    site.sessions = connect("postgresql://nobody@127.0.0.1:1/none", Database(connect_timeout_ms=1000))
    async with new_client(app) as client:
        client.cookies.set("atelier_session", "x")
        answer = await client.get(path)

    assert answer.status_code == 503
    assert answer.headers["x-request-id"] in answer.text
    assert "retry-after" in answer.headers


async def test_what_was_typed_does_not_stand_in_the_errors_of_the_database(sessions: Sessions) -> None:
    with pytest.raises(DBAPIError) as found:
        async with sessions.begin() as session:
            await session.execute(text("SELECT cast(:secret AS integer)"), {"secret": "kettle\0"})

    assert "kettle" not in str(found.value)


async def test_a_strange_notice_is_not_shown(client: httpx.AsyncClient) -> None:
    answer = await client.get("/sign-in", headers={b"Cookie": "atelier_notice=x.é".encode()})

    assert answer.status_code == 200


async def test_made_up_methods_share_one_label(client: httpx.AsyncClient) -> None:
    await client.request("BREW", "/sign-in")

    figures = (await client.get("/metrics")).text
    assert "BREW" not in figures
    assert 'method="other"' in figures


@pytest.mark.parametrize("header", [f"bytes=0-{'9' * 5000}", f"bytes=-{'9' * 5000}"])
def test_a_range_of_endless_digits_is_the_whole(header: str) -> None:
    assert read_range(header, 10) == Part(0, 10)
