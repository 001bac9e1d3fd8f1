"""`atelier demo`: everything on this machine, one real photo through the public API, then the address to look at it."""

import asyncio
import contextlib
import json
import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from atelier.entrypoints.supervisor import Running, running, until_stopped
from atelier.features import accounts, catalog, credits
from atelier.features.accounts import NewKey, NewUser, Scope
from atelier.features.credits import BucketKind, Grant, TransferKind
from atelier.features.imaging import Stage
from atelier.kernel.actor import Actor, Role, Via
from atelier.kernel.clock import utc_now
from atelier.kernel.errors import Unavailable
from atelier.kernel.ids import new_id
from atelier.kernel.text import _
from atelier.runtime.db import DbRole
from atelier.runtime.settings import Settings

EMAIL = "demo@example.com"
PRODUCT, OPTIONS = "enhancement", {"tier": "2k"}
PURSE = 20
GIFT_TRIES = 50
INTERRUPTED = 130
PATIENCE_SECONDS = 300.0
KEY_LIVES = timedelta(hours=1)


class DemoFailed(Unavailable):
    message = _("The demo job ended as {status}: {reason}")


@dataclass(frozen=True)
class Visitor:
    """The demo's customer, and its API client."""

    user_id: UUID
    api: httpx.AsyncClient


async def demonstrate(settings: Settings, *, once: bool) -> None:
    """Start, deliver, say how it went; with `once` stop then, else serve until Ctrl-C."""
    console = Console(highlight=False)
    os.environ.setdefault("ATELIER_LOG_LEVEL", "WARNING")  # the demo tells its story itself; its processes keep quiet
    delivered: Path | None = None
    with contextlib.suppress(asyncio.CancelledError):
        async with contextlib.AsyncExitStack() as stack:
            system = await _start(console, settings, stack)
            async with _visitor(system) as visitor:
                delivered = await _enhance(console, settings, visitor)
            if not once:
                await _invite(console, system, visitor)
                await until_stopped()
    if delivered is None:
        raise SystemExit(INTERRUPTED)
    if once:
        console.print(f"delivered: {delivered}", soft_wrap=True)


async def _start(console: Console, settings: Settings, stack: contextlib.AsyncExitStack) -> Running:
    began = time.perf_counter()
    with console.status("Starting the database, the site and a worker …"):
        system = await stack.enter_async_context(running(settings))
    console.print(f"[green]✓[/] Started in {time.perf_counter() - began:.1f} s: {system.address}")
    return system


@asynccontextmanager
async def _visitor(system: Running) -> AsyncIterator[Visitor]:
    """A verified customer with enough units, and an API key that lives as long as the demo."""
    now = utc_now()
    async with system.sessions.begin(role=DbRole.SYSTEM) as session:
        known = await accounts.find_user_by_email(session, EMAIL)
        new = NewUser(EMAIL, "Demo", is_verified=True)
        user_id = known.id if known else await accounts.create_user(session, new, by="demo", now=now)
        wanted = NewKey("demo", frozenset(Scope), expires_at=now + KEY_LIVES)
        row, key = await accounts.create_api_key(session, user_id, wanted, by="demo", now=now)
    await _fill_purse(system, user_id)
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(
        base_url=f"{system.address}/api/v1", headers=headers, trust_env=False, timeout=60
    ) as api:
        try:
            yield Visitor(user_id, api)
        finally:
            async with system.sessions.begin(role=DbRole.SYSTEM) as session:
                await accounts.revoke_api_key(session, Actor(user_id, Role.USER, Via.CLI), row.id)


async def _fill_purse(system: Running, user_id: UUID) -> None:
    """The welcome gift comes by an event, a moment after the account; what is missing after earlier demos is added."""
    async with system.sessions.read(role=DbRole.SYSTEM) as session:
        _product, ways = await catalog.price_of(session, PRODUCT, dict(OPTIONS))
    way = ways[0]
    for _attempt in range(GIFT_TRIES):
        async with system.sessions.read(role=DbRole.SYSTEM) as session:
            if await credits.spendable(session, user_id, way.unit, now=utc_now()) >= way.units:
                return
        await asyncio.sleep(0.1)
    gift = Grant(way.unit, PURSE, TransferKind.BONUS, BucketKind.BONUS, "demo", str(new_id()), description="Demo")
    async with system.sessions.begin(role=DbRole.SYSTEM) as session:
        await credits.grant(session, user_id, gift, now=utc_now())


