"""The audit trail and the errors, for administrators."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from atelier.features.audit import queries, service
from atelier.features.audit.errors import ErrorGroupNotFound
from atelier.features.audit.models import AuditEntry, ErrorEvent, ErrorGroup
from atelier.features.audit.types import AuditAction, Breach, ErrorState
from atelier.kernel.errors import Invalid
from atelier.kernel.pagination import DEFAULT_LIMIT, Slice, decode_cursor
from atelier.kernel.text import _
from atelier.runtime.web.actors import AdminDep
from atelier.runtime.web.forms import read_form
from atelier.runtime.web.language import gettext
from atelier.runtime.web.pages import Page, redirect, render
from atelier.runtime.web.session import BackOfficeSessionDep
from atelier.runtime.web.site import Contributions, RailItem

router = APIRouter()
contributions = Contributions(
    rail=(
        RailItem(92, _("Audit"), "audit:entries", "shield", admin_only=True),
        RailItem(93, _("Errors"), "audit:errors", "warning", admin_only=True),
    )
)


class StateForm(BaseModel):
    state: ErrorState


@dataclass(frozen=True)
class EntriesPage(Page):
    """Who did what, newest first, and whether the chain holds."""

    template = "audit/entries.html"
    heading = _("Audit trail")

    entries: Sequence[AuditEntry]
    breaches: Sequence[Breach]
    action: str
    older_href: str

    @property
    def actions(self) -> Sequence[dict[str, str]]:
        everything = {"value": "", "label": gettext("Everything")}
        return [everything, *({"value": action.value, "label": action.value} for action in AuditAction)]


@dataclass(frozen=True)
class ErrorsPage(Page):
    """Errors by kind."""

    template = "audit/errors.html"
    heading = _("Errors")

    groups: Sequence[ErrorGroup]
    older_href: str


@dataclass(frozen=True)
class ErrorGroupPage(Page):
    """One kind of error and its latest cases."""

    template = "audit/error.html"

    group: ErrorGroup
    events: Sequence[ErrorEvent]

    @property
    def title(self) -> str:
        return self.group.error_type


@router.get("/admin/audit", name="audit:entries")
async def list_entries(
    request: Request,
    actor: AdminDep,  # noqa: ARG001 - seen in the signature
    session: BackOfficeSessionDep,
    *,
    action: Annotated[AuditAction | str, Query(max_length=40)] = "",
    cursor: str | None = None,
) -> Response:
    chosen = action if isinstance(action, AuditAction) else None
    rows = await queries.list_entries(session, action=chosen, before=decode_cursor(cursor), limit=DEFAULT_LIMIT)
    page = Slice.of(rows, DEFAULT_LIMIT, lambda entry: entry.id)
    older = urlencode({"action": chosen or "", "cursor": page.next_cursor}) if page.next_cursor else ""
    href = f"/admin/audit?{older}" if older else ""
    return await render(request, EntriesPage(page.items, await service.verify_chain(session), chosen or "", href))


@router.get("/admin/errors", name="audit:errors")
async def list_errors(
    request: Request,
    actor: AdminDep,  # noqa: ARG001 - seen in the signature
    session: BackOfficeSessionDep,
    cursor: str | None = None,
) -> Response:
    rows = await queries.list_error_groups(session, before=decode_cursor(cursor), limit=DEFAULT_LIMIT)
    page = Slice.of(rows, DEFAULT_LIMIT, lambda group: group.id)
    return await render(
        request, ErrorsPage(page.items, f"/admin/errors?cursor={page.next_cursor}" if page.next_cursor else "")
    )


@router.get("/admin/errors/{group_id}", name="audit:error")
async def show_error(
    request: Request,
    group_id: UUID,
    actor: AdminDep,  # noqa: ARG001 - seen in the signature
    session: BackOfficeSessionDep,
) -> Response:
    group = await queries.find_error_group(session, group_id)
    if group is None:
        raise ErrorGroupNotFound
    return await render(request, ErrorGroupPage(group, await queries.list_error_events(session, group_id)))


@router.post("/admin/errors/{group_id}", name="audit:change_error")
async def change_error(
    request: Request,
    group_id: UUID,
    actor: AdminDep,  # noqa: ARG001 - seen in the signature
    session: BackOfficeSessionDep,
) -> Response:
    form = await read_form(request, StateForm)
    if form.data is None:
        raise Invalid(field="state")
    if not await queries.set_error_state(session, group_id, form.data.state):
        raise ErrorGroupNotFound
    return redirect(request, "/admin/errors", notice=gettext("Saved."))
