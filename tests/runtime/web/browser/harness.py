"""A small site around the parts: the real templates and static files, made-up values, the strict content policy."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

WEB = Path(__file__).parents[4] / "src/atelier/runtime/web"
NONCE = "bm9uY2UtZm9yLXRlc3Rz"
POLICY = (
    f"default-src 'self'; script-src 'self' 'nonce-{NONCE}'; style-src 'self' 'nonce-{NONCE}'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
PAGES = {"ui": "dev/ui.html", "landing": "dev/landing.html", "card": "dev/card.html", "error": "error.html"}
LIVE = """{% extends "frame.html" %}
{% from "ui/stages.html" import job_progress, live_job, stage_track %}
{% block content %}
  {% call live_job("j1", "queued", events="/job/events?" ~ query, poll="/job?" ~ query, fragment="/job/finished") %}
    {{ stage_track(stages) }}{{ job_progress(0) }}
  {% endcall %}
{% endblock %}"""


@dataclass(frozen=True)
class Brand:
    name: str = "Atelier"
    accent: str = "#2b3fbb"
    accent_dark: str = "#aab7ff"
    on_accent: str = "#ffffff"
    on_accent_dark: str = "#151311"
    logo_url: str | None = None


@dataclass(frozen=True)
class Actor:
    name: str = "Deniz Ağaoğlu"
    email: str = "deniz@example.org"
    is_admin: bool = False


@dataclass(frozen=True)
class Link:
    label: str
    href: str
    icon: str
    is_current: bool = False


@dataclass(frozen=True)
class Pill:
    label: str
    value: str
    href: str


@dataclass(frozen=True)
class Notice:
    kind: str
    text: str


RAIL = (
    Link("Studio", "/p/landing", "studio", is_current=True),
    Link("Projects", "/p/card", "projects"),
    Link("Albums", "/p/ui#picture", "albums"),
    Link("Presets", "/p/ui#field", "presets"),
    Link("Shop", "/p/ui#price", "shop"),
    Link("Account", "/p/ui#avatar", "account"),
)


@dataclass(frozen=True)
class Frame:
    theme: str = "system"
    dir: str = "ltr"
    locale: str = "en"
    path: str = "/"
    brand: Brand = field(default_factory=Brand)
    actor: Actor | None = field(default_factory=Actor)
    rail: Sequence[Link] = RAIL
    pills: Sequence[Pill] = (Pill("Balance", "48 credits", "/p/ui#price"),)
    notices: Sequence[Notice] = ()
    is_sandbox: bool = True
    htmx: bool = True


@dataclass(frozen=True)
class Page:
    title: str
    status: int = 404
    request_id: str = "01JD2Y7Q4M"


TITLES = {
    "ui": "Parts",
    "landing": "Photos that sell the room",
    "card": "Sign in",
    "error": "This page is not here",
    "live": "Living room",
}


def static(path: str) -> str:
    """The address of a static file with the hash of its content."""
    digest = hashlib.sha256((WEB / "static" / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"


def moment(value: datetime) -> Markup:
    """A time as the site's filter writes it."""
    return Markup('<time datetime="{}" data-local>{} UTC</time>').format(value.isoformat(), f"{value:%d %b %Y, %H:%M}")


def environment() -> Environment:
    """The environment that the templates may count on."""
    env = Environment(
        loader=FileSystemLoader(WEB / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(static=static, url=lambda name, **_params: f"/{name}")
    env.filters.update(
        number=lambda value: f"{value:,}",
        units=lambda value: f"{value:,} credits",
        money=lambda value: f"${value / 100:.2f}",
        filesize=lambda value: f"{value / 1_000_000:.1f} MB",
        datetime=moment,
        ago=moment,
    )
    return env


ENVIRONMENT = environment()


async def page(request: Request) -> Response:
    """Any page of the harness, in the theme and direction that the query asks for."""
    name = request.path_params["name"]
    query = request.query_params
    signed_in = name in {"ui", "live"}
    frame = Frame(
        theme=query.get("theme", "system"),
        dir=query.get("dir", "ltr"),
        locale=query.get("locale", "en"),
        actor=Actor() if signed_in else None,
        notices=(Notice("good", "Saved."), Notice("bad", "The card was refused.")) if "notices" in query else (),
    )
    template = ENVIRONMENT.from_string(LIVE) if name == "live" else ENVIRONMENT.get_template(PAGES[name])
    html = template.render(
        page=Page(TITLES[name]),
        stages=snapshot(0)["stages"],
        query=request.url.query,
        frame=frame,
        csp_nonce=NONCE,
        moment=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": POLICY})


async def upload(request: Request) -> Response:
    """Takes a picture, refuses a text file as the real endpoint does, by its words."""
    async with request.form() as form:
        file = form["file"]
        if isinstance(file, str):
            return JSONResponse({"detail": "No file."}, status_code=422)
        name, size = file.filename or "", file.size or 0
    if name.endswith(".txt"):
        problem = {"title": "Unsupported", "detail": "This is a text file, not a photo."}
        return JSONResponse(problem, status_code=415, media_type="application/problem+json")
    identity = hashlib.sha256(name.encode()).hexdigest()[:8]
    answer = {"id": identity, "name": name, "bytes": size, "width": 1280, "height": 853}
    image = {**answer, "thumbnail": static("samples/room-1.webp")}
    return JSONResponse({"images": [image], "refused": []}, status_code=201)


STEPS = ("analyzing", "cropping", "prompting", "generating", "checking", "delivering")


def short(done: int) -> dict[str, object]:
    """What an event says of the job after so many stages."""
    is_done = done == len(STEPS)
    status = "succeeded" if is_done else "running"
    return {"id": "j1", "status": status, "stage": None if is_done else STEPS[done], "progress": 40.0}


def snapshot(done: int) -> dict[str, object]:
    """The job in full as it stands after so many stages."""
    states = ["done" if at < done else "active" if at == done else "pending" for at in range(len(STEPS))]
    stages = [
        {"name": name, "state": state, "seconds": 1.25 if state == "done" else None, "note": None}
        for name, state in zip(STEPS, states, strict=True)
    ]
    return {**short(done), "stages": stages}


async def job_events(request: Request) -> Response:
    """The whole life of one job as server-sent events."""

    async def lines() -> AsyncIterator[str]:
        for done in range(len(STEPS) + 1):
            yield f"event: job\ndata: {json.dumps(short(done))}\n\n"
            if request.query_params.get("until") == str(done):
                await asyncio.sleep(60)
            await asyncio.sleep(0.05)

    if "refuse" in request.query_params:
        return Response(status_code=503)
    return StreamingResponse(lines(), media_type="text/event-stream")


async def job(request: Request) -> Response:
    """The same job for those who ask."""
    return JSONResponse(snapshot(int(request.query_params.get("until", len(STEPS)))))


async def finished(_request: Request) -> Response:
    """The part of the page that takes the place of the live one."""
    return HTMLResponse('<p id="finished">Here is your photo.</p>')


async def echo(request: Request) -> Response:
    """Shows what a form sent."""
    async with request.form() as form:
        return JSONResponse([[name, str(value)] for name, value in form.multi_items()])


app = Starlette(
    routes=[
        Route("/p/{name}", page),
        Route("/api/v1/uploads", upload, methods=["POST"]),
        Route("/job/events", job_events),
        Route("/job", job),
        Route("/job/finished", finished),
        Route("/echo", echo, methods=["POST"]),
        Mount("/static", StaticFiles(directory=WEB / "static")),
    ]
)
