"""The lines of a wallet in words for people."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from atelier.features.catalog import Catalogue, Unit, say_number
from atelier.features.credits.types import EntryLine
from atelier.runtime.web.language import gettext


@dataclass(frozen=True)
class EntryRow:
    """One line of the explanation."""

    label: str
    detail: str
    job_id: UUID | None
    amount: str
    is_gain: bool
    balance: str
    created_at: datetime


def say_entry(catalogue: Catalogue, line: EntryLine) -> EntryRow:
    """A movement in words: what it was, for what, and what was left."""
    unit = next((unit for unit in catalogue.units if unit.code == line.unit), None) or Unit(
        code=line.unit, one=line.unit, many=line.unit
    )
    product = catalogue.product(line.product) if line.product else None
    about = gettext(product.name) if product else (line.description or "")
    return EntryRow(
        label=gettext(line.kind.label),
        detail=about,
        job_id=line.source_id if line.source == "job" else None,
        amount=say_number(unit, line.amount, signed=True),
        is_gain=line.amount > 0,
        balance=say_number(unit, line.balance_after),
        created_at=line.created_at,
    )
