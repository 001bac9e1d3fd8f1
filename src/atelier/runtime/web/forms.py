"""Forms: read into a pydantic model; what is wrong comes back to the fields, with what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile

from atelier.kernel.errors import AppError, Invalid
from atelier.runtime.web.language import gettext
from atelier.runtime.web.problems import translated

M = TypeVar("M", bound=BaseModel)

NUL = "\0"
HIDDEN = frozenset({"password", "new_password", "current_password", "token"})


@dataclass(frozen=True)
class Form(Generic[M]):
    """What was typed, and either the model or what is wrong with each field ('' is the form as a whole)."""

    data: M | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        return self.values.get(name, "")

    def error(self, name: str) -> str:
        return self.errors.get(name, "")

    def refused(self, error: AppError) -> "Form[M]":
        """The same form with a business error at the field that its context names."""
        place = str(error.context.get("field", ""))
        return Form(None, self.values, {**self.errors, place: translated(error)})


async def read_form(request: Request, model: type[M]) -> Form[M]:
    """Parse the request's form. Passwords are never handed back to the page."""
    raw = await request.form()
    data: dict[str, Any] = {}
    for name in raw:
        values = [value for value in raw.getlist(name) if not isinstance(value, UploadFile)]
        many = "list" in str(model.model_fields[name].annotation) if name in model.model_fields else False
        data[name] = values if many else (values[-1] if values else "")
    known = {name: value for name, value in data.items() if name in model.model_fields}
    shown = {name: str(value).replace(NUL, "") for name, value in data.items() if name not in HIDDEN}
    unfit = {name: gettext(Invalid.message) for name, value in known.items() if _has_nul(value)}
    if unfit:
        return Form(None, shown, unfit)
    try:
        return Form(model.model_validate(known), shown)
    except ValidationError as error:
        return Form(
            None, shown, {str(item["loc"][0]) if item["loc"] else "": _message(item) for item in error.errors()}
        )


def _has_nul(value: str | list[str]) -> bool:
    """The database keeps no such text."""
    return any(NUL in part for part in ([value] if isinstance(value, str) else value))


def _message(item: Any) -> str:  # noqa: ANN401 - pydantic's error details
    words = {
        "missing": gettext("Please fill this in."),
        "string_too_short": gettext("This is too short."),
        "string_too_long": gettext("This is too long."),
        "value_error": str(item.get("ctx", {}).get("error", item["msg"])),
    }
    return gettext(words.get(item["type"], item["msg"]))
