"""The real application in-process, over the test's database."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from atelier.entrypoints.web import build_app
from atelier.runtime.db import Sessions
from atelier.runtime.ports import Ports
from atelier.runtime.settings import Settings
from atelier.runtime.web.site import Site

ORIGIN = "http://127.0.0.1:8000"


@pytest.fixture
async def app(settings: Settings, database_url: str, sessions: Sessions) -> AsyncIterator[FastAPI]:
    app = build_app(settings, database_url)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
def site(app: FastAPI) -> Site:
    found = app.state.site
    assert isinstance(found, Site)
    return found


@pytest.fixture
def ports(site: Site) -> Ports:
    return site.ports


def new_client(app: FastAPI) -> httpx.AsyncClient:
    """A browser without cookies. Its writes carry our own origin, as a browser's do."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"Origin": ORIGIN}, follow_redirects=False)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Nobody in particular."""
    async with new_client(app) as client:
        yield client
