"""Taking files from a request: each through the gate by itself, so that one bad file never blocks the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from starlette.datastructures import UploadFile

from atelier.features import catalog
from atelier.features.assets import service
from atelier.features.assets.errors import FileTooLarge, NoFiles, TooManyFiles
from atelier.features.assets.service import Gate
from atelier.features.assets.types import MEGABYTE, ImageLimits, ImageSource, PreparedImage
from atelier.kernel.errors import AppError
from atelier.runtime.db import Sessions
from atelier.runtime.throttle import Limit, take

CHUNK = 1 << 20


@dataclass(frozen=True)
class Taken:
    """The ids of what was kept, and the refused files with their reasons."""

    images: Sequence[UUID]
    refused: Sequence[tuple[str, AppError]]


async def take_files(sessions: Sessions, gate: Gate, user_id: UUID, files: Sequence[UploadFile]) -> Taken:
    """Let files in. Raises NoFiles, TooManyFiles and RateLimited for the request as a whole."""
    async with sessions.read(user_id=user_id) as session:
        limits = (await catalog.current(session)).limits
    files = [file for file in files if file.filename or file.size]
    if not files:
        raise NoFiles(field="file")
    if len(files) > limits.files_per_upload:
        raise TooManyFiles(field="file", count=len(files), limit=limits.files_per_upload)
    await take(sessions, f"upload:{user_id}", Limit(limits.uploads_per_minute, 60))
    kept: list[UUID] = []
    refused: list[tuple[str, AppError]] = []
    for file in files:
        name = service.clean_name(file.filename or "")
        try:
            prepared = await _prepare(gate, file, name, service.image_limits(limits))
        except AppError as error:
            refused.append((name, error))
            continue
        async with sessions.begin(user_id=user_id) as session:
            image = await service.keep_image(session, user_id, prepared, ImageSource.UPLOAD)
            kept.append(image.id)
    return Taken(kept, refused)


async def _prepare(gate: Gate, file: UploadFile, name: str, limits: ImageLimits) -> PreparedImage:
    async with service.scratch_file() as path:
        await _write(file, path, name, limits.max_bytes)
        return await gate.prepare(path, name, limits)


async def _write(file: UploadFile, path: Path, name: str, limit: int) -> None:
    size = 0
    with path.open("wb") as out:
        while chunk := await file.read(CHUNK):
            size += len(chunk)
            if size > limit:
                raise FileTooLarge(name=name, megabytes=round(size / MEGABYTE, 1), limit=limit // MEGABYTE)
            out.write(chunk)
