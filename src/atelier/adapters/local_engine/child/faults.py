"""Measures what is wrong with a photo: noise, blur, a colour cast, too little or too much light."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from atelier.adapters.local_engine.child.arrays import LUMINANCE, Bytes, Floats, grey, light_of, small_copy

WINDOW = 512
WINDOWS_ACROSS = 3
BLOCK = 16
MAD_TO_SIGMA = 0.6745
# The tenth percentile of block estimates lies this far below the sigma of pure noise.
FLATTEST_SHARE = 0.91
REBLUR = 1.0
BLACK, WHITE, ENOUGH_BLOCKS, ENOUGH_EDGES = 8, 247, 20, 200
# In linear light: what is neither clipped nor black, and detail that is more than noise.
LIT, UNCLIPPED, ENOUGH_LIT, DETAILED, SHADOW, ENOUGH_GREY = 0.004, 0.97, 500, 0.012, 0.01, 200
BRIGHT_END, LOG_MEAN_KEY, KEY_STRENGTH, BRIGHTEST_GAIN = 0.90, 0.20, 0.9, 6.0
WASHED_OUT, DARKEST_GAIN = 0.65, 0.70


@dataclass(frozen=True)
class Cast:
    """The illuminant's colour: how far from neutral (log chroma), how sure we are, and the gains that would undo it."""

    strength: float
    confidence: float
    red: float
    blue: float


@dataclass(frozen=True)
class Light:
    """Where the bright end and the middle lie in linear light, and the gain that would place them."""

    bright_end: float
    middle: float
    darkest: float
    gain: float


