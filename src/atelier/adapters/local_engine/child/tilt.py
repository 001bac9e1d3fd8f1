"""How far a photo leans, from its straight lines; only where independent cues agree."""

import math

import cv2
import numpy as np

from atelier.adapters.local_engine.child.arrays import Bytes, Floats

WIDEST, SMALLEST, AGREE = 5.0, 0.4, 0.6
REACH, BIN = 10.0, 0.25
SHORTEST_LINE, ENOUGH_LINES, PEAK_SHARE = 0.04, 1.0, 0.3
LONG_LINE = 0.5


def find_tilt(luma: Bytes) -> tuple[float, str]:
    """The angle to turn by, and a word for why: `level`, `tilted`, `cues-disagree` or `no-cues`."""
    lines = _lines(luma)
    across, down = _vote(lines, upright=False), _vote(lines, upright=True)
    longest = _long_line(lines)
    if longest is None and (across is None or down is None):
        return 0.0, "no-cues"
    if across is not None and down is not None and abs(across - down) <= AGREE:
        angle = (across + down) / 2
    elif longest is not None and (down is None or abs(longest - down) <= AGREE):
        angle = longest
    else:
        return 0.0, "cues-disagree"
    if abs(angle) < SMALLEST or abs(angle) > WIDEST:
        return 0.0, "level" if abs(angle) < SMALLEST else "cues-disagree"
    return round(angle, 2), "tilted"


def _lines(luma: Bytes) -> Floats:
    """Rows of (length as a share of the longest edge, degrees from the horizontal, -90 to 90)."""
    found: object = cv2.createLineSegmentDetector().detect(luma)[0]
    if found is None:
        return np.zeros((0, 2), np.float32)
    ends = np.asarray(found, np.float32).reshape(-1, 4)
    across, down = ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]
    length = np.hypot(across, down) / max(luma.shape)
    angle = (np.degrees(np.arctan2(down, across)) + 90) % 180 - 90
    kept = length >= SHORTEST_LINE
    return np.stack([length[kept], angle[kept]], axis=1).astype(np.float32)


def _lean(lines: Floats, *, upright: bool) -> tuple[Floats, Floats]:
    """Lengths and leanings of the lines that are nearly horizontal, or nearly vertical."""
    lean = lines[:, 1] - np.where(lines[:, 1] > 0, 90, -90) if upright else lines[:, 1]
    near = np.abs(lean) <= REACH
    return lines[near, 0], lean[near]


def _vote(lines: Floats, *, upright: bool) -> float | None:
    weights, lean = _lean(lines, upright=upright)
    if weights.sum() < ENOUGH_LINES:
        return None
    bins = np.arange(-REACH, REACH + BIN, BIN)
    votes = np.array([(weights * np.exp(-(((lean - centre) / (2 * BIN)) ** 2))).sum() for centre in bins])
    peak = float(bins[int(votes.argmax())])
    close = np.abs(lean - peak) <= 2 * BIN
    if weights[close].sum() < PEAK_SHARE * weights.sum():
        return None
    return float((weights[close] * lean[close]).sum() / weights[close].sum())


def _long_line(lines: Floats) -> float | None:
    """A single line across more than half the picture, such as the horizon at sea."""
    weights, lean = _lean(lines, upright=False)
    if not weights.size or float(weights.max()) < LONG_LINE:
        return None
    return float(lean[int(weights.argmax())])


def level_box(width: int, height: int, angle: float) -> tuple[float, float, float, float]:
    """The largest centred box of the same shape that holds no empty corner after turning."""
    turn = abs(math.radians(angle))
    longer = max(width / height, height / width)
    share = 1 / (math.cos(turn) + longer * math.sin(turn))
    return (1 - share) / 2, (1 - share) / 2, share, share
