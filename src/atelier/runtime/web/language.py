"""The language of the one who reads: catalogues by gettext, the choice by person, cookie or browser."""

from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel import Locale, negotiate_locale
from babel.support import NullTranslations, Translations
from starlette.requests import HTTPConnection

LOCALES = Path(__file__).parent.parent / "locale"
COOKIE = "atelier_language"
DEFAULT = "en"
SHIPPED = ("en", "tr")

_current = ContextVar("locale", default=DEFAULT)


def current_locale() -> str:
    return _current.get()


def use_locale(locale: str) -> None:
    """Speak `locale` for the rest of this request or task."""
    _current.set(locale if locale in SHIPPED else DEFAULT)


def text_direction() -> str:
    return Locale.parse(current_locale()).text_direction


def choose_locale(connection: HTTPConnection, preferred: str | None = None) -> str:
    """The person's own choice, else the cookie's, else the browser's."""
    for wish in (preferred, connection.cookies.get(COOKIE)):
        if wish in SHIPPED:
            return wish
    header = connection.headers.get("accept-language", "")
    wishes = [part.split(";")[0].strip().replace("-", "_") for part in header.split(",")]
    return negotiate_locale(wishes, SHIPPED) or DEFAULT


def gettext(text: str) -> str:
    return _translations(current_locale()).gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    return _translations(current_locale()).ngettext(one, many, count)


@cache
def _translations(locale: str) -> NullTranslations:
    return Translations.load(LOCALES, [locale], domain="atelier")
