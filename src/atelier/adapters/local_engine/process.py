"""Starts the decoder child, listens to it, and ends it: on time, on cancellation, always."""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from atelier.features.engines.ports import Progress

MODULE = "atelier.adapters.local_engine.child"
GIBIBYTE = 1024**3
LINE_LIMIT = 1024**2
STDERR_KEPT = 16_384


@dataclass(frozen=True)
class Allowance:
    """What one child may use. `seconds` is by the clock on the wall."""

    seconds: float
    cpu_seconds: int
    memory: int
    file_bytes: int = GIBIBYTE // 2


@dataclass(frozen=True)
class Reply:
    """The child's answer, what it used, and what it wrote to its error stream (for logs, never for people)."""

    result: Mapping[str, Any]
    usage: Mapping[str, Any] = field(default_factory=dict)
    stderr: str = ""


class ChildRefused(Exception):
    """The child answered with a typed refusal."""

    def __init__(self, answer: Mapping[str, Any], stderr: str) -> None:
        super().__init__(answer["error"])
        self.code = str(answer["error"])
        self.context: Mapping[str, Any] = answer["context"]
        self.usage: Mapping[str, Any] = answer["usage"]
        self.stderr = stderr


class ChildDied(Exception):
    """The child ended without an answer: it crashed, hit a limit or was killed."""

    def __init__(self, status: int | None, stderr: str) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.stderr = stderr


class ChildTooSlow(Exception):
    """The child was killed because its time was over."""


class ChildNotStarted(Exception):
    """The system would not start a process."""


def absolute(path: Path) -> str:
    """The path as the child, which works in a folder of its own, needs it."""
    return str(path.absolute())


class ChildRunner:
    """A fresh child for each command, so that nothing of one image reaches the next; at most `max_children` at once."""

    def __init__(self, *, max_children: int | None = None) -> None:
        self._turns = asyncio.Semaphore(max_children or os.cpu_count() or 1)

    async def run(
        self, command: Mapping[str, object], allowance: Allowance, *, progress: Progress | None = None
    ) -> Reply:
        async with self._turns:
            with tempfile.TemporaryDirectory(prefix="atelier-child-") as scratch:
                try:
                    async with asyncio.timeout(allowance.seconds), _child(Path(scratch)) as process:
                        return await _converse(process, command, allowance, progress=progress)
                except TimeoutError as error:
                    raise ChildTooSlow from error


@asynccontextmanager
async def _child(scratch: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-m", MODULE),
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            limit=LINE_LIMIT,
            cwd=scratch,
            env=_environment(scratch),
            start_new_session=True,
        )
    except OSError as error:
        raise ChildNotStarted from error
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await asyncio.shield(process.wait())


def _environment(scratch: Path) -> Mapping[str, str]:
    """Nothing of ours: no secrets, no addresses, one thread for each library."""
    one = ("VIPS_CONCURRENCY", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MALLOC_ARENA_MAX")
    return {"HOME": str(scratch), "TMPDIR": str(scratch), "LANG": "C.UTF-8", **dict.fromkeys(one, "1")}


async def _converse(
    process: asyncio.subprocess.Process,
    command: Mapping[str, object],
    allowance: Allowance,
    *,
    progress: Progress | None,
) -> Reply:
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise ChildNotStarted
    errors = asyncio.create_task(_tail(process.stderr))
    walls = {key: value for key, value in asdict(allowance).items() if key != "seconds"}
    try:
        process.stdin.write(json.dumps({**command, "limits": {**walls, "parent": os.getpid()}}).encode() + b"\n")
        answer = await _answer(process.stdout, progress)
        stderr = await errors
        status = await process.wait()
    except (ConnectionError, ValueError) as error:
        raise ChildDied(None, "") from error
    finally:
        errors.cancel()
    if answer is None:
        raise ChildDied(status, stderr)
    if "error" in answer:
        raise ChildRefused(answer, stderr)
    return Reply(answer["result"], answer["usage"], stderr)


async def _answer(stdout: asyncio.StreamReader, progress: Progress | None) -> Mapping[str, Any] | None:
    async for line in stdout:
        message: Mapping[str, Any] = json.loads(line)
        if "progress" not in message:
            return message
        if progress is not None:
            await progress(float(message["progress"]))
    return None


async def _tail(stream: asyncio.StreamReader) -> str:
    """Read all, so that the child never waits for us, but keep only the end."""
    kept = b""
    while chunk := await stream.read(STDERR_KEPT):
        kept = (kept + chunk)[-STDERR_KEPT:]
    return kept.decode(errors="replace")
