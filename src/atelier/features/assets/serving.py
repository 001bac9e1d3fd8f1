"""Stored bytes over HTTP: conditional and partial requests, and headers that keep the bytes from doing anything."""

import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import Response, StreamingResponse

from atelier.features.assets.models import File
from atelier.runtime.storage import BlobMissing, Blobs

CHUNK = 1 << 20
POLICY = "sandbox; default-src 'none'"
RANGE = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$")


@dataclass(frozen=True)
class Part:
    """The bytes from `start` up to, not including, `end`."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start


async def answer_file(file: File, blobs: Blobs, asked: Headers, *, expires: str, download: str, head: bool) -> Response:
    """200, 206, 304 or 416. Raises BlobMissing."""
    headers = _headers(file, expires, download)
    if _is_known(asked, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    whole = Part(0, file.size_bytes)
    part = whole
    if "range" in asked and asked.get("if-range", headers["ETag"]) == headers["ETag"]:
        found = read_range(asked["range"], file.size_bytes)
        if found is None:
            return Response(status_code=416, headers={"Content-Range": f"bytes */{file.size_bytes}"})
        part = found
    status = 200 if part == whole else 206
    if status != 200:  # noqa: PLR2004 - the whole
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{file.size_bytes}"
    headers["Content-Length"] = str(part.length)
    if not await blobs.exists(file.storage_key):
        raise BlobMissing
    body = _bytes(blobs, file.storage_key, part)
    if head:
        return Response(status_code=status, headers=headers, media_type=file.media_type)
    return StreamingResponse(body, status, headers, media_type=file.media_type)


def read_range(header: str, size: int) -> Part | None:
    """One range; several at once, or another unit, are answered with the whole. None when it lies outside."""
    found = RANGE.match(header.strip())
    if found is None or found.groups() == ("", ""):
        return Part(0, size)
    first, last = found.groups()
    if not first:
        part = Part(max(0, size - int(last)), size)
    else:
        part = Part(int(first), min(size, int(last) + 1) if last else size)
    return part if part.length > 0 else None


def _headers(file: File, expires: str, download: str) -> dict[str, str]:
    return {
        "ETag": f'"{file.sha256}"',
        "Accept-Ranges": "bytes",
        "Cache-Control": f"private, max-age={max(0, int(expires) - int(time.time()))}",
        "Content-Disposition": _disposition(download),
        "Content-Security-Policy": POLICY,
        "Cross-Origin-Resource-Policy": "same-site",
    }


def _disposition(download: str) -> str:
    """RFC 6266: a plain name for old clients, and the real one percent-encoded."""
    if not download:
        return "inline"
    plain = "".join(letter if letter.isascii() and letter.isprintable() else "_" for letter in download)
    plain = plain.replace("\\", "_").replace('"', "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(download, safe='')}"


def _is_known(asked: Headers, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in asked.get("if-none-match", "").split(",")]
    return etag in tags or "*" in tags


async def _bytes(blobs: Blobs, key: str, part: Part) -> AsyncIterator[bytes]:
    """In pieces, so that a large file never stands in memory whole."""
    at = part.start
    while at < part.end:
        length = min(CHUNK, part.end - at)
        async for piece in blobs.stream(key, start=at, length=length):
            yield piece
        at += length
