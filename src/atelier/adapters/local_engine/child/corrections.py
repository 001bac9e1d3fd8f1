"""Carries out a plan, strip by strip, so that memory does not grow with the picture."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from atelier.adapters.local_engine.child.arrays import LIGHT, Bytes, Floats, small_copy, to_bytes, to_srgb
from atelier.adapters.local_engine.child.faults import Light
from atelier.adapters.local_engine.child.plan import Plan

ROWS, HALO = 512, 48
# Non-local means: strength per sigma, template and search window that held up on measured noise.
LUMA_STRENGTH, CHROMA_SHARE, MOST_STRENGTH = 1.02, 0.75, 24.0
TEMPLATE, SEARCH, CHROMA_SEARCH = 5, 17, 15
SHOULDER = 0.85
MOST_BLUR, CAMERA_BLUR, EDGE = 1.8, 0.7, 24
DEEPEST_BLACK, BLACK_SHARE = 0.012, 0.7


@dataclass(frozen=True)
class Look:
    """The guided filter's coefficients on a small copy, so that all strips share one base."""

    amount: float
    slope: Floats
    offset: Floats


def correct(rgb: Bytes, plan: Plan, progress: Callable[[float], None]) -> Bytes:
    height = rgb.shape[0]
    curve, out = tone_curve(plan), np.empty_like(rgb)
    look = make_look(correct_strip(small_copy(rgb, 1024), plan, curve), plan.look) if plan.look else None
    for top in range(0, height, ROWS):
        first, last = max(0, top - HALO), min(height, top + ROWS + HALO)
        strip = correct_strip(rgb[first:last], plan, curve)
        if look is not None:
            strip = apply_look(strip, look, first_row=first, full_height=height)
        out[top : top + ROWS] = strip[top - first : top - first + ROWS]
        progress(min(1.0, (top + ROWS) / height))
    return out


def correct_strip(strip: Bytes, plan: Plan, curve: Bytes | None) -> Bytes:
    if plan.denoise is not None:
        strip = denoise(strip, plan.denoise)
    if plan.deblur is not None:
        strip = deblur(strip, plan.deblur)
    if curve is not None:
        strip = np.asarray(cv2.LUT(strip, curve), np.uint8)
    return strip


def denoise(rgb: Bytes, sigma: float) -> Bytes:
    """Non-local means; colour at half size, where its noise lives and nobody sees the resolution."""
    planes = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb), np.uint8)
    strength = min(LUMA_STRENGTH * sigma, MOST_STRENGTH)
    luma = np.ascontiguousarray(planes[..., 0])
    height, width = luma.shape
    half = max(1, (width + 1) // 2), max(1, (height + 1) // 2)
    quiet = [np.asarray(cv2.fastNlMeansDenoising(luma, None, strength, TEMPLATE, SEARCH), np.uint8)]
    for plane in (1, 2):
        coarse = cv2.resize(np.ascontiguousarray(planes[..., plane]), half, interpolation=cv2.INTER_AREA)
        calm = cv2.fastNlMeansDenoising(coarse, None, strength * CHROMA_SHARE, TEMPLATE, CHROMA_SEARCH)
        quiet.append(np.asarray(cv2.resize(calm, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8))
    return np.asarray(cv2.cvtColor(np.dstack(quiet), cv2.COLOR_YCrCb2RGB), np.uint8)


def deblur(rgb: Bytes, sigma: float) -> Bytes:
    """A mild Wiener filter on luminance, held within the local range so that no halo appears."""
    planes = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb), np.uint8)
    luma = planes[..., 0].astype(np.float32) / 255
    extra = math.sqrt(max(min(sigma, MOST_BLUR) ** 2 - CAMERA_BLUR**2, 0))
    padded = np.asarray(cv2.copyMakeBorder(luma, EDGE, EDGE, EDGE, EDGE, cv2.BORDER_REFLECT_101), np.float32)
    height, width = padded.shape
    square = (
        np.fft.fftfreq(height)[:, None].astype(np.float32) ** 2 + np.fft.rfftfreq(width)[None].astype(np.float32) ** 2
    )
    blur = np.exp(-2 * (math.pi * extra) ** 2 * square)
    penalty = 0.006 * (0.02 + 4 * math.pi**2 * square)
    restored = np.fft.irfft2(np.fft.rfft2(padded) * blur / (blur * blur + penalty), s=(height, width))
    kernel = np.ones((5, 5), np.uint8)
    low, high = cv2.erode(luma, kernel), cv2.dilate(luma, kernel)
    planes[..., 0] = to_bytes(np.clip(restored[EDGE:-EDGE, EDGE:-EDGE].astype(np.float32), low, high))
    return np.asarray(cv2.cvtColor(planes, cv2.COLOR_YCrCb2RGB), np.uint8)


