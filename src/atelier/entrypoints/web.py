"""The site: pages and API in one ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

from atelier import __version__
from atelier.entrypoints import registry
from atelier.entrypoints.health import router as health_router
from atelier.entrypoints.parts_page import router as parts_router
from atelier.entrypoints.wiring import wire
from atelier.features import accounts, catalog
from atelier.features.imaging.live import Hub
from atelier.runtime.crypto import Keys
from atelier.runtime.db import Sessions, connect
from atelier.runtime.settings import Settings
from atelier.runtime.web import problems
from atelier.runtime.web.middleware import Edge
from atelier.runtime.web.site import Site
from atelier.runtime.web.templating import STATIC, Templates


class ForeverStatic(StaticFiles):
    """Static files; those asked for by content hash may be kept for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        is_hashed = b"v=" in scope.get("query_string", b"")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_hashed else "no-cache"
        return response


def build_site(settings: Settings, sessions: Sessions) -> Site:
    ports = wire(settings)
    ports.provide(Hub, Hub(sessions))
    return Site(
        settings=settings,
        sessions=sessions,
        ports=ports,
        keys=ports.get(Keys),
        templates=Templates(registry.template_folders()),
        authenticate=accounts.authenticate,
        brand=catalog.current_brand,
        contributions=registry.contributions(),
    )


def build_app(settings: Settings, url: str) -> FastAPI:
    """The application over the database at `url`, which must be migrated."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        sessions = connect(url, settings.database)
        app.state.site = build_site(settings, sessions)
        yield
        await app.state.site.ports.get(Hub).close()
        await sessions.close()

    app = FastAPI(
        title="Atelier",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        generate_unique_id_function=lambda route: route.name,
    )
    problems.install(app)
    api = APIRouter(prefix="/api/v1")
    for router in registry.api_routers():
        api.include_router(router)
    app.include_router(api)
    for router in (health_router, parts_router, *registry.page_routers()):
        app.include_router(router, include_in_schema=False)
    app.mount("/static", ForeverStatic(directory=STATIC), name="static")
    app.add_middleware(Edge, public_url=settings.public_url, listening=(settings.web.host, settings.web.port))
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]  # FastAPI's documented way
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
        components = schema.setdefault("components", {})
        components.setdefault("schemas", {})["Problem"] = problems.ProblemSchema.SCHEMA
        components["securitySchemes"] = {
            "apiKey": {"type": "http", "scheme": "bearer", "description": "An API key: `Authorization: Bearer atl_…`."},
            "session": {"type": "apiKey", "in": "cookie", "name": accounts.SESSION_COOKIE},
        }
        schema["security"] = [{"apiKey": []}, {"session": []}]
        app.openapi_schema = schema
    return app.openapi_schema
