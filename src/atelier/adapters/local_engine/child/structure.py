"""Walks the container of an image without decoding it: its end must be there, and nothing else may hide in it.

A file that two programs read as two things is refused. After the image's end only this may follow: padding, further
JPEGs and videos (multi-picture and motion photos) and what camera makers append; none of it may hold the mark of an
archive, a document, a page, a script or a program. Comments and other text inside the image may hold no script.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from mmap import mmap

from atelier.adapters.local_engine.child.protocol import Refusal

NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
HIDDEN = re.compile(
    rb"(?P<ZIP>PK\x03\x04|PK\x05\x06)|(?P<PDF>%PDF-)|(?P<PHP><\?php|__HALT_COMPILER)"
    rb"|(?P<HTML><!doctype|<html|<body|<iframe)|(?P<script><script)|(?P<SVG><svg)|(?P<RAR>Rar!\x1a\x07)"
    rb"|(?P<archive>7z\xbc\xaf\x27\x1c)|(?P<program>\x7fELF)|(?P<GIF>GIF8[79]a)",
    re.IGNORECASE,
)
SCRIPTS = re.compile(
    rb"(?P<PHP><\?php|__HALT_COMPILER)|(?P<HTML><!doctype html|<html)|(?P<script><script)", re.IGNORECASE
)
PDF_REACH = 1024
ZIP_END = b"PK\x05\x06"
ZIP_END_SIZE = 22
ZIP_REACH = ZIP_END_SIZE + 0xFFFF
PNG_TEXT = {b"tEXt", b"zTXt", b"iTXt", b"eXIf"}
TOP_BOXES = {b"free", b"skip", b"uuid"}
FILL, END_OF_IMAGE, START_OF_SCAN, COMMENT = 0xFF, 0xD9, 0xDA, 0xFE
SMALLEST_BOX = 8
STANDALONE = {0x01, *range(0xD0, 0xD8)}
APPLICATION = range(0xE0, 0xF0)


@dataclass
class Layout:
    """Where the image ends, and where people and programs may have written into it."""

    end: int = 0
    text: list[tuple[int, int]] = field(default_factory=list)


def check_structure(kind: str, data: mmap) -> None:
    """Refuse what is cut short and what is two things at once."""
    layout = WALKS[kind](data) if kind in WALKS else Layout(end=len(data))
    for found in _hidden(data, layout):
        raise Refusal("ambiguous-file", kind=found)


def _hidden(data: mmap, layout: Layout) -> Iterator[str]:
    if data[layout.end : layout.end + 2] == b"MZ":
        yield "program"
    if (match := HIDDEN.search(data, layout.end)) and match.lastgroup:
        yield match.lastgroup
    for start, end in layout.text:
        if (match := SCRIPTS.search(data, start, end)) and match.lastgroup:
            yield match.lastgroup
    if data.find(b"%PDF-", 0, PDF_REACH) >= 0:
        yield "PDF"
    if _has_zip_directory(data):
        yield "ZIP"


def _has_zip_directory(data: mmap) -> bool:
    """A ZIP is read from its end; this finds one wherever it begins."""
    at = data.rfind(ZIP_END, max(0, len(data) - ZIP_REACH))
    if at < 0:
        return False
    comment = int.from_bytes(data[at + 20 : at + 22], "little")
    return at + ZIP_END_SIZE + comment <= len(data)


def _need(data: mmap, end: int) -> None:
    if end > len(data):
        raise Refusal("truncated-image")


def _walk_jpeg(data: mmap) -> Layout:
    layout, at = Layout(), 2
    while True:
        _need(data, at + 2)
        if data[at] != FILL:
            raise Refusal("damaged-image")
        marker = data[at + 1]
        if marker == END_OF_IMAGE:
            layout.end = at + 2
            return layout
        if marker == FILL or marker in STANDALONE:
            at += 1 if marker == FILL else 2
            continue
        at = _jpeg_segment(data, at, layout)


def _jpeg_segment(data: mmap, at: int, layout: Layout) -> int:
    _need(data, at + 4)
    marker, end = data[at + 1], at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    _need(data, end)
    if marker == COMMENT or marker in APPLICATION:
        layout.text.append((at + 4, end))
    if marker != START_OF_SCAN:
        return end
    following = NEXT_MARKER.search(data, end)
    if following is None:
        raise Refusal("truncated-image")
    return following.start()


def _walk_png(data: mmap) -> Layout:
    layout, at = Layout(), 8
    while True:
        _need(data, at + 12)
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + 12 + size
        _need(data, end)
        if name in PNG_TEXT:
            layout.text.append((at + 8, end - 4))
        if name == b"IEND":
            layout.end = end
            return layout
        at = end


def _walk_webp(data: mmap) -> Layout:
    layout, at = Layout(), 12
    layout.end = 8 + int.from_bytes(data[4:8], "little")
    _need(data, layout.end)
    while at + 8 <= layout.end:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if data[at : at + 4] in {b"EXIF", b"XMP "}:
            layout.text.append((at + 8, min(at + 8 + size, layout.end)))
        at += 8 + size + size % 2
    return layout


def _walk_boxes(data: mmap) -> Layout:
    layout, at = Layout(), 0
    while at + 8 <= len(data):
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if not name.isalnum():
            break
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        if size == 0:
            size = len(data) - at
        if size < SMALLEST_BOX:
            raise Refusal("damaged-image")
        _need(data, at + size)
        if name in TOP_BOXES:
            layout.text.append((at + 8, at + size))
        at += size
    layout.end = at
    return layout


WALKS: dict[str, Callable[[mmap], Layout]] = {
    "jpeg": _walk_jpeg,
    "png": _walk_png,
    "webp": _walk_webp,
    "avif": _walk_boxes,
    "heic": _walk_boxes,
}