def windows(image: Bytes) -> Iterator[Bytes]:
    """The whole of a small picture, nine windows of a large one: enough to measure, and bounded in time."""
    height, width = image.shape[:2]
    if height * width <= (WINDOW * WINDOWS_ACROSS) ** 2:
        yield image
        return
    for down in range(WINDOWS_ACROSS):
        for across in range(WINDOWS_ACROSS):
            top = max(0, (height - WINDOW) * down // (WINDOWS_ACROSS - 1))
            left = max(0, (width - WINDOW) * across // (WINDOWS_ACROSS - 1))
            yield image[top : top + WINDOW, left : left + WINDOW]


def noise_sigma(rgb: Bytes) -> float:
    """Sigma (0 to 255) from the diagonal detail of the flattest tenth of blocks that are neither black nor white."""
    found = [_block_noise(grey(window)) for window in windows(rgb) if min(window.shape[:2]) >= 2 * BLOCK]
    if not found:
        return 0.0
    sigma, mean = np.concatenate([entry[0] for entry in found]), np.concatenate([entry[1] for entry in found])
    usable = (mean > BLACK) & (mean < WHITE)
    chosen = sigma[usable] if usable.sum() > ENOUGH_BLOCKS else sigma
    return float(np.percentile(chosen, 10)) / FLATTEST_SHARE


def _block_noise(luma: Bytes) -> tuple[Floats, Floats]:
    even = luma[: luma.shape[0] // 2 * 2, : luma.shape[1] // 2 * 2].astype(np.float32)
    detail: Floats = (even[::2, ::2] - even[::2, 1::2] - even[1::2, ::2] + even[1::2, 1::2]) / np.float32(2)
    rows, columns = detail.shape[0] // BLOCK, detail.shape[1] // BLOCK

    def blocks(values: Floats) -> Floats:
        cut = values[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
        return cut.transpose(0, 2, 1, 3).reshape(-1, BLOCK * BLOCK)

    sigma = np.median(np.abs(blocks(detail)), axis=1) / MAD_TO_SIGMA
    return sigma.astype(np.float32), np.asarray(blocks(even[::2, ::2]).mean(axis=1), np.float32)


def blur_sigma(rgb: Bytes) -> float:
    """Sigma in pixels from how much the sharpest edges lose when blurred again; 0 where there are too few edges."""
    found = np.concatenate([_edge_blur(grey(window)) for window in windows(rgb)])
    return float(np.percentile(found, 20)) if found.size >= ENOUGH_EDGES else 0.0


def _gradient(luma: Floats) -> Floats:
    across, down = cv2.Sobel(luma, cv2.CV_32F, 1, 0), cv2.Sobel(luma, cv2.CV_32F, 0, 1)
    return np.asarray(cv2.magnitude(across, down), np.float32)


def _edge_blur(luma: Bytes) -> Floats:
    values = luma.astype(np.float32)
    blurred = np.asarray(cv2.GaussianBlur(values, (0, 0), REBLUR), np.float32)
    edges = cv2.Canny(cv2.GaussianBlur(luma, (0, 0), 0.8), 60, 140) > 0
    ratio = _gradient(values)[edges] / np.maximum(_gradient(blurred)[edges], 1e-3)
    return np.asarray(REBLUR / np.sqrt(np.maximum(ratio, 1.0001) ** 2 - 1), np.float32)


def colour_cast(rgb: Bytes) -> Cast:
    """Two estimators, grey edges and grey pixels. Sure only when they agree and the scene is not colourful."""
    light = light_of(small_copy(rgb, 384))
    brightest = light.max(axis=2)
    usable = (brightest < UNCLIPPED) & (brightest > LIT)
    if usable.sum() < ENOUGH_LIT:
        return Cast(0.0, 0.0, 1.0, 1.0)
    smooth = np.asarray(cv2.GaussianBlur(light, (0, 0), 1.5), np.float32)
    estimates = [_grey_edge(smooth, usable), *_grey_pixels(smooth, usable)]
    logs = np.log(np.maximum(np.array(estimates), 1e-4))
    chroma = np.stack([logs[:, 0] - logs[:, 1], logs[:, 2] - logs[:, 1]], axis=1)
    centre = chroma.mean(axis=0)
    spread = float(np.sqrt(((chroma - centre) ** 2).sum(axis=1).mean()))
    saturation = 1 - light[usable].min(axis=1) / np.maximum(brightest[usable], 1e-4)
    colourless = float(np.clip(1.5 - 1.3 * np.median(saturation), 0.15, 1))
    confidence = math.exp(-((spread / 0.25) ** 2)) * colourless
    return Cast(float(np.hypot(*centre)), confidence, math.exp(-centre[0]), math.exp(-centre[1]))


def _grey_edge(smooth: Floats, usable: np.ndarray) -> Floats:
    across, down = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    edges = np.sqrt(across**2 + down**2)[usable]
    return np.asarray(np.mean(edges**6, axis=0) ** (1 / 6), np.float32)


def _grey_pixels(smooth: Floats, usable: np.ndarray) -> list[Floats]:
    """Pixels whose local contrast is equal in all channels: surfaces without a colour of their own."""
    logs = np.log(np.maximum(smooth, 1e-3))
    detail = np.abs(logs - cv2.GaussianBlur(logs, (0, 0), 3))
    mean = detail.mean(axis=2)
    greyness = cv2.blur(detail.std(axis=2) / np.maximum(mean, 1e-3), (7, 7))
    candidates = usable & (mean > DETAILED) & (smooth.mean(axis=2) > SHADOW)
    if candidates.sum() <= ENOUGH_GREY:
        return []
    chosen = candidates & (greyness <= np.percentile(greyness[candidates], 3))
    return [smooth[chosen].mean(axis=0)]


def lighting(rgb: Bytes, gains: Floats) -> Light:
    """Where the light lies once the cast is undone."""
    light = light_of(small_copy(rgb, 512)) * gains
    bright_end = float(np.percentile(light.max(axis=2), 99.5))
    middle = float(np.exp(np.mean(np.log(light @ LUMINANCE + 1e-3))))
    key = max(1.0, (LOG_MEAN_KEY / max(middle, 1e-3)) ** KEY_STRENGTH)
    gain = max(1.0, min(BRIGHT_END / max(bright_end, 1e-3), key, BRIGHTEST_GAIN))
    if middle > WASHED_OUT:
        gain = max(WASHED_OUT / middle, DARKEST_GAIN)
    return Light(bright_end, middle, float(np.percentile(light.min(axis=2), 0.3)), gain)
