"""The wallet: what there is, in which order it goes, and why it is what it is."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from starlette.responses import StreamingResponse

from atelier.features import catalog
from atelier.features.catalog import Catalogue, Unit, say_amount, say_number
from atelier.features.credits import queries, service
from atelier.features.credits.back_office import router as back_office
from atelier.features.credits.statement import EntryRow, say_entry
from atelier.features.credits.types import Balance, BucketKind, EntryLine
from atelier.kernel.actor import Actor
from atelier.kernel.clock import utc_now
from atelier.kernel.pagination import Slice, decode_cursor
from atelier.kernel.text import _
from atelier.runtime.db import ReadSession, Sessions
from atelier.runtime.web.actors import PersonDep
from atelier.runtime.web.language import gettext
from atelier.runtime.web.pages import Page, render
from atelier.runtime.web.session import ReadSessionDep, SessionsDep
from atelier.runtime.web.site import Contributions, Pill, RailItem

router = APIRouter()
router.include_router(back_office)

PER_PAGE = 25
CSV_ROWS = 500
FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def balance_pill(session: ReadSession, actor: Actor) -> Pill | None:
    """What the person can spend, on every page."""
    unit = (await catalog.current(session)).units[0]
    amount = await service.spendable(session, actor.user_id, unit.code, now=utc_now())
    return Pill(gettext("Balance"), say_amount(unit, amount), "/wallet")


contributions = Contributions(rail=(RailItem(40, _("Wallet"), "credits:wallet", "wallet"),), pills=(balance_pill,))


@dataclass(frozen=True)
class BucketRow:
    """Part of the balance, where it came from, and when it goes."""

    label: str
    amount: str
    held: str
    expires_at: datetime | None
    note: str


@dataclass(frozen=True)
class Purse:
    """One unit: the total and its parts in the order in which they are spent."""

    amount: str
    unit: str
    held: str
    buckets: Sequence[BucketRow]
    next_refill_at: datetime | None


@dataclass(frozen=True)
class WalletPage(Page):
    """What there is, and why."""

    template = "credits/wallet.html"
    fragment = "credits/_entries.html"
    heading = _("Wallet")

    purses: Sequence[Purse]
    entries: Sequence[EntryRow]
    next_cursor: str | None
    is_first: bool


@router.get("/wallet", name="credits:wallet")
async def show_wallet(
    request: Request, actor: PersonDep, session: ReadSessionDep, cursor: Annotated[str | None, Query()] = None
) -> HTMLResponse:
    catalogue = await catalog.current(session)
    balances = await service.list_balances(session, actor.user_id, now=utc_now())
    rows = await queries.list_entries(session, actor.user_id, before=decode_cursor(cursor), limit=PER_PAGE + 1)
    lines = Slice.of(rows, PER_PAGE, lambda line: line.id)
    page = WalletPage(
        purses=[_purse(catalogue, balance) for balance in balances],
        entries=[say_entry(catalogue, line) for line in lines.items],
        next_cursor=lines.next_cursor,
        is_first=not cursor,
    )
    return await render(request, page)


@router.get("/wallet/entries.csv", name="credits:csv")
async def download_entries(actor: PersonDep, sessions: SessionsDep) -> StreamingResponse:
    """Every movement as a table for a spreadsheet, newest first."""
    headers = {"Content-Disposition": 'attachment; filename="wallet.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(_csv(sessions, actor.user_id), media_type="text/csv; charset=utf-8", headers=headers)


async def _csv(sessions: Sessions, user_id: UUID) -> AsyncIterator[str]:
    """A short transaction for each piece: a slow reader holds none open."""
    yield _line(["time", "kind", "description", "product", "amount", "unit", "balance_after", "source", "source_id"])
    before: UUID | None = None
    while True:
        async with sessions.read(user_id=user_id) as session:
            lines = await queries.list_entries(session, user_id, before=before, limit=CSV_ROWS)
        for line in lines:
            yield _line(_cells(line))
        if len(lines) < CSV_ROWS:
            return
        before = lines[-1].id


def _cells(line: EntryLine) -> list[object]:
    when = line.created_at.isoformat()
    words = [line.kind.value, line.description or "", line.product or ""]
    return [when, *map(_plain, words), line.amount, line.unit, line.balance_after, line.source, line.source_id]


def _plain(text: str) -> str:
    """A spreadsheet must not take words for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _line(cells: Sequence[object]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(["" if cell is None else cell for cell in cells])
    return out.getvalue()


def _purse(catalogue: Catalogue, balance: Balance) -> Purse:
    unit = catalogue.unit(balance.unit)
    return Purse(
        amount=say_number(unit, balance.spendable),
        unit=say_amount(unit, balance.spendable).partition(" ")[2],
        held=say_amount(unit, balance.held) if balance.held else "",
        buckets=[
            BucketRow(
                gettext(line.kind.label),
                say_amount(unit, line.spendable),
                say_amount(unit, line.held) if line.held else "",
                line.expires_at,
                _refills(catalogue, unit) if line.kind is BucketKind.REGENERATING else "",
            )
            for line in balance.buckets
        ],
        next_refill_at=balance.next_refill_at,
    )


def _refills(catalogue: Catalogue, unit: Unit) -> str:
    rule = catalogue.regeneration
    if rule is None or rule.unit != unit.code:
        return ""
    text = gettext("{amount} every {minutes} minutes, up to {cap}")
    return text.format(amount=say_amount(unit, rule.units), minutes=rule.every_minutes, cap=say_number(unit, rule.cap))