async def _enhance(console: Console, settings: Settings, visitor: Visitor) -> Path:
    api = visitor.api
    photo = resources.files("atelier.entrypoints") / "demo" / "photo.jpg"
    upload = await _json(api.post("/uploads", files={"file": ("photo.jpg", photo.read_bytes(), "image/jpeg")}))
    image = upload["images"][0]
    console.print(f"[green]✓[/] Uploaded {image['name']}: {image['width']} × {image['height']} pixels")
    quote = await _json(api.post("/quotes", json={"product": PRODUCT, "options": OPTIONS}))
    console.print(f"[green]✓[/] Price: {quote['units']} {quote['unit']}s; balance before: {quote['available']}")
    order = {"product": PRODUCT, "image": image["id"], "options": OPTIONS}
    job = await _json(api.post("/jobs", json=order, headers={"Idempotency-Key": str(new_id())}))
    ended = await asyncio.wait_for(_watch(console, api, job["links"]["events"]), PATIENCE_SECONDS)
    path = await _fetch(api, ended, settings.data.absolute() / "demo")
    wallet = await _json(api.get("/wallet"))
    _report(console, ended, wallet, path)
    return path


async def _watch(console: Console, api: httpx.AsyncClient, link: str) -> Mapping[str, Any]:
    """Follow the job's events to its end, with a bar over its six stages."""
    columns = (TextColumn("  {task.description:<12}"), BarColumn(40), TimeElapsedColumn())
    job: Mapping[str, Any] = {}
    with Progress(*columns, console=console, transient=True) as bars:
        bar = bars.add_task("Waiting", total=len(Stage))
        async for job in _events(api, link):
            done = sum(stage["state"] in {"done", "warning"} for stage in job["stages"])
            label = Stage(job["stage"]).label if job["stage"] else "Waiting"
            part = job["progress"] / 100 if job["status"] == "running" and done < len(Stage) else 0
            bars.update(bar, completed=min(len(Stage), done + part), description=label)
    if job["status"] != "succeeded":
        raise DemoFailed(status=job["status"], reason=(job["error"] or {}).get("message"))
    return job


async def _events(api: httpx.AsyncClient, link: str) -> AsyncIterator[Mapping[str, Any]]:
    """The server-sent events of one job; the stream ends with the job."""
    async with api.stream("GET", link.removeprefix("/api/v1")) as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data:"):
                yield json.loads(line.removeprefix("data:"))


async def _fetch(api: httpx.AsyncClient, job: Mapping[str, Any], folder: Path) -> Path:
    answer = await api.get(job["links"]["result"].removeprefix("/api/v1"), follow_redirects=True)
    answer.raise_for_status()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"enhanced-{str(job['id'])[-8:]}.jpg"
    path.write_bytes(answer.content)
    return path


def _report(console: Console, job: Mapping[str, Any], wallet: Mapping[str, Any], path: Path) -> None:
    table = Table("Stage", "Seconds", box=None, padding=(0, 2))
    for stage in job["stages"]:
        table.add_row(Stage(stage["name"]).label, f"{stage['seconds']:.2f}")
    console.print(table)
    left = next(balance["spendable"] for balance in wallet["balances"] if balance["unit"] == job["unit"])
    console.print(f"[green]✓[/] Charged: {job['cost_captured']} {job['unit']}s; balance after: {left}")
    console.print(f"[green]✓[/] Result: {path}", soft_wrap=True)


async def _invite(console: Console, system: Running, visitor: Visitor) -> None:
    async with system.sessions.begin(role=DbRole.SYSTEM) as session:
        token = await accounts.make_sign_in_token(session, visitor.user_id)
    console.print()
    console.print(f"Look at it in a browser: {system.settings.public_url}/sign-in/link/{token}", soft_wrap=True)
    if system.setup_url:
        console.print(f"The first administrator: {system.setup_url}", soft_wrap=True)
    console.print("Ctrl-C stops everything.")


async def _json(request: "Any") -> Mapping[str, Any]:  # noqa: ANN401 - an awaitable response
    answer: httpx.Response = await request
    if answer.is_error:
        raise DemoFailed(status=answer.status_code, reason=answer.json().get("detail", answer.text))
    found: Mapping[str, Any] = answer.json()
    return found
