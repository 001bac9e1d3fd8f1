"""Images as the API shows them."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from atelier.features.assets.types import ImageFormat, ImageSource, ImageView


class ImageRead(BaseModel):
    """A picture. The links live for some minutes; ask again for fresh ones."""

    id: UUID
    name: str
    alt_text: str
    source: ImageSource
    format: ImageFormat
    width: int
    height: int
    size: int = Field(description="Bytes of the original.")
    created_at: datetime
    thumbnail: str
    preview: str
    download: str

    @classmethod
    def of(cls, view: ImageView) -> Self:
        return cls(
            id=view.id,
            name=view.name,
            alt_text=view.alt_text,
            source=view.source,
            format=view.facts.format,
            width=view.facts.width,
            height=view.facts.height,
            size=view.size,
            created_at=view.created_at,
            thumbnail=view.thumb_url,
            preview=view.web_url,
            download=view.download_url,
        )


class ImageUpdate(BaseModel):
    """What can be said about an image; what is left out stays."""

    name: str | None = Field(None, min_length=1, max_length=255)
    alt_text: str | None = Field(None, max_length=500)
    description: str | None = Field(None, max_length=2000)


class Refusal(BaseModel):
    """Why a file was not taken."""

    name: str
    code: str
    detail: str


class UploadRead(BaseModel):
    """What became of each file: one bad file never blocks the rest."""

    images: list[ImageRead]
    refused: list[Refusal]


class ImagePage(BaseModel):
    items: list[ImageRead]
    next_cursor: str | None
