"""Files and images by their owner."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from atelier.features.assets.models import File, Image, ImageDerivative
from atelier.features.assets.types import StoredFile
from atelier.kernel.ids import new_id
from atelier.runtime.db import ReadSession, Session


async def put_file(session: Session, user_id: UUID, stored: StoredFile) -> UUID:
    """The row of this content, made when it is missing."""
    values = {
        "id": new_id(),
        "user_id": user_id,
        "sha256": stored.sha256,
        "storage_key": stored.key,
        "format": stored.format,
        "media_type": stored.media_type,
        "size_bytes": stored.size,
        "width": stored.width,
        "height": stored.height,
    }
    again = insert(File).values(values)
    row = again.on_conflict_do_update(index_elements=["user_id", "sha256"], set_={"deleted_at": None})
    return (await session.execute(row.returning(File.id))).scalar_one()


async def find_file(session: ReadSession, file_id: UUID) -> File | None:
    """For the signed link, which stands in for the owner; the caller is the system."""
    return await session.scalar(select(File).where(File.id == file_id, File.deleted_at.is_(None)))


async def find_image(session: ReadSession, user_id: UUID, image_id: UUID) -> Image | None:
    return await session.scalar(
        select(Image).where(Image.user_id == user_id, Image.id == image_id, Image.deleted_at.is_(None))
    )


async def list_images(session: ReadSession, user_id: UUID, *, before: UUID | None, limit: int) -> Sequence[Image]:
    """Newest first, from below `before`."""
    images = select(Image).where(Image.user_id == user_id, Image.deleted_at.is_(None))
    if before is not None:
        images = images.where(Image.id < before)
    return (await session.scalars(images.order_by(Image.id.desc()).limit(limit))).all()


async def list_images_by_id(session: ReadSession, user_id: UUID, ids: Sequence[UUID]) -> Sequence[Image]:
    """Deleted ones too: a job still shows what it was made from."""
    return (await session.scalars(select(Image).where(Image.user_id == user_id, Image.id.in_(ids)))).all()


async def map_derivatives(
    session: ReadSession, user_id: UUID, image_ids: Sequence[UUID]
) -> Mapping[UUID, Mapping[str, ImageDerivative]]:
    """By image and kind."""
    rows = await session.scalars(
        select(ImageDerivative).where(ImageDerivative.user_id == user_id, ImageDerivative.image_id.in_(image_ids))
    )
    found: dict[UUID, dict[str, ImageDerivative]] = {}
    for row in rows:
        found.setdefault(row.image_id, {})[row.kind] = row
    return found


async def map_files(session: ReadSession, user_id: UUID, file_ids: Sequence[UUID]) -> Mapping[UUID, File]:
    rows = await session.scalars(select(File).where(File.user_id == user_id, File.id.in_(file_ids)))
    return {row.id: row for row in rows}


async def trash_image(session: Session, user_id: UUID, image_id: UUID, now: datetime) -> bool:
    """Whoever gets the row has deleted it."""
    statement = update(Image).where(Image.user_id == user_id, Image.id == image_id, Image.deleted_at.is_(None))
    return await session.scalar(statement.values(deleted_at=now).returning(Image.id)) is not None


async def restore_image(session: Session, user_id: UUID, image_id: UUID) -> bool:
    statement = update(Image).where(Image.user_id == user_id, Image.id == image_id, Image.deleted_at.is_not(None))
    return await session.scalar(statement.values(deleted_at=None).returning(Image.id)) is not None


async def change_image(session: Session, user_id: UUID, image_id: UUID, values: Mapping[str, str | None]) -> bool:
    statement = update(Image).where(Image.user_id == user_id, Image.id == image_id, Image.deleted_at.is_(None))
    return await session.scalar(statement.values(dict(values)).returning(Image.id)) is not None
