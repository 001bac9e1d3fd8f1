"""`make docs`: the reference pages that are written from the code. A test fails when a page and the code differ."""

import importlib
import importlib.util
import json
import pkgutil
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo

import atelier.runtime
from atelier.entrypoints.registry import FEATURES
from atelier.entrypoints.web import build_app
from atelier.kernel import errors
from atelier.runtime.settings import ALIASES, Settings

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs/reference"
WRITTEN = "\nWritten by `make docs`.\n"


def walk_settings(model: type[BaseModel], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from walk_settings(field.annotation, (*above, name))
        else:
            yield (*above, name), field


def describe_default(field: FieldInfo) -> str:
    value = field.get_default()
    return "" if value is None else f"`{getattr(value, 'value', value)}`"


def settings_page() -> str:
    """Every setting by its name in the environment."""
    also = {path: name for name, path in ALIASES.items()}
    lines = ["# Settings", WRITTEN, "| environment | also | default | meaning |", "|---|---|---|---|"]
    for path, field in walk_settings(Settings):
        name = "ATELIER_" + "__".join(part.upper() for part in path)
        alias = f"`{also[path]}`" if path in also else ""
        lines.append(f"| `{name}` | {alias} | {describe_default(field)} | {field.description or ''} |")
    return "\n".join(lines) + "\n"


def walk_errors(category: type[errors.AppError]) -> Iterator[type[errors.AppError]]:
    for error in category.__subclasses__():
        yield error
        yield from walk_errors(error)


def category_of(error: type[errors.AppError]) -> str:
    return next(base.__name__ for base in error.__mro__ if base.__module__ == errors.__name__)


def errors_page() -> str:
    """Every error that a person or a program can be told, by its code."""
    for feature in FEATURES:
        if importlib.util.find_spec(f"atelier.features.{feature}.errors"):
            importlib.import_module(f"atelier.features.{feature}.errors")
    for module in pkgutil.walk_packages(atelier.runtime.__path__, "atelier.runtime."):
        importlib.import_module(module.name)
    own = {error for error in walk_errors(errors.AppError) if error.__module__.startswith("atelier.")}
    lines = ["# Errors", WRITTEN, "| code | category | said to people |", "|---|---|---|"]
    for error in sorted(own, key=lambda found: (found.code(), found.__module__)):
        message = error.message.replace("\n", " ")
        lines.append(f"| `{error.code()}` | {category_of(error)} | {message} |")
    return "\n".join(lines) + "\n"


def openapi_page() -> str:
    """The API's description. Nothing is started for it, so the database's address does not matter."""
    schema = build_app(Settings(), "postgresql:///none").openapi()
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


PAGES = {"settings.md": settings_page, "errors.md": errors_page, "openapi.json": openapi_page}


def main() -> None:
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
