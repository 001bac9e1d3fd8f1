"""For machines: alive, ready, metrics."""

import hmac

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response

from atelier.runtime.db import DbRole
from atelier.runtime.storage import Blobs
from atelier.runtime.web.clients import is_from_this_machine
from atelier.runtime.web.problems import PageNotFound
from atelier.runtime.web.site import site_of

router = APIRouter()


@router.get("/healthz", name="health:alive")
async def alive() -> PlainTextResponse:
    return PlainTextResponse("ok")


@router.get("/readyz", name="health:ready")
async def ready(request: Request) -> JSONResponse:
    """Whether the parts that a request needs answer."""
    site = site_of(request)
    parts = {"database": "ok", "storage": "ok"}
    try:
        async with site.sessions.read(role=DbRole.SYSTEM) as session:
            await session.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError):
        parts["database"] = "unreachable"
    try:
        await site.ports.get(Blobs).exists("health")
    except OSError:
        parts["storage"] = "unreachable"
    is_ready = set(parts.values()) == {"ok"}
    return JSONResponse({"ready": is_ready, "parts": parts}, 200 if is_ready else 503)


@router.get("/metrics", name="health:metrics")
async def metrics(request: Request) -> Response:
    """For scrapers on this machine, and for those that carry the token of the settings."""
    token = site_of(request).settings.web.metrics_token
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    is_known = token is not None and hmac.compare_digest(token.get_secret_value().encode(), given.encode())
    if not is_known and not is_from_this_machine(request):
        raise PageNotFound
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
