"""Stored files, the images that people see, and the smaller copies of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from atelier.features.assets.types import Backend, ImageSource
from atelier.runtime.db import Base, Changing, Identified, Json


class File(Changing, Base):
    """Bytes under their content hash. Two people with the same bytes have a row each, and one object in the store."""

    __tablename__ = "files"
    __table_args__ = (
        UniqueConstraint("user_id", "sha256"),
        Index("ix_files_storage_key", "storage_key"),
        CheckConstraint("size_bytes >= 0", name="size_not_negative"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    sha256: Mapped[str]
    storage_key: Mapped[str]
    backend: Mapped[Backend] = mapped_column(server_default=Backend.LOCAL)
    format: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    duration_ms: Mapped[int | None]
    deleted_at: Mapped[datetime | None]


class Image(Changing, Base):
    """A picture of somebody's: an upload, or the result of a job. The file is never changed."""

    __tablename__ = "images"
    __table_args__ = (
        Index("ix_images_user_id_id", "user_id", "id", postgresql_where=text("deleted_at IS NULL")),
        Index("ix_images_public", "created_at", postgresql_where=text("is_public AND deleted_at IS NULL")),
        CheckConstraint("char_length(name) <= 255", name="name_length"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str]
    description: Mapped[str | None]
    alt_text: Mapped[str | None]
    is_public: Mapped[bool] = mapped_column(server_default=text("false"))
    view_count: Mapped[int] = mapped_column(server_default=text("0"))
    source: Mapped[ImageSource]
    facts: Mapped[Json]
    deleted_at: Mapped[datetime | None]


class ImageDerivative(Identified, Base):
    """A smaller copy for pages: upright, sRGB, without metadata."""

    __tablename__ = "image_derivatives"
    __table_args__ = (UniqueConstraint("image_id", "kind"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    image_id: Mapped[UUID] = mapped_column(ForeignKey("images.id", ondelete="CASCADE"))
    kind: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    format: Mapped[str]
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id", ondelete="RESTRICT"), index=True)
