"""The words of the enhancement product: sizes, shapes, corrections, and what is said about each."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from atelier.kernel.text import _

PRODUCT = "enhancement"
VERSION = "1"
RESULT = "result"


class OutputFormat(StrEnum):
    JPEG = "jpeg"
    WEBP = "webp"
    PNG = "png"
    AVIF = "avif"


class Crop(StrEnum):
    NONE = "none"
    AUTO = "auto"


class Aspect(StrEnum):
    """The shape of the result, width to height."""

    ORIGINAL = "original"
    SQUARE = "1:1"
    PORTRAIT_4_5 = "4:5"
    PORTRAIT_3_4 = "3:4"
    PORTRAIT_9_16 = "9:16"
    LANDSCAPE_4_3 = "4:3"
    LANDSCAPE_3_2 = "3:2"
    LANDSCAPE_16_9 = "16:9"

    @property
    def ratio(self) -> float | None:
        if self is Aspect.ORIGINAL:
            return None
        width, height = self.value.split(":")
        return int(width) / int(height)


class Correction(StrEnum):
    """`auto` corrects only where the fault was measured; there is no way to force one on a photo that lacks it."""

    AUTO = "auto"
    OFF = "off"


@dataclass(frozen=True)
class Prompt:
    """What an engine that takes words is told to do, and told not to do."""

    text: str
    negative: str


STEP_LABELS: Mapping[str, str] = {
    "denoise": _("Less noise"),
    "deblur": _("Crisper edges"),
    "white-balance": _("Neutral colours"),
    "exposure": _("Better light"),
    "look": _("Look"),
    "resize": _("Size"),
}

REASON_LABELS: Mapping[str, str] = {
    "noise": _("noise was measured"),
    "clean": _("no noise to speak of"),
    "blur": _("the photo is blurred"),
    "sharp": _("the photo is sharp enough"),
    "too-noisy": _("there is too much noise to sharpen"),
    "cast": _("a colour cast was measured"),
    "neutral": _("the colours are neutral"),
    "uncertain": _("it is not certain that the colour is a fault"),
    "dark": _("the photo is too dark"),
    "bright": _("the photo is washed out"),
    "well-exposed": _("the light is right"),
    "switched-off": _("you switched it off"),
    "asked": _("you asked for it"),
    "not-asked": _("you did not ask for it"),
    "reduced": _("reduced to the size you chose"),
    "enlarged": _("enlarged to the size you chose, without new detail"),
    "same-size": _("it has the size you chose"),
    "kept": _("the whole picture is kept"),
    "tilted": _("straightened"),
    "level": _("it is level"),
    "no-cues": _("there is no horizon or wall to go by"),
    "cues-disagree": _("the lines in it disagree"),
    "centred": _("cropped around the middle"),
    "subject": _("cropped around the subject"),
}
