"""Amounts of a unit in words, in the reader's language. No floats: an amount is whole units, shown with its digits."""

from decimal import Decimal

from babel.numbers import format_decimal

from atelier.features.catalog.types import Unit
from atelier.runtime.web.language import current_locale, gettext, ngettext


def say_number(unit: Unit, units: int, *, signed: bool = False) -> str:
    """`1,250`, or `12.50` for a unit with two digits; with its sign when that matters."""
    pattern = "#,##0" + ("." + "0" * unit.digits if unit.digits else "")
    value = Decimal(units).scaleb(-unit.digits)
    sign = ("+" if units > 0 else "\N{MINUS SIGN}") if signed and units else ""
    shown = abs(value) if sign else value
    return sign + format_decimal(shown, format=pattern, locale=current_locale())


def say_amount(unit: Unit, units: int) -> str:
    """`5 credits`, `1 credit`."""
    return f"{say_number(unit, units)} {ngettext(unit.one, unit.many, units)}"


def say_shortage(unit: Unit, *, needed: int, available: int) -> str:
    """What is missing, and that nothing was charged."""
    return gettext("This costs {price}, and you have {balance}. {missing} short; nothing was charged.").format(
        price=say_amount(unit, needed),
        balance=say_amount(unit, available),
        missing=say_amount(unit, needed - available),
    )
