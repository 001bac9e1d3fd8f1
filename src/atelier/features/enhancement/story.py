"""What was measured and what was done about it, in words for the person whose photo it is."""

from collections.abc import Mapping, Sequence
from typing import Any

from atelier.features.enhancement.frames import frame_of
from atelier.features.enhancement.types import REASON_LABELS, STEP_LABELS
from atelier.features.imaging import Deed, Record, Stage, Story
from atelier.runtime.web.language import gettext
from atelier.runtime.web.templating import number

PERCENT = 100


def tell(records: Mapping[Stage, Record]) -> Story:
    """From the records of the stages; what a stage has not recorded is left out."""
    analysis, framing = records.get(Stage.ANALYZING, {}), records.get(Stage.CROPPING, {})
    made = _steps(records.get(Stage.GENERATING, {})) or _steps(analysis)
    deeds = [*_framing(framing), *(_deed(step) for step in made)]
    return Story(_measured(analysis), deeds, frame_of(framing))


def _measured(analysis: Record) -> Sequence[tuple[str, str]]:
    light = analysis.get("luminance")
    found = [_light(light)] if isinstance(light, Mapping) and light else []
    for step in _steps(analysis):
        values = step.get("measured") or {}
        maker = {"denoise": _noise, "deblur": _blur, "white-balance": _cast}.get(str(step.get("name")))
        if maker and values:
            found.append(maker(values))
    return found


def _light(light: Mapping[str, Any]) -> tuple[str, str]:
    words = gettext("{middle} of 255 in the middle, {dark} to {bright}")
    return gettext("Brightness"), words.format(
        middle=number(round(light["p50"])), dark=number(round(light["p1"])), bright=number(round(light["p99"]))
    )


def _noise(values: Mapping[str, Any]) -> tuple[str, str]:
    return gettext("Noise"), gettext("{sigma} of 255").format(sigma=number(round(values["sigma"], 1)))


def _blur(values: Mapping[str, Any]) -> tuple[str, str]:
    return gettext("Blur"), gettext("{sigma} pixels").format(sigma=number(round(values["sigma"], 1)))


def _cast(values: Mapping[str, Any]) -> tuple[str, str]:
    words = gettext("red × {red}, blue × {blue}, {sure} % certain")
    return gettext("Colour cast"), words.format(
        red=number(round(values["red"], 2)),
        blue=number(round(values["blue"], 2)),
        sure=number(round(PERCENT * values["confidence"])),
    )


def _framing(record: Record) -> Sequence[Deed]:
    why = str(record.get("why", ""))
    if not why:
        return ()
    return [Deed(gettext("Frame"), was_made=record.get("is_kept") is False, why=_reason(why))]


def _deed(step: Mapping[str, Any]) -> Deed:
    name, was_made = str(step.get("name")), bool(step.get("was_applied"))
    return Deed(gettext(STEP_LABELS.get(name, name)), was_made, _reason(str(step.get("why", ""))))


def _reason(why: str) -> str:
    return gettext(REASON_LABELS.get(why, why)) if why else ""


def _steps(record: Record) -> Sequence[Mapping[str, Any]]:
    steps = record.get("steps")
    return [step for step in steps if isinstance(step, Mapping)] if isinstance(steps, Sequence) else []
