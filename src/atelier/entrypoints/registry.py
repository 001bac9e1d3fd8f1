"""The features of this product, and their parts, found by convention. One line adds a feature."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from fastapi import APIRouter
from typer import Typer

from atelier.runtime.tasks import Handlers
from atelier.runtime.web.site import Contributions

FEATURES = (
    "catalog",
    "audit",
    "notifications",
    "accounts",
    "assets",
    "credits",
    "engines",
    "imaging",
    "enhancement",
)

T = TypeVar("T")


def _parts(module: str, name: str, kind: type[T]) -> Sequence[T]:
    """The object `name` of each feature's `module`, where the feature has that module and it has that name."""
    found = []
    for feature in FEATURES:
        place = f"atelier.features.{feature}.{module}"
        if find_spec(place) is not None:
            part = getattr(import_module(place), name, None)
            if isinstance(part, kind):
                found.append(part)
    return found


def load_models() -> None:
    """Import every table, so that the metadata is whole."""
    for feature in FEATURES:
        place = f"atelier.features.{feature}.models"
        if find_spec(place) is not None:
            import_module(place)


def api_routers() -> Sequence[APIRouter]:
    return _parts("endpoints", "router", APIRouter)


def page_routers() -> Sequence[APIRouter]:
    return _parts("pages", "router", APIRouter)


def contributions() -> Sequence[Contributions]:
    return _parts("pages", "contributions", Contributions)


def handlers() -> Sequence[Handlers]:
    return _parts("tasks", "handlers", Handlers)


def command_groups() -> Sequence[Typer]:
    return _parts("commands", "app", Typer)


def template_folders() -> Sequence[Path]:
    root = Path(__file__).parent.parent / "features"
    return [root / feature / "templates" for feature in FEATURES if (root / feature / "templates").is_dir()]
