"""Pixels as arrays: types, light and tone curves, small copies."""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

cv2.setNumThreads(1)
cv2.setUseOptimized(onoff=True)

Bytes: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.float32]

# The sRGB standard's curve: a straight line near black, a power above it.
SRGB_KNEE, LIGHT_KNEE = 0.04045, 0.0031308
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
LEVELS = np.arange(256, dtype=np.float32) / np.float32(255)


def to_light(encoded: Floats) -> Floats:
    """Turn sRGB values into linear light."""
    low, high = encoded / 12.92, ((np.maximum(encoded, 0) + 0.055) / 1.055) ** 2.4
    return np.where(encoded <= SRGB_KNEE, low, high).astype(np.float32)


def to_srgb(light: Floats) -> Floats:
    """Turn linear light into sRGB values, 0 to 1."""
    bounded = np.clip(light, 0, 1)
    low, high = 12.92 * bounded, 1.055 * np.maximum(bounded, 1e-9) ** (1 / 2.4) - 0.055
    return np.where(bounded <= LIGHT_KNEE, low, high).astype(np.float32)


LIGHT: Floats = to_light(LEVELS)


def light_of(rgb: Bytes) -> Floats:
    return np.asarray(LIGHT[rgb], np.float32)


def to_bytes(values: Floats) -> Bytes:
    return np.asarray(np.clip(values * 255 + 0.5, 0, 255), np.uint8)


def grey(rgb: Bytes) -> Bytes:
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)


def small_copy(image: Bytes, longest_edge: int) -> Bytes:
    height, width = image.shape[:2]
    scale = longest_edge / max(height, width)
    if scale >= 1:
        return image
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