def tone_curve(plan: Plan) -> Bytes | None:
    """White balance and exposure in linear light as one table per channel; white stays white."""
    if plan.light is None and np.all(plan.gains == 1):
        return None
    light = LIGHT[:, None] * plan.gains
    if plan.light is not None:
        light = _brightened(light, plan.light) if plan.light.gain > 1 else _darkened(light, plan.light.gain)
    return to_bytes(to_srgb(light)).reshape(1, 256, 3)


def _brightened(light: Floats, found: Light) -> Floats:
    """More light, a black point, and a soft shoulder that ends at 1."""
    black = min(found.darkest * found.gain, DEEPEST_BLACK) * BLACK_SHARE
    lit = np.maximum(light * np.float32(found.gain) - black, 0) / (1 - black)
    room = 1 - SHOULDER
    reach = np.tanh(np.maximum(lit.max(axis=0) - SHOULDER, 1e-6) / room)
    rolled = SHOULDER + room * np.tanh((lit - SHOULDER) / room) / reach
    return np.asarray(np.where(lit > SHOULDER, rolled, lit), np.float32)


def _darkened(light: Floats, gain: float) -> Floats:
    """Less light in the middle; black and white stay where they are."""
    bounded = np.minimum(light, 1)
    return np.asarray(gain * bounded / (1 - (1 - gain) * bounded), np.float32)


def _lightness(rgb: Bytes) -> tuple[Floats, Floats]:
    lab = np.asarray(cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
    return lab, np.asarray(lab[..., 0] / 100, np.float32)


def make_look(small: Bytes, amount: float) -> Look:
    _lab, lightness = _lightness(small)
    radius = max(2, max(lightness.shape) // 24)
    window = (2 * radius + 1, 2 * radius + 1)
    mean = cv2.blur(lightness, window)
    variance = cv2.blur(lightness * lightness, window) - mean * mean
    slope = variance / (variance + 0.02)
    offset = mean * (1 - slope)
    smooth = [np.asarray(cv2.blur(values, window), np.float32) for values in (slope, offset)]
    return Look(amount, smooth[0], smooth[1])


def apply_look(strip: Bytes, look: Look, *, first_row: int, full_height: int) -> Bytes:
    """Open the shadows and bring out detail around a smooth base; black stays black."""
    lab, lightness = _lightness(strip)
    size, rows = (strip.shape[1], strip.shape[0]), (first_row / full_height, (first_row + strip.shape[0]) / full_height)
    base = _under(look.slope, size, rows) * lightness + _under(look.offset, size, rows)
    lift = look.amount * 0.55 * np.maximum(0, 0.42 - base) * np.clip(base / 0.12, 0, 1)
    wanted = base + lift + (lightness - base) * (1 + 0.35 * look.amount)
    lab[..., 0] = np.clip(wanted, 0, 1) * 100
    colour = np.clip(wanted / np.maximum(lightness, 0.02), 0.8, 1.25)
    lab[..., 1:] *= (1 + 0.5 * (colour - 1))[..., None]
    return to_bytes(np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.float32))


def _under(small: Floats, size: tuple[int, int], rows: tuple[float, float]) -> Floats:
    """The part of a small map that lies under a strip (its first and last row as shares), at the strip's size."""
    width, height = size
    across, down = small.shape[1] / width, small.shape[0] * (rows[1] - rows[0]) / height
    start = small.shape[0] * rows[0]
    placed = np.array([[across, 0, 0.5 * across - 0.5], [0, down, start + 0.5 * down - 0.5]], np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(small, placed, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.float32)
