"""Wake-ups between processes: NOTIFY after commit and LISTEN, on one connection each per process.

They are hints. Whoever listens also polls, so a lost signal costs latency and nothing else.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import structlog
from psycopg import sql

log = structlog.get_logger(__name__)

RECONNECT_SECONDS = 1.0
SEND_SECONDS = 2.0
"""A request has been committed and waits for its answer meanwhile."""
QUEUE_LIMIT = 1000


class Signals:
    """Sends and receives signals for one process."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = asyncio.Lock()
        self._sender: psycopg.AsyncConnection | None = None
        self._listener: asyncio.Task[None] | None = None
        self._queues: dict[str, set[asyncio.Queue[str]]] = defaultdict(set)
        self._changed = asyncio.Event()

    async def notify(self, channel: str, payload: str = "") -> None:
        """Send a signal; a failure is logged and forgotten, because polling finds the work anyway."""
        async with self._lock:
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    if self._sender is None or self._sender.closed:
                        self._sender = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
                    await self._sender.execute("SELECT pg_notify(%s, %s)", (channel, payload))
            except (psycopg.Error, TimeoutError) as error:
                log.warning("signal_lost", channel=channel, error=type(error).__name__)
                self._sender = None

    @asynccontextmanager
    async def listen(self, *channels: str) -> AsyncIterator["asyncio.Queue[str]"]:
        """A queue of the payloads sent on `channels`; a full queue drops the oldest."""
        queue: asyncio.Queue[str] = asyncio.Queue(QUEUE_LIMIT)
        for channel in channels:
            self._queues[channel].add(queue)
        self._changed.set()
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._run(), name="signals")
        try:
            yield queue
        finally:
            for channel in channels:
                self._queues[channel].discard(queue)

    async def close(self) -> None:
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener
        if self._sender is not None:
            await self._sender.close()

    async def _run(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
                    await self._receive(connection)
            except psycopg.Error as error:
                log.warning("signals_interrupted", error=type(error).__name__)
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _receive(self, connection: psycopg.AsyncConnection) -> None:
        listening: set[str] = set()
        while True:
            self._changed.clear()
            for channel in set(self._queues) - listening:
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                listening.add(channel)
            async for notice in connection.notifies(timeout=1.0, stop_after=100):
                self._deliver(notice.channel, notice.payload)
                if self._changed.is_set():
                    break

    def _deliver(self, channel: str, payload: str) -> None:
        for queue in tuple(self._queues[channel]):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(payload)
