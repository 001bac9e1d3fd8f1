"""What is known about an image, and what an image may be."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Self
from uuid import UUID

MEGABYTE = 1_000_000


class ImageFormat(StrEnum):
    """What we read. Which one a file is, is decided by its bytes; its name and its declared type are ignored."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    AVIF = "avif"
    TIFF = "tiff"
    HEIC = "heic"

    @property
    def media_type(self) -> str:
        return f"image/{self.value}"

    @property
    def extension(self) -> str:
        return {ImageFormat.JPEG: "jpg", ImageFormat.TIFF: "tif"}.get(self, self.value)


@dataclass(frozen=True)
class ImageLimits:
    """What an image may measure. `max_pixels` counts width x height x pages, from the header, before any decoding."""

    max_bytes: int = 50 * MEGABYTE
    max_pixels: int = 100 * MEGABYTE
    max_pages: int = 50
    max_aspect: int = 100


@dataclass(frozen=True)
class ImageFacts:
    """What a full decode found. Width and height are those a viewer shows, after the orientation is applied."""

    format: ImageFormat
    width: int
    height: int
    size: int
    orientation: int
    pages: int
    bits: int
    colour: str
    has_alpha: bool
    has_icc: bool

    @property
    def pixels(self) -> int:
        return self.width * self.height

    def to_record(self) -> Mapping[str, object]:
        return asdict(self)

    @classmethod
    def from_record(cls, record: Mapping[str, object]) -> Self:
        values = {**record, "format": ImageFormat(str(record["format"]))}
        return cls(**values)  # type: ignore[arg-type]


@dataclass(frozen=True)
class DerivativeSpec:
    """A smaller copy that is wanted: sRGB, upright, without metadata. Never larger than the original."""

    name: str
    longest_edge: int
    format: ImageFormat = ImageFormat.WEBP
    quality: int = 80


@dataclass(frozen=True)
class Derivative:
    name: str
    path: Path
    format: ImageFormat
    width: int
    height: int
    size: int


@dataclass(frozen=True)
class Frame:
    """The part of a picture that is kept: turned by `angle` degrees, then `box` (x, y, width, height as fractions)."""

    angle: float = 0.0
    box: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)

    @property
    def keeps_all(self) -> bool:
        return self == Frame()


@dataclass(frozen=True)
class Likeness:
    """How a result compares with its source: `structure` is 1 for the same edges, about 0 for another picture."""

    structure: float
    spread: float
    source_spread: float
    metadata: tuple[str, ...]


class Backend(StrEnum):
    """Where the bytes lie. OPFS is the browser's own file system."""

    LOCAL = "local"
    S3 = "s3"
    OPFS = "opfs"


class ImageSource(StrEnum):
    """How an image came to be here."""

    UPLOAD = "upload"
    DRIVE = "drive"
    JOB = "job"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class StoredFile:
    """A file in the store that has no row yet."""

    sha256: str
    key: str
    size: int
    format: str
    media_type: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class PreparedImage:
    """An image that passed the gate and whose bytes are stored; `keep_image` gives it its rows."""

    name: str
    facts: ImageFacts
    original: StoredFile
    derivatives: Mapping[str, StoredFile]


@dataclass(frozen=True)
class ImageView:
    """An image with fresh links."""

    id: UUID
    name: str
    alt_text: str
    source: ImageSource
    created_at: datetime
    facts: ImageFacts
    size: int
    original_url: str
    download_url: str
    thumb_url: str
    web_url: str
