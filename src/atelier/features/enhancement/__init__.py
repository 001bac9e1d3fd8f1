"""Photo enhancement: six stages on an engine, each correction made only where its fault was measured."""

from atelier.features.enhancement.options import EnhancementOptions
from atelier.features.enhancement.pipeline import build
from atelier.features.enhancement.types import PRODUCT

__all__ = ["PRODUCT", "EnhancementOptions", "build"]
