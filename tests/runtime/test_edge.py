"""What every request meets before it reaches the application."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from atelier.entrypoints.web import build_app
from atelier.runtime.db import Sessions
from atelier.runtime.settings import Settings, Web
from atelier.runtime.web.hosts import Hosts
from tests.adapters.local_engine.images import jpeg
from tests.support.people import Caller
from tests.support.web import ORIGIN

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
        strange = await client.get("/metrics", headers={"Authorization": b"Bearer \xe9"})
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
