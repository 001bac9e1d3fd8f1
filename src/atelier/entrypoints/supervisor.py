"""`serve`: the database, the site and a worker as processes of their own, so that killing one never kills another."""

import asyncio
import contextlib
import fcntl
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import structlog

from atelier.entrypoints.database import Reached, reach
from atelier.features import accounts, catalog
from atelier.kernel.errors import Conflict, Unavailable
from atelier.kernel.text import _
from atelier.runtime.db import DbRole, Sessions, connect
from atelier.runtime.settings import Settings

log = structlog.get_logger(__name__)

STOP_SECONDS = 25.0
SUPERVISED = "ATELIER_SUPERVISED"
"""In the environment of a child: it ends when its supervisor is gone, however that went."""
READY_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 30.0


class AlreadyServing(Conflict):
    message = _("Another `atelier serve` or `demo` uses the data folder {folder}. Stop it first, or set ATELIER_DATA.")


class SiteNotReady(Unavailable):
    message = _("The site did not become ready in {seconds} seconds; its log is above. Is port {port} in use?")


@dataclass
class Child:
    """A process that is started again when it dies, with growing pauses."""

    name: str
    arguments: Sequence[str]
    environment: dict[str, str]
    process: asyncio.subprocess.Process | None = None

    async def keep_alive(self) -> None:
        pause = 0.5
        while True:
            started = asyncio.get_running_loop().time()
            # A group of its own: Ctrl-C reaches the supervisor alone, which stops the others in order.
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "atelier", *self.arguments, env=self.environment, start_new_session=True
            )
            status = await self.process.wait()
            log.warning("child_ended", child=self.name, status=status)
            lived = asyncio.get_running_loop().time() - started
            pause = 0.5 if lived > LONGEST_PAUSE_SECONDS else min(LONGEST_PAUSE_SECONDS, pause * 2)
            await asyncio.sleep(pause)

    async def stop(self) -> None:
        process = self.process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


@dataclass
class Running:
    """What `running` hands out: the addresses of a system that serves."""

    settings: Settings
    url: str
    sessions: Sessions
    setup_url: str | None
    children: Sequence[Child] = field(default_factory=tuple)

    @property
    def address(self) -> str:
        return f"http://{self.settings.web.host}:{self.settings.web.port}"


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Running]:
    """Everything up and ready; on the way out everything is stopped in order, the embedded database last."""
    with _alone(settings), _told_to_stop_cancels():
        async with _system(settings) as system:
            yield system


@contextlib.contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """A second supervisor over the same data folder would stop the first one's database."""
    settings.data.mkdir(parents=True, exist_ok=True)
    with (settings.data / "serve.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyServing(folder=str(settings.data.absolute())) from error
        yield


@contextlib.contextmanager
def _told_to_stop_cancels() -> Iterator[None]:
    """SIGTERM and Ctrl-C end this task, also while it starts, so that nothing is left running; once is enough."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    numbers = (signal.SIGTERM, signal.SIGINT)

    def stop() -> None:
        for number in numbers:
            loop.add_signal_handler(number, lambda: None)
        if task is not None:
            task.cancel()

    for number in numbers:
        loop.add_signal_handler(number, stop)
    yield


@asynccontextmanager
async def _system(settings: Settings) -> AsyncIterator[Running]:
    reached = await asyncio.to_thread(reach, settings)
    sessions = connect(reached.url, settings.database)
    environment = {
        **os.environ,
        "DATABASE_URL": reached.url,
        "ATELIER_DATA": str(settings.data.absolute()),
        SUPERVISED: "1",
    }
    children = (Child("site", ["site"], environment), Child("worker", ["worker"], environment))
    keepers: list[asyncio.Task[None]] = []
    try:
        await _prepare(settings, sessions)
        keepers = [asyncio.create_task(child.keep_alive(), name=child.name) for child in children]
        await _wait_until_ready(settings)
        yield Running(settings, reached.url, sessions, await _setup_url(settings, sessions), children)
    finally:
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*(child.stop() for child in children))
        await sessions.close()
        await _stop_database(reached)


async def serve(settings: Settings) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    with contextlib.suppress(asyncio.CancelledError):
        async with running(settings) as system:
            print(f"Atelier is ready: {settings.public_url}", flush=True)  # noqa: T201 - for the person at the terminal
            if system.setup_url:
                print(f"Make yourself the first administrator (once): {system.setup_url}", flush=True)  # noqa: T201
            await until_stopped()


async def until_stopped() -> None:
    """For ever: being told to stop cancels the task."""
    await asyncio.Event().wait()


async def _prepare(settings: Settings, sessions: Sessions) -> None:
    """Apply the catalogue that was asked for, or the default one where there is none yet. An applied one stays."""
    is_asked_for = "catalog" in settings.model_fields_set
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        if is_asked_for or not await catalog.is_applied(session):
            await catalog.apply_catalogue(session, catalog.read_catalogue(settings.catalog), by="serve")


async def _setup_url(settings: Settings, sessions: Sessions) -> str | None:
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        token = await accounts.make_setup_token(session)
    return f"{settings.public_url}/setup?token={token}" if token else None


async def _wait_until_ready(settings: Settings) -> None:
    address = f"http://{settings.web.host}:{settings.web.port}/readyz"
    async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
        for _attempt in range(int(READY_SECONDS * 10)):
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get(address)).status_code == httpx.codes.OK:
                    return
            await asyncio.sleep(0.1)
    raise SiteNotReady(seconds=int(READY_SECONDS), port=settings.web.port)


async def _stop_database(reached: Reached) -> None:
    if reached.server is not None:
        await asyncio.to_thread(reached.server.stop)
