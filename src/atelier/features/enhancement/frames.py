"""The frame that the cropping stage recorded."""

from collections.abc import Mapping

from atelier.features.assets.ports import Frame
from atelier.features.imaging import Record


def frame_of(record: Record) -> Frame:
    """The whole picture when nothing was recorded."""
    found = record.get("frame")
    if not isinstance(found, Mapping):
        return Frame()
    x, y, width, height = found["box"]
    return Frame(found["angle"], (x, y, width, height))
