"""A real worker process, killed with SIGKILL while the real engine generates."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from atelier.entrypoints.wiring import wire
from atelier.features.assets import Gate, ImageSource, keep_image
from atelier.features.assets.ports import ImageLimits
from atelier.features.imaging import Pipelines
from atelier.runtime.db import DbRole, Sessions
from atelier.runtime.settings import Settings
from tests.support.factories import give_units, new_user
from tests.support.jobs import order
from tests.support.ledger import findings, spendable

PATIENCE = 60.0


@asynccontextmanager
async def worker_process(settings: Settings, url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "ATELIER_DATA": str(settings.data),
        "ATELIER_WORKER__LEASE_SECONDS": "1",
        "ATELIER_WORKER__SWEEP_SECONDS": "0.2",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "atelier", "worker", env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


STATE = text("SELECT stage, status FROM jobs WHERE id = :id")


async def until(sessions: Sessions, wanted: str, job_id: UUID) -> None:
    """Wait until the job is at this stage, or has this status."""

    async def look() -> None:
        while True:
            async with sessions.read(role=DbRole.SYSTEM) as session:
                row = (await session.execute(STATE, {"id": job_id})).one()
            if wanted in {row.stage, row.status}:
                return
            await asyncio.sleep(0.02)

    await asyncio.wait_for(look(), PATIENCE)


@pytest.fixture
async def job_id(sessions: Sessions, settings: Settings) -> UUID:
    """A 4K job over the bundled photo: long enough to be hit while it generates."""
    ports = wire(settings)
    user_id = await new_user(sessions)
    await give_units(sessions, user_id, 20)
    path = Path(str(resources.files("atelier.entrypoints") / "demo" / "photo.jpg"))
    prepared = await ports.get(Gate).prepare(path, "photo.jpg", ImageLimits())
    async with sessions.begin(user_id=user_id) as session:
        image = await keep_image(session, user_id, prepared, ImageSource.UPLOAD)
    return await order(sessions, ports.get(Pipelines), user_id, image.id, options={"tier": "4k"})


async def test_a_job_whose_worker_is_killed_resumes_at_its_stage_and_is_paid_once(
    sessions: Sessions, settings: Settings, database_url: str, job_id: UUID
) -> None:
    async with worker_process(settings, database_url) as first:
        await until(sessions, "generating", job_id)
        os.kill(first.pid, signal.SIGKILL)
        await first.wait()

    async with worker_process(settings, database_url):
        await until(sessions, "succeeded", job_id)

    async with sessions.read(role=DbRole.SYSTEM) as session:
        rows = await session.execute(text("SELECT stage, attempt FROM job_stages"))
        stages = {row.stage: row.attempt for row in rows}
        job = (await session.execute(text("SELECT attempt, worker_deaths, cost_captured FROM jobs"))).one()
        outputs = await session.scalar(text("SELECT count(*) FROM job_outputs"))
        captures = await session.scalar(text("SELECT count(*) FROM ledger_transfers WHERE kind = 'usage'"))
        user_id = await session.scalar(text("SELECT user_id FROM jobs"))
    assert (stages["analyzing"], stages["prompting"], stages["generating"]) == (1, 1, 2)
    assert tuple(job) == (2, 1, 10)
    assert (outputs, captures) == (1, 1)
    assert await spendable(sessions, user_id) == 10
    assert await findings(sessions) == []


async def test_a_worker_told_to_stop_hands_its_job_to_the_next(
    sessions: Sessions, settings: Settings, database_url: str, job_id: UUID
) -> None:
    async with worker_process(settings, database_url) as first:
        await until(sessions, "generating", job_id)
        first.terminate()
        assert await asyncio.wait_for(first.wait(), PATIENCE) == 0
    async with worker_process(settings, database_url):
        await until(sessions, "succeeded", job_id)

    async with sessions.read(role=DbRole.SYSTEM) as session:
        assert await session.scalar(text("SELECT worker_deaths + failures FROM jobs")) == 0
    assert await findings(sessions) == []
