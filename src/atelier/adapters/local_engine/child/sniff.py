"""What a file is, by its first bytes. Pure and cheap: the caller uses it too, before it starts a child."""

import re

from atelier.adapters.local_engine.child.protocol import Refusal

HEAD = 4096

FOREIGN = (
    (b"GIF8", "GIF"),
    (b"%PDF-", "PDF"),
    (b"BM", "BMP"),
    (b"8BPS", "Photoshop"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"FUJIFILMCCD-RAW", "camera raw"),
    (b"IIRO", "camera raw"),
    (b"IIRS", "camera raw"),
    (b"IIU\x00", "camera raw"),
    (b"v/1\x01", "OpenEXR"),
    (b"#?RADIANCE", "Radiance HDR"),
)
HEVC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
SVG = re.compile(rb"<svg[\s>]", re.IGNORECASE)


def sniff(head: bytes) -> str:
    """The format, or a refusal that says what else it is."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith((b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")):
        if head[8:10] == b"CR":
            raise Refusal("format-not-accepted", kind="camera raw")
        return "tiff"
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    raise _refusal(head)


def _by_brand(head: bytes) -> str:
    size = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[8:12]} | {head[at : at + 4] for at in range(16, size - 3, 4)}
    if brands & {b"avif", b"avis"}:
        return "avif"
    if brands & HEVC_BRANDS:
        return "heic"
    raise Refusal("format-not-accepted", kind="video")


def _refusal(head: bytes) -> Refusal:
    if SVG.search(head.replace(b"\x00", b"")):
        return Refusal("svg-not-accepted")
    for magic, kind in FOREIGN:
        if head.startswith(magic):
            return Refusal("format-not-accepted", kind=kind)
    return Refusal("not-an-image")
