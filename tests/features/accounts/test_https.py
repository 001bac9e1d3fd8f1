"""Behind a proxy, over https."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from atelier.entrypoints.web import build_app
from atelier.features.accounts import session_cookie
from atelier.runtime.db import DbRole, Sessions
from atelier.runtime.settings import Settings, Web

PUBLIC = "https://studio.example"
FORM = {"email": "ada@example.com", "password": "blue-kettle-under-rain"}


@pytest.fixture
async def proxied(settings: Settings, sessions: Sessions, database_url: str) -> AsyncIterator[FastAPI]:
    """The site as one proxy that ends https shows it."""
    web = Web(public_url=PUBLIC, trusted_proxies=1)
    app = build_app(settings.model_copy(update={"web": web}), database_url)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def browser(proxied: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser whose proxy tells its address."""
    headers = {"Origin": PUBLIC, "X-Forwarded-For": "198.51.100.7, 203.0.113.9"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(proxied), base_url=PUBLIC, headers=headers) as client:
        await client.post("/sign-up", data=FORM)
        yield client


async def addresses(sessions: Sessions) -> set[str]:
    async with sessions.read(role=DbRole.SYSTEM) as session:
        return set((await session.scalars(text("SELECT ip FROM sessions"))).all())


async def test_the_cookie_belongs_to_this_host_alone(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/sign-in", data=FORM)
    gone = await browser.post("/sign-out")

    parts = {part.strip() for part in answer.headers["set-cookie"].split(";")}
    assert session_cookie(is_https=True) == "__Host-atelier"
    assert any(part.startswith("__Host-atelier=") for part in parts)
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= parts
    assert not any(part.startswith("Domain") for part in parts)
    assert "Secure" in gone.headers["set-cookie"]
    assert "max-age=31536000" in answer.headers["strict-transport-security"]


async def test_the_address_is_what_our_proxy_saw(browser: httpx.AsyncClient, sessions: Sessions) -> None:
    await browser.post("/sign-in", data=FORM)

    assert await addresses(sessions) == {"203.0.113.9"}


@pytest.mark.parametrize(
    ("told", "believed"),
    [
        ("nonsense", "127.0.0.1"),
        ("", "127.0.0.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("1.1.1.1,2001:db8::9", "2001:db8::9"),
    ],
)
async def test_what_is_no_address_is_not_believed(
    browser: httpx.AsyncClient, sessions: Sessions, told: str, believed: str
) -> None:
    await browser.post("/sign-in", data=FORM, headers={"X-Forwarded-For": told, "User-Agent": "x" * 900 + "\t"})

    assert await addresses(sessions) == {believed}


async def test_a_neighbourhood_shares_its_attempts(browser: httpx.AsyncClient) -> None:
    statuses = []
    for number in range(11):
        address = {"X-Forwarded-For": f"2001:db8:1:{number}::1"}
        statuses.append((await browser.post("/sign-in", data=FORM | {"password": "no"}, headers=address)).status_code)

    assert statuses == [422] * 10 + [429]
