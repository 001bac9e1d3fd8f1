"""Jinja as the pages use it: strict, escaped, translated, with the filters of the house."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from babel.dates import format_datetime, format_timedelta
from babel.numbers import format_currency, format_decimal
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from atelier.kernel.clock import utc_now
from atelier.runtime.web.language import current_locale, gettext, ngettext

HERE = Path(__file__).parent
STATIC = HERE / "static"


class Templates:
    """Renders the templates of the runtime and of every feature."""

    def __init__(self, folders: Sequence[Path]) -> None:
        loaders = [FileSystemLoader(folder) for folder in (HERE / "templates", *folders)]
        self.environment = Environment(
            loader=ChoiceLoader(loaders),
            autoescape=True,
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
        self.environment.globals["static"] = static_url
        self.environment.filters |= {
            "money": money,
            "units": number,
            "number": number,
            "datetime": moment,
            "ago": ago,
            "filesize": filesize,
        }

    def render(self, template: str, /, **context: object) -> str:
        return self.environment.get_template(template).render(**context)


@cache
def static_url(path: str) -> str:
    """The address of a static file with its content's hash, so that it may be cached for ever."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"


def money(amount_minor: int, currency: str) -> str:
    return format_currency(amount_minor / 100, currency, locale=current_locale())


def number(value: float) -> str:
    return format_decimal(value, locale=current_locale())


def moment(value: datetime) -> Markup:
    """A time in UTC that the page's script turns into the person's own zone."""
    text = format_datetime(value, "d MMM y, HH:mm", locale=current_locale())
    return Markup('<time datetime="{}" data-local>{} UTC</time>').format(value.isoformat(), escape(text))


def ago(value: datetime) -> str:
    """How long ago, or in how long."""
    return format_timedelta(value - utc_now(), add_direction=True, locale=current_locale())


def filesize(size: int) -> str:
    for unit, bytes_per in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= bytes_per:
            return f"{format_decimal(round(size / bytes_per, 1), locale=current_locale())} {unit}"
    return f"{size} B"
