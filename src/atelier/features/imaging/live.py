"""Live progress: streams of the state of jobs, woken by signals, with polling as the truth behind them.

An event carries the whole state of a job, so a stream that broke off needs no history: it begins with a snapshot.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID

from atelier.features.imaging import queries, service
from atelier.features.imaging.models import Job
from atelier.features.imaging.representations import represent_fully
from atelier.features.imaging.schemas import JobFull
from atelier.features.imaging.service.signals import LIVE
from atelier.features.imaging.types import JobStatus
from atelier.kernel.clock import utc_now
from atelier.runtime.db import DbRole, ReadSession, Sessions
from atelier.runtime.storage import LinkSigner

POLL_SECONDS = 10.0
PAGE = 200
OLDEST = timedelta(days=1)
LONGEST_STREAM = timedelta(minutes=2)
"""Then the client connects again, and is asked again who it is."""

OVERLAP = timedelta(seconds=10)
"""A change can become visible a little after its time stamp."""


class Hub:
    """One listener a process, many streams: each is woken when something of its person changed."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._streams: dict[str, set[asyncio.Event]] = {}
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def subscribe(self, user_id: UUID) -> AsyncIterator[asyncio.Event]:
        """An event that is set at each change. A slow reader loses wake-ups, never state."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen(), name="live")
        woken = asyncio.Event()
        streams = self._streams.setdefault(str(user_id), set())
        streams.add(woken)
        try:
            yield woken
        finally:
            streams.discard(woken)
            if not streams:
                self._streams.pop(str(user_id), None)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _listen(self) -> None:
        async with self._sessions.signals.listen(LIVE) as queue:
            while True:
                for woken in self._streams.get(await queue.get(), ()):
                    woken.set()


async def follow_job(
    sessions: Sessions, hub: Hub, signer: LinkSigner, user_id: UUID, *, job_id: UUID, after: int
) -> AsyncIterator[JobFull]:
    """The job now if it changed after revision `after`, then each change, to its end. Raises JobNotFound."""
    ends = utc_now() + LONGEST_STREAM
    async with hub.subscribe(user_id) as woken:
        while utc_now() < ends:
            woken.clear()
            job = await read_job(sessions, signer, user_id, job_id)
            if job.revision > after:
                after = job.revision
                yield job
            if job.status.is_final:
                return
            await _wait(woken)


async def follow_person(
    sessions: Sessions, hub: Hub, signer: LinkSigner, user_id: UUID, *, since: datetime | None
) -> AsyncIterator[tuple[datetime, JobFull]]:
    """All open jobs now, and what changed after `since`; then every change of any job, with its time."""
    ends = utc_now() + LONGEST_STREAM
    sent: dict[UUID, int] = {}
    async with hub.subscribe(user_id) as woken:
        seen = max(since or utc_now(), utc_now() - OLDEST)
        first = True
        while utc_now() < ends:
            woken.clear()
            async with sessions.read(user_id=user_id) as session:
                jobs = await _changed(session, user_id, seen - OVERLAP)
                jobs += await queries.list_open(session, user_id) if first else []
                fresh = {job.id: job for job in jobs if sent.get(job.id, 0) < job.revision}
                views = [await _full(session, signer, user_id, job_id) for job_id in fresh]
            first = False
            for view in views:
                sent[view.id] = view.revision
                changed = fresh[view.id].updated_at
                seen = max(seen, changed)
                yield changed, view
            await _wait(woken)


async def read_job(sessions: Sessions, signer: LinkSigner, user_id: UUID, job_id: UUID) -> JobFull:
    """The job as a stream shows it, its place in the queue included. Raises JobNotFound."""
    async with sessions.read(user_id=user_id) as session:
        job = await _full(session, signer, user_id, job_id)
        turn = await queries.find_turn(session, user_id, job_id)
    if job.status is JobStatus.QUEUED and turn is not None:
        async with sessions.read(role=DbRole.SYSTEM) as session:
            job = job.model_copy(update={"position": await queries.count_ahead(session, turn) + 1})
    return job


async def _changed(session: ReadSession, user_id: UUID, since: datetime) -> list[Job]:
    """All that changed, page by page, however much it is."""
    jobs: list[Job] = []
    while page := await queries.list_changed(session, user_id, since=since, limit=PAGE):
        jobs += page
        since = page[-1].updated_at
        if len(page) < PAGE:
            break
    return jobs


async def _full(session: ReadSession, signer: LinkSigner, user_id: UUID, job_id: UUID) -> JobFull:
    view = await service.view_job(session, signer, user_id, job_id)
    return represent_fully(view)


async def _wait(woken: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(woken.wait(), POLL_SECONDS)
    except TimeoutError:
        return
