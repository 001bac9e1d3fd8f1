"""Turns what was measured and what was asked into words for an engine that takes words."""

from collections.abc import Mapping, Sequence

from atelier.features.enhancement.options import EnhancementOptions
from atelier.features.enhancement.types import Correction, Prompt

TASK = "Enhance this photograph for professional use."
FAITHFUL = (
    "Keep every object, person, surface, text and proportion exactly where and as it is. "
    "Keep the camera position and the natural look of a photograph."
)
NEGATIVE = (
    "added or removed objects, changed faces, invented text, changed layout, artificial textures, "
    "oversaturated colours, halos, plastic skin, watermark, border"
)
REMEDIES: Mapping[str, tuple[str, str]] = {
    "dark": (
        "exposure",
        "It is underexposed: brighten it naturally and open the shadows without washing out highlights.",
    ),
    "bright": ("exposure", "It is washed out: bring back contrast in the bright parts."),
    "noisy": ("denoise", "It is noisy: remove noise while keeping fine texture."),
    "blurred": ("deblur", "It is slightly blurred: make edges crisper without halos."),
    "warm": ("white_balance", "It has a warm colour cast: bring whites towards neutral, keep the mood of the light."),
    "cool": ("white_balance", "It has a cool colour cast: bring whites towards neutral, keep the mood of the light."),
}
SOUND = "It has no strong technical fault: refine it gently."
LONGEST_WISH = 1000
STRONG_LOOK = 0.5


def write_prompt(analysis: Mapping[str, object], options: EnhancementOptions, wish: str | None) -> Prompt:
    """The customer's words come last and are quoted, so that they add to the task and do not replace it."""
    found = analysis.get("words", ())
    words = found if isinstance(found, Sequence) and not isinstance(found, str) else ()
    remedies = [text for text in (_remedy(str(word), options) for word in words) if text]
    parts = [TASK, *(remedies or [SOUND]), *_look(options.look), f"Longest edge {options.tier.longest_edge} pixels."]
    parts.append(FAITHFUL)
    if wish and wish.strip():
        said = " ".join(wish.split())[:LONGEST_WISH].replace('"', "'")
        parts.append(f'The customer adds: "{said}"')
    return Prompt(" ".join(parts), NEGATIVE)


def _remedy(word: str, options: EnhancementOptions) -> str | None:
    option, text = REMEDIES.get(word, ("", ""))
    is_off = bool(option) and getattr(options, option) is Correction.OFF
    return None if is_off or not text else text


def _look(amount: float) -> Sequence[str]:
    if not amount:
        return ()
    return ["Give it clear local contrast." if amount >= STRONG_LOOK else "Give it a little local contrast."]
