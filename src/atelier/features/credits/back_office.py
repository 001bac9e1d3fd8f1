"""Adding and taking units by hand: with a reason, once for each form, and written into the audit trail."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field
from starlette.responses import Response

from atelier.features import accounts, audit, catalog
from atelier.features.audit import AuditAction
from atelier.features.catalog import Catalogue, say_amount
from atelier.features.credits import queries, service
from atelier.features.credits.errors import InsufficientCredits
from atelier.features.credits.statement import EntryRow, say_entry
from atelier.kernel.actor import Actor
from atelier.kernel.clock import utc_now
from atelier.kernel.ids import new_id
from atelier.kernel.pagination import Slice, decode_cursor
from atelier.kernel.text import _
from atelier.runtime.db import DbRole, ReadSession, Session
from atelier.runtime.web.actors import AdminDep
from atelier.runtime.web.forms import Form, read_form
from atelier.runtime.web.language import gettext
from atelier.runtime.web.pages import Page, redirect, render
from atelier.runtime.web.session import SessionsDep

router = APIRouter()

PER_PAGE = 25
MOST = 1_000_000


class AdjustmentForm(BaseModel):
    """How many units, and why. The key makes pressing twice harmless."""

    units: int = Field(ge=-MOST, le=MOST)
    unit: str = Field(max_length=64)
    reason: str = Field(min_length=3, max_length=500)
    key: str = Field(min_length=8, max_length=64)


@dataclass(frozen=True)
class AdjustPage(Page):
    """A person's wallet as the back office sees it, and the form that changes it."""

    template = "credits/adjust.html"
    heading = _("Adjust a balance")

    user_id: UUID
    who: str
    balances: Sequence[str]
    units: Sequence[tuple[str, str]]
    entries: Slice[EntryRow]
    form: Form[AdjustmentForm]
    key: str


@router.get("/admin/people/{user_id}/adjust", name="credits:adjust")
async def show_adjustment(
    request: Request,
    user_id: UUID,
    admin: AdminDep,  # noqa: ARG001 - the permission
    sessions: SessionsDep,
    *,
    cursor: Annotated[str | None, Query()] = None,
) -> HTMLResponse:
    async with sessions.read(role=DbRole.SYSTEM) as session:
        page = await _page(session, user_id, Form(), cursor)
    return await render(request, page)


@router.post("/admin/people/{user_id}/adjust", name="credits:make_adjustment")
async def adjust_balance(request: Request, user_id: UUID, admin: AdminDep, sessions: SessionsDep) -> Response:
    """Add (a positive number) or take (a negative one). Nobody is overdrawn."""
    form = await read_form(request, AdjustmentForm)
    if form.data is not None and form.data.units == 0:
        form = Form(None, form.values, {"units": gettext("Please say how many; below zero takes units away.")})
    if form.data is not None:
        try:
            async with sessions.begin(role=DbRole.SYSTEM) as session:
                await _adjust(session, user_id, form.data, admin)
        except InsufficientCredits as error:
            form = Form(None, form.values, {"units": _too_much(error)})
        else:
            return redirect(request, request.url.path, notice=gettext("The balance was adjusted."))
    async with sessions.read(role=DbRole.SYSTEM) as session:
        page = await _page(session, user_id, form, None)
    return await render(request, page, status=422)


def _too_much(error: InsufficientCredits) -> str:
    return gettext("Only {available} can be taken.").format(available=error.context["available"])


async def _adjust(session: Session, user_id: UUID, wish: AdjustmentForm, admin: Actor) -> None:
    """The change and its record in one transaction; a form that was sent before changes and records nothing."""
    if await accounts.find_user(session, user_id) is None:
        raise accounts.AccountNotFound
    made = await service.adjust(
        session,
        user_id,
        unit=wish.unit,
        units=wish.units,
        reason=wish.reason,
        actor=admin.email or str(admin.user_id),
        key=wish.key,
        now=utc_now(),
    )
    if made:
        details = {"unit": wish.unit, "units": wish.units, "reason": wish.reason}
        await audit.record(
            session,
            AuditAction.TOKEN_ADJUSTMENT,
            actor=admin,
            target_type="user",
            target_id=user_id,
            details=details,
        )


async def _page(session: ReadSession, user_id: UUID, form: Form[AdjustmentForm], cursor: str | None) -> AdjustPage:
    user = await accounts.find_user(session, user_id)
    if user is None:
        raise accounts.AccountNotFound
    catalogue: Catalogue = await catalog.current(session)
    balances = await service.list_balances(session, user_id, now=utc_now())
    rows = await queries.list_entries(session, user_id, before=decode_cursor(cursor), limit=PER_PAGE + 1)
    lines = Slice.of(rows, PER_PAGE, lambda line: line.id)
    return AdjustPage(
        user_id=user_id,
        who=user.email or user.name or str(user_id),
        balances=[say_amount(catalogue.unit(one.unit), one.spendable) for one in balances],
        units=[(unit.code, unit.many) for unit in catalogue.units],
        entries=Slice([say_entry(catalogue, line) for line in lines.items], lines.next_cursor),
        form=form,
        key=form.value("key") or str(new_id()),
    )
