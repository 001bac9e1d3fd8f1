"""The mailbox page of development."""

import httpx
import pytest
from fastapi import FastAPI

from atelier.entrypoints.web import build_app
from atelier.runtime.db import Sessions
from atelier.runtime.settings import Environment, Mail, Settings, Web
from tests.support.people import Drain
from tests.support.web import new_client

FORM = {"email": "ada@example.com", "password": "blue-kettle-under-rain"}


@pytest.fixture
async def name(client: httpx.AsyncClient, drain: Drain) -> str:
    """The name of a letter that was sent."""
    await client.post("/sign-up", data=FORM)
    await drain()
    page = await client.get("/mailbox")
    return page.text.split('href="/mailbox/')[1].split('"')[0]


async def test_letters_are_listed_and_shown_with_a_link_to_click(client: httpx.AsyncClient, name: str) -> None:
    listed = await client.get("/mailbox")
    letter = await client.get(f"/mailbox/{name}")

    assert "Confirm your address" in listed.text
    assert "ada@example.com" in listed.text
    assert '<a href="http://127.0.0.1:8000/verify?token=' in letter.text
    assert 'sandbox="allow-top-navigation-by-user-activation"' in letter.text


async def test_the_html_part_is_shut_in(client: httpx.AsyncClient, name: str) -> None:
    html = await client.get(f"/mailbox/{name}/html")

    policy = html.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert '<base target="_top">' in html.text


async def test_an_empty_mailbox_says_so(client: httpx.AsyncClient) -> None:
    assert "No letters yet." in (await client.get("/mailbox")).text


@pytest.mark.parametrize("wrong", ["missing", "..%2F..%2Fkeys", "*"])
async def test_other_files_are_not_letters(client: httpx.AsyncClient, wrong: str) -> None:
    assert (await client.get(f"/mailbox/{wrong}")).status_code == 404
    assert (await client.get(f"/mailbox/{wrong}/html")).status_code == 404


@pytest.fixture
def production(settings: Settings, sessions: Sessions, database_url: str) -> FastAPI:
    """The site as it runs for customers."""
    facts = settings.model_copy(
        update={
            "env": Environment.PRODUCTION,
            "web": Web(public_url="https://studio.example", trusted_proxies=1),
            "mail": Mail(host="smtp.example"),
        }
    )
    return build_app(facts, database_url)


@pytest.mark.parametrize("path", ["/mailbox", "/mailbox/x", "/mailbox/x/html"])
async def test_there_is_no_mailbox_in_production(production: FastAPI, path: str) -> None:
    async with production.router.lifespan_context(production), new_client(production) as client:
        assert (await client.get(path)).status_code == 404
