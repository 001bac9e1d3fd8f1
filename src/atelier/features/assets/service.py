"""Letting images in, keeping them, and linking to them."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from uuid import UUID

from atelier.features.assets import queries
from atelier.features.assets.errors import ImageNotFound
from atelier.features.assets.models import File, Image, ImageDerivative
from atelier.features.assets.ports import ImageDecoder
from atelier.features.assets.types import (
    DerivativeSpec,
    ImageFacts,
    ImageFormat,
    ImageLimits,
    ImageSource,
    ImageView,
    PreparedImage,
    StoredFile,
)
from atelier.features.catalog import Limits
from atelier.kernel.pagination import DEFAULT_LIMIT, Slice, decode_cursor
from atelier.runtime.db import ReadSession, Session
from atelier.runtime.storage import Blobs, LinkSigner

DERIVATIVES = (
    DerivativeSpec("thumb", 480, ImageFormat.WEBP, 78),
    DerivativeSpec("web", 1600, ImageFormat.WEBP, 82),
)
MEGAPIXEL = 1_000_000


@dataclass(frozen=True)
class Gate:
    """What lets images in: the store and the decoder."""

    blobs: Blobs
    decoder: ImageDecoder

    async def prepare(self, path: Path, name: str, limits: ImageLimits) -> PreparedImage:
        """Look at a file, store it untouched, and make its smaller copies. No transaction may be open.

        Raises the errors of `assets.errors`; a refused file leaves nothing behind.
        """
        facts = await self.decoder.inspect(path, limits, name=name)
        with tempfile.TemporaryDirectory(prefix="atelier-derive-") as folder:
            made = await self.decoder.derive(path, DERIVATIVES, Path(folder))
            derivatives = {
                item.name: await self._store(item.path, item.format, item.width, item.height) for item in made
            }
        original = await self._store(path, facts.format, facts.width, facts.height)
        return PreparedImage(clean_name(name), facts, original, derivatives)

    async def _store(self, path: Path, kind: ImageFormat, width: int, height: int) -> StoredFile:
        digest = await self.blobs.keep(path)
        return StoredFile(digest.sha256, digest.key, digest.size, kind, kind.media_type, width, height)


def image_limits(limits: Limits) -> ImageLimits:
    """The catalogue's limits in the gate's words."""
    return ImageLimits(
        max_bytes=limits.file_bytes,
        max_pixels=limits.file_megapixels * MEGAPIXEL,
        max_pages=limits.file_pages,
        max_aspect=limits.file_aspect,
    )


def clean_name(name: str) -> str:
    """The file's own name, without folders, control characters, or more than 255 characters."""
    bare = PurePath(name.replace("\\", "/")).name
    shown = "".join(letter for letter in bare if letter.isprintable()).strip(". ")
    return shown[-255:] or "image"


async def keep_image(session: Session, user_id: UUID, prepared: PreparedImage, source: ImageSource) -> Image:
    """Give a prepared image its rows."""
    file_id = await queries.put_file(session, user_id, prepared.original)
    facts = dict(prepared.facts.to_record())
    image = Image(user_id=user_id, file_id=file_id, name=prepared.name, source=source, facts=facts)
    session.add(image)
    await session.flush()  # the derivatives refer to it
    for kind, stored in prepared.derivatives.items():
        derivative_id = await queries.put_file(session, user_id, stored)
        session.add(
            ImageDerivative(
                user_id=user_id,
                image_id=image.id,
                kind=kind,
                width=stored.width,
                height=stored.height,
                format=stored.format,
                file_id=derivative_id,
            )
        )
    await session.flush()  # in the role of the caller
    return image


async def get_image(session: ReadSession, user_id: UUID, image_id: UUID) -> Image:
    """Raises ImageNotFound, for somebody else's image too."""
    image = await queries.find_image(session, user_id, image_id)
    if image is None:
        raise ImageNotFound(field="image", image=str(image_id))
    return image


async def describe_image(session: Session, user_id: UUID, image_id: UUID, values: Mapping[str, str | None]) -> None:
    """Change the name or the description; no values change nothing. Raises ImageNotFound."""
    wanted = {name: value for name, value in values.items() if name != "name"}
    if name := values.get("name"):
        wanted["name"] = clean_name(name)
    if wanted and not await queries.change_image(session, user_id, image_id, wanted):
        raise ImageNotFound(image=str(image_id))


async def trash_image(session: Session, user_id: UUID, image_id: UUID, *, now: datetime) -> None:
    """Into the bin, from which `restore_image` brings it back. Raises ImageNotFound."""
    if not await queries.trash_image(session, user_id, image_id, now):
        raise ImageNotFound(image=str(image_id))


async def restore_image(session: Session, user_id: UUID, image_id: UUID) -> None:
    """Out of the bin. Raises ImageNotFound."""
    if not await queries.restore_image(session, user_id, image_id):
        raise ImageNotFound(image=str(image_id))


async def view_images(
    session: ReadSession, signer: LinkSigner, user_id: UUID, images: Sequence[Image]
) -> Sequence[ImageView]:
    """The images with links that live for some minutes."""
    derivatives = await queries.map_derivatives(session, user_id, [image.id for image in images])
    files = await queries.map_files(session, user_id, [image.file_id for image in images])
    return [_view(signer, image, files[image.file_id], derivatives.get(image.id, {})) for image in images]


def _view(signer: LinkSigner, image: Image, file: File, derivatives: Mapping[str, ImageDerivative]) -> ImageView:
    def link(file_id: UUID, download: str | None = None) -> str:
        return signer.sign(f"/files/{file_id}", download=download)

    original = link(image.file_id)
    facts = ImageFacts.from_record(image.facts)
    return ImageView(
        id=image.id,
        name=image.name,
        alt_text=image.alt_text or image.name,
        source=image.source,
        created_at=image.created_at,
        facts=facts,
        size=file.size_bytes,
        original_url=original,
        download_url=link(image.file_id, image.name),
        thumb_url=link(derivatives["thumb"].file_id) if "thumb" in derivatives else original,
        web_url=link(derivatives["web"].file_id) if "web" in derivatives else original,
    )


@contextlib.asynccontextmanager
async def scratch_file() -> AsyncIterator[Path]:
    """A path for bytes that are on their way in; gone afterwards."""
    folder = await asyncio.to_thread(tempfile.TemporaryDirectory, prefix="atelier-upload-")
    try:
        yield Path(folder.name, "upload")
    finally:
        await asyncio.to_thread(folder.cleanup)


async def list_recent(
    session: ReadSession, signer: LinkSigner, user_id: UUID, *, cursor: str | None = None, limit: int = DEFAULT_LIMIT
) -> Slice[ImageView]:
    """The person's images, newest first."""
    rows = await queries.list_images(session, user_id, before=decode_cursor(cursor), limit=limit + 1)
    page = Slice.of(rows, limit, lambda image: image.id)
    return Slice(await view_images(session, signer, user_id, page.items), page.next_cursor)
