"""Decides which corrections a photo gets. Each has a gate of its own: no fault, no correction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from atelier.adapters.local_engine.child.arrays import Bytes, Floats, grey, small_copy
from atelier.adapters.local_engine.child.faults import Light, blur_sigma, colour_cast, lighting, noise_sigma

NOISE_GATE = 2.6
BLUR_GATE = 1.5
BLUR_NOISE_LIMIT = 3.0
CAST_GATE, CAST_CONFIDENCE, CAST_SHARE = 0.22, 0.72, 0.6
# A fifth of a stop is nothing that anyone sees.
GAIN_GATE = 1.20
FLAT_SPREAD = 1.0
PERCENTILES = (1, 5, 25, 50, 75, 95, 99)


@dataclass
class Plan:
    """The parameters of the corrections to make, and a log entry for each, made or not."""

    denoise: float | None = None
    deblur: float | None = None
    gains: Floats = field(default_factory=lambda: np.ones(3, np.float32))
    light: Light | None = None
    look: float = 0.0
    steps: list[dict[str, object]] = field(default_factory=list)

    def log(self, name: str, why: str, *, applied: bool, **measured: float) -> None:
        numbers = {key: round(value, 4) for key, value in measured.items()}
        self.steps.append({"name": name, "was_applied": applied, "why": why, "measured": numbers})


def make_plan(rgb: Bytes, allowed: Mapping[str, Any]) -> Plan:
    """Measure, then decide; `allowed` switches single corrections off."""
    plan = Plan()
    noise = noise_sigma(rgb)
    _plan_denoise(plan, noise, is_on=bool(allowed["denoise"]))
    _plan_deblur(plan, rgb, noise, is_on=bool(allowed["deblur"]))
    _plan_white_balance(plan, rgb, is_on=bool(allowed["white_balance"]))
    _plan_exposure(plan, rgb, is_on=bool(allowed["exposure"]))
    plan.look = float(allowed["look"])
    plan.log("look", "asked" if plan.look else "not-asked", applied=plan.look > 0, amount=plan.look)
    return plan


def _plan_denoise(plan: Plan, noise: float, *, is_on: bool) -> None:
    applied = is_on and noise >= NOISE_GATE
    plan.denoise = noise if applied else None
    plan.log(
        "denoise", _why("noise", "clean", is_on=is_on, is_faulty=noise >= NOISE_GATE), applied=applied, sigma=noise
    )


def _plan_deblur(plan: Plan, rgb: Bytes, noise: float, *, is_on: bool) -> None:
    blur = blur_sigma(rgb)
    is_blurred, is_quiet = blur >= BLUR_GATE, noise < BLUR_NOISE_LIMIT
    applied = is_on and is_blurred and is_quiet
    plan.deblur = blur if applied else None
    why = _why("blur" if is_quiet else "too-noisy", "sharp", is_on=is_on, is_faulty=is_blurred)
    plan.log("deblur", why, applied=applied, sigma=blur)


def _plan_white_balance(plan: Plan, rgb: Bytes, *, is_on: bool) -> None:
    cast = colour_cast(rgb)
    is_cast, is_sure = cast.strength >= CAST_GATE, cast.confidence >= CAST_CONFIDENCE
    applied = is_on and is_cast and is_sure
    if applied:
        plan.gains = np.array([cast.red, 1.0, cast.blue], np.float32) ** np.float32(CAST_SHARE)
    why = _why("cast" if is_sure else "uncertain", "neutral", is_on=is_on, is_faulty=is_cast)
    measured = {"strength": cast.strength, "confidence": cast.confidence, "red": cast.red, "blue": cast.blue}
    plan.log("white-balance", why, applied=applied, **measured)


def _plan_exposure(plan: Plan, rgb: Bytes, *, is_on: bool) -> None:
    light = lighting(rgb, plan.gains)
    is_flat = float(grey(small_copy(rgb, 256)).std()) < FLAT_SPREAD
    is_off = not 1 / GAIN_GATE < light.gain < GAIN_GATE and not is_flat
    plan.light = light if is_on and is_off else None
    why = _why("dark" if light.gain > 1 else "bright", "well-exposed", is_on=is_on, is_faulty=is_off)
    measured = {"gain": light.gain, "bright_end": light.bright_end, "middle": light.middle}
    plan.log("exposure", why, applied=plan.light is not None, **measured)


def _why(fault: str, sound: str, *, is_on: bool, is_faulty: bool) -> str:
    if not is_on:
        return "switched-off"
    return fault if is_faulty else sound


def describe(rgb: Bytes, plan: Plan) -> dict[str, object]:
    """The analysis as a record: the numbers, the words for them, and the plan."""
    luma = grey(small_copy(rgb, 1024))
    levels = {f"p{share}": round(float(np.percentile(luma, share)), 1) for share in PERCENTILES}
    saturation = np.asarray(cv2.cvtColor(small_copy(rgb, 384), cv2.COLOR_RGB2HSV))[..., 1].mean() / 255
    numbers = {"mean": round(float(luma.mean()), 1), "saturation": round(float(saturation), 3)}
    return {"luminance": {**levels, **numbers}, "words": words_for(plan), "steps": plan.steps}


def words_for(plan: Plan) -> list[str]:
    """Plain words for what was measured, whether or not it will be corrected."""
    measured: dict[str, Any] = {str(step["name"]): step["measured"] for step in plan.steps}
    exposure, cast = measured["exposure"], measured["white-balance"]
    is_cast = cast["strength"] >= CAST_GATE and cast["confidence"] >= CAST_CONFIDENCE
    said = {
        "dark": exposure["gain"] >= GAIN_GATE,
        "bright": exposure["gain"] <= 1 / GAIN_GATE,
        "noisy": measured["denoise"]["sigma"] >= NOISE_GATE,
        "blurred": measured["deblur"]["sigma"] >= BLUR_GATE,
        "warm": is_cast and cast["red"] < cast["blue"],
        "cool": is_cast and cast["red"] > cast["blue"],
    }
    return [word for word, holds in said.items() if holds]
