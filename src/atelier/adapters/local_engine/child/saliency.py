"""Where the eye goes, and the window that keeps most of it."""

import cv2
import numpy as np

from atelier.adapters.local_engine.child.arrays import Bytes, Floats, grey, small_copy

SPECTRAL, COLOUR, BORDER, DETAIL = 0.25, 0.25, 0.20, 0.45
AREA_COST, CLEARLY_BETTER = 0.55, 0.02
SCALES = (1.0, 0.9, 0.8, 0.7)
STEPS = 9
MIDDLE = STEPS // 2

Box = tuple[float, float, float, float]


def interest(rgb: Bytes, edge: int) -> Floats:
    """A map that sums to 1."""
    small = small_copy(rgb, edge)
    lab = np.asarray(cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
    parts = (
        (SPECTRAL, _spectral_residual(grey(small))),
        (COLOUR, np.linalg.norm(cv2.GaussianBlur(lab, (0, 0), 2) - lab.mean(axis=(0, 1)), axis=2)),
        (BORDER, _far_from_border(lab)),
        (DETAIL, _detail(lab[..., 0])),
    )
    total = np.zeros(small.shape[:2], np.float32)
    for weight, part in parts:
        total += weight * (part - part.min()) / max(float(np.ptp(part)), 1e-6)
    return total / max(float(total.sum()), 1e-6)


def _spectral_residual(luma: Bytes) -> Floats:
    tiny = np.asarray(cv2.resize(luma, (64, 64), interpolation=cv2.INTER_AREA), np.float32)
    spectrum = np.fft.fft2(tiny)
    size = np.log(np.abs(spectrum) + 1e-6).astype(np.float32)
    residual = size - cv2.blur(size, (3, 3))
    back = np.abs(np.fft.ifft2(np.exp(residual + 1j * np.angle(spectrum)))) ** 2
    smooth = cv2.GaussianBlur(back.astype(np.float32), (0, 0), 2.5)
    return np.asarray(cv2.resize(smooth, luma.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def _far_from_border(lab: Floats) -> Floats:
    rim = max(2, min(lab.shape[:2]) // 20)
    sides = (lab[:rim], lab[-rim:], lab[:, :rim], lab[:, -rim:])
    nearest = np.min([np.linalg.norm(lab - side.mean(axis=(0, 1)), axis=2) for side in sides], axis=0)
    return np.asarray(cv2.GaussianBlur(nearest.astype(np.float32), (0, 0), 2), np.float32)


def _detail(lightness: Floats) -> Floats:
    edges = np.abs(cv2.Laplacian(lightness, cv2.CV_32F))
    return np.asarray(cv2.GaussianBlur(edges, (0, 0), max(lightness.shape) / 40), np.float32)


def best_window(found: Floats, aspect: float, own_aspect: float) -> tuple[Box, str]:
    """The window of a shape that keeps most interest for its area; the centred one unless another is clearly better."""
    sums = np.asarray(cv2.integral(found), np.float64)
    full = (min(1.0, aspect / own_aspect), min(1.0, own_aspect / aspect))
    scored: list[tuple[float, Box]] = []
    centred: tuple[float, Box] | None = None
    for scale in SCALES:
        width, height = full[0] * scale, full[1] * scale
        for down in range(STEPS):
            for across in range(STEPS):
                box = (1 - width) * across / (STEPS - 1), (1 - height) * down / (STEPS - 1), width, height
                score = _kept(sums, box) - AREA_COST * width * height
                scored.append((score, box))
                if scale == 1 and across == down == MIDDLE:
                    centred = score, box
    best = max(scored, key=lambda entry: entry[0])
    if centred is not None and best[0] - centred[0] < CLEARLY_BETTER:
        return centred[1], "centred"
    return best[1], "subject"


def _kept(sums: np.ndarray, box: Box) -> float:
    rows, columns = sums.shape[0] - 1, sums.shape[1] - 1
    left, top = round(box[0] * columns), round(box[1] * rows)
    right, bottom = round((box[0] + box[2]) * columns), round((box[1] + box[3]) * rows)
    return float(sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left])
