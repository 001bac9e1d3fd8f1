"""Enlarges without inventing: Lanczos, then back-projection until reducing it again gives the original."""

import cv2
import numpy as np

from atelier.adapters.local_engine.child.arrays import Bytes, Floats

STEPS = 6
SLACK = 6.0


def enlarge(rgb: Bytes, size: tuple[int, int]) -> Bytes:
    """To (width, height). Only luminance is refined: the eye does not resolve the rest."""
    planes = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb), np.uint8)
    large = np.asarray(cv2.resize(planes, size, interpolation=cv2.INTER_LANCZOS4), np.uint8)
    large[..., 0] = _refined(planes[..., 0].astype(np.float32), size)
    return np.asarray(cv2.cvtColor(large, cv2.COLOR_YCrCb2RGB), np.uint8)


def _refined(luma: Floats, size: tuple[int, int]) -> Bytes:
    kernel = np.ones((3, 3), np.uint8)
    low = _resized(np.asarray(cv2.erode(luma, kernel), np.float32), size, cv2.INTER_LINEAR) - SLACK
    high = _resized(np.asarray(cv2.dilate(luma, kernel), np.float32), size, cv2.INTER_LINEAR) + SLACK
    large = _resized(luma, size, cv2.INTER_LANCZOS4)
    original = luma.shape[1], luma.shape[0]
    for _step in range(STEPS):
        missing = luma - _resized(large, original, cv2.INTER_AREA)
        large += _resized(missing, size, cv2.INTER_CUBIC)
        np.clip(large, low, high, out=large)
    return np.asarray(np.clip(large + 0.5, 0, 255), np.uint8)


def _resized(values: Floats, size: tuple[int, int], interpolation: int) -> Floats:
    return np.asarray(cv2.resize(values, size, interpolation=interpolation), np.float32)
