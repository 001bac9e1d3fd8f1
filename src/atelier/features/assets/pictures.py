"""An image as a page draws it: its smaller copies with their widths, so that the browser chooses and nothing jumps."""

from dataclasses import dataclass

from atelier.features.assets.service import DERIVATIVES
from atelier.features.assets.types import ImageView


@dataclass(frozen=True)
class Picture:
    """`width` and `height` give the shape; `full` is the largest copy that pages show."""

    src: str
    srcset: str
    width: int
    height: int
    full: str

    @classmethod
    def of(cls, view: ImageView) -> "Picture":
        width, height = view.facts.width, view.facts.height
        urls = {"thumb": view.thumb_url, "web": view.web_url}
        widths = {spec.name: round(width * min(1, spec.longest_edge / max(width, height))) for spec in DERIVATIVES}
        srcset = ", ".join(f"{urls[name]} {shown}w" for name, shown in widths.items())
        return cls(view.web_url, srcset, width, height, view.web_url)
