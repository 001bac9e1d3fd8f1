"""The form's advanced fields, made from the options model: a new option shows itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic.fields import FieldInfo

from atelier.features.enhancement.options import EnhancementOptions
from atelier.kernel.text import _
from atelier.runtime.web.language import gettext

LABELS: Mapping[str, str] = {
    "format": _("File format"),
    "crop": _("Crop"),
    "aspect": _("Shape"),
    "straighten": _("Straighten"),
    "white_balance": _("White balance"),
    "exposure": _("Exposure"),
    "denoise": _("Noise"),
    "deblur": _("Sharpness"),
    "look": _("Look"),
}
CHOICES: Mapping[str, str] = {
    "jpeg": "JPEG",
    "webp": "WebP",
    "png": "PNG",
    "avif": "AVIF",
    "none": _("Keep the whole picture"),
    "original": _("As it is"),
    "1:1": _("Square, 1:1"),
    "off": _("Leave as it is"),
}
AUTO: Mapping[str, str] = {"crop": _("Around the subject"), "": _("Where it is needed")}


@dataclass(frozen=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True)
class FieldView:
    """One option: a select, a checkbox or a slider."""

    name: str
    kind: str
    label: str
    help: str
    value: str
    options: Sequence[Choice] = ()


def advanced_fields(values: Mapping[str, str]) -> Sequence[FieldView]:
    """Every option but the size, with what is chosen now."""
    fields = EnhancementOptions.model_fields
    return [_field(name, field, values) for name, field in fields.items() if name != "tier"]


def as_values(options: Mapping[str, Any]) -> Mapping[str, str]:
    """Options as a form carries them."""
    return {name: ("on" if value else "") if isinstance(value, bool) else str(value) for name, value in options.items()}


def _field(name: str, field: FieldInfo, values: Mapping[str, str]) -> FieldView:
    kind = field.annotation
    label, text = gettext(LABELS.get(name, name)), gettext(field.description) if field.description else ""
    default = as_values({name: field.default})[name]
    value = values.get(name, default)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        options = [Choice(item.value, _say(name, item.value)) for item in kind]
        return FieldView(name, "select", label, text, value, options)
    return FieldView(name, "checkbox" if kind is bool else "slider", label, text, value)


def _say(name: str, value: str) -> str:
    if value == "auto":
        return gettext(AUTO.get(name, AUTO[""]))
    return gettext(CHOICES.get(value, value))
