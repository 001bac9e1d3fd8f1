"""The brand for the page frame: the accent, made legible on light and on dark."""

from atelier.features.catalog.service import current
from atelier.runtime.db import ReadSession
from atelier.runtime.web.site import Brand
from atelier.runtime.web.templating import static_url

LIGHT = (250, 248, 245)
DARK = (24, 22, 20)
WANTED_CONTRAST = 4.5
Rgb = tuple[int, int, int]


async def current_brand(session: ReadSession) -> Brand:
    """The catalogue's brand. An accent without contrast is darkened or lightened until text in it can be read."""
    part = (await current(session)).brand
    accent = _until_legible(_rgb(part.accent), LIGHT, towards=(0, 0, 0))
    accent_dark = _until_legible(_rgb(part.accent), DARK, towards=(255, 255, 255))
    return Brand(
        name=part.name,
        accent=_hex(accent),
        accent_dark=_hex(accent_dark),
        on_accent=_hex(_on(accent)),
        on_accent_dark=_hex(_on(accent_dark)),
        logo_url=static_url(part.logo) if part.logo else None,
    )


def contrast(one: Rgb, other: Rgb) -> float:
    """The WCAG 2 contrast ratio, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _until_legible(colour: Rgb, ground: Rgb, *, towards: Rgb) -> Rgb:
    for step in range(21):
        red, green, blue = (round(a + (b - a) * step / 20) for a, b in zip(colour, towards, strict=True))
        if contrast((red, green, blue), ground) >= WANTED_CONTRAST:
            return red, green, blue
    return towards


def _on(colour: Rgb) -> Rgb:
    white, black = (255, 255, 255), (0, 0, 0)
    return white if contrast(white, colour) >= WANTED_CONTRAST else black


def _luminance(colour: Rgb) -> float:
    linear = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]  # noqa: PLR2004 - sRGB
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _rgb(text: str) -> Rgb:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _hex(colour: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
