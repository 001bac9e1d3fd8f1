"""Tells camera raw files, which are TIFFs outside and a small preview inside, from pictures."""

import struct
from mmap import mmap

from atelier.adapters.local_engine.child.protocol import Refusal

DNG_VERSION, NEW_SUBFILE_TYPE, SUB_IFDS = 0xC612, 0x00FE, 0x014A
REDUCED = 1
CLASSIC = 42
ENTRY = 12


def refuse_camera_raw(data: mmap) -> None:
    tags = _first_directory(data)
    is_preview = bool(tags.get(NEW_SUBFILE_TYPE, 0) & REDUCED) and SUB_IFDS in tags
    if DNG_VERSION in tags or is_preview:
        raise Refusal("format-not-accepted", kind="camera raw")


def _first_directory(data: mmap) -> dict[int, int]:
    order = "<" if data[:2] == b"II" else ">"
    magic, at = struct.unpack_from(order + "HI", data, 2)
    if magic != CLASSIC or at + 2 > len(data):
        return {}
    (count,) = struct.unpack_from(order + "H", data, at)
    if at + 2 + count * ENTRY > len(data):
        raise Refusal("truncated-image")
    entries = (struct.unpack_from(order + "HHII", data, at + 2 + number * ENTRY) for number in range(count))
    return {tag: value for tag, _kind, _count, value in entries}
