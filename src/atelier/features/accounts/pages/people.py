"""People, as the back office sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from atelier.features.accounts import queries, service
from atelier.features.accounts.errors import AccountNotFound
from atelier.features.accounts.models import ApiKey, SignedIn, User
from atelier.features.accounts.pages.door import visitor_of
from atelier.features.accounts.pages.forms import RoleForm, StatusForm
from atelier.features.accounts.types import AccountStatus
from atelier.kernel.actor import Actor, Role
from atelier.kernel.errors import Invalid
from atelier.kernel.pagination import DEFAULT_LIMIT, Slice, decode_cursor
from atelier.kernel.text import _
from atelier.runtime.web.actors import AdminDep
from atelier.runtime.web.forms import read_form
from atelier.runtime.web.language import gettext
from atelier.runtime.web.pages import Page, redirect, render
from atelier.runtime.web.session import BackOfficeSessionDep

router = APIRouter()


@dataclass(frozen=True)
class PeoplePage(Page):
    """Everybody, newest first."""

    template = "accounts/people.html"
    heading = _("People")

    people: Sequence[User]
    search: str
    older_href: str


@dataclass(frozen=True)
class PersonPage(Page):
    """One person: facts, role, state, sessions, keys."""

    template = "accounts/person.html"

    actor: Actor
    user: User
    sessions: Sequence[SignedIn]
    keys: Sequence[ApiKey]

    @property
    def title(self) -> str:
        return self.user.name or self.user.email or gettext("Somebody")

    @property
    def may_appoint(self) -> bool:
        return self.actor.role is Role.SUPER_ADMIN and self.actor.user_id != self.user.id

    @property
    def may_suspend(self) -> bool:
        is_ordinary = self.user.role is Role.USER
        return self.actor.user_id != self.user.id and (is_ordinary or self.actor.role is Role.SUPER_ADMIN)

    @property
    def roles(self) -> Sequence[dict[str, str]]:
        words = {
            Role.USER: gettext("Customer"),
            Role.ADMIN: gettext("Administrator"),
            Role.SUPER_ADMIN: gettext("Super administrator"),
        }
        return [{"value": role.value, "label": words[role]} for role in Role]


@router.get("/admin/people", name="accounts:people")
async def list_people(
    request: Request,
    actor: AdminDep,  # noqa: ARG001 - seen in the signature
    session: BackOfficeSessionDep,
    *,
    q: Annotated[str, Query(max_length=100)] = "",
    cursor: str | None = None,
) -> Response:
    search = q.strip()
    rows = await queries.list_users(session, search=search, before=decode_cursor(cursor), limit=DEFAULT_LIMIT)
    page = Slice.of(rows, DEFAULT_LIMIT, lambda user: user.id)
    older = urlencode({"q": search, "cursor": page.next_cursor}) if page.next_cursor else ""
    return await render(request, PeoplePage(page.items, search, f"/admin/people?{older}" if older else ""))


@router.get("/admin/people/{user_id}", name="accounts:person")
async def show_person(request: Request, user_id: UUID, actor: AdminDep, session: BackOfficeSessionDep) -> Response:
    user = await queries.find_user(session, user_id)
    if user is None:
        raise AccountNotFound
    sessions = await queries.list_sessions(session, user_id)
    return await render(request, PersonPage(actor, user, sessions, await queries.list_keys(session, user_id)))


@router.post("/admin/people/{user_id}/role", name="accounts:change_role")
async def change_role(request: Request, user_id: UUID, actor: AdminDep, session: BackOfficeSessionDep) -> Response:
    form = await read_form(request, RoleForm)
    if form.data is None:
        raise Invalid(field="role")
    await service.change_role(session, user_id, form.data.role, by=actor, ip=visitor_of(request).ip)
    return redirect(request, f"/admin/people/{user_id}", notice=gettext("The role is changed."))


@router.post("/admin/people/{user_id}/status", name="accounts:change_status")
async def change_status(request: Request, user_id: UUID, actor: AdminDep, session: BackOfficeSessionDep) -> Response:
    form = await read_form(request, StatusForm)
    if form.data is None or form.data.status is AccountStatus.ERASED:
        raise Invalid(field="status")
    await service.change_status(session, user_id, form.data.status, by=actor, ip=visitor_of(request).ip)
    return redirect(request, f"/admin/people/{user_id}", notice=gettext("The account's state is changed."))
