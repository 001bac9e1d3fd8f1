"""One's own account: profile, language, password, sessions, API keys."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from atelier.features.accounts import queries, service
from atelier.features.accounts.errors import WrongPassword
from atelier.features.accounts.models import ApiKey, SignedIn
from atelier.features.accounts.pages.door import limit_sign_ins, passwords_of, visitor_of
from atelier.features.accounts.pages.forms import ChangePasswordForm, KeyForm, ProfileForm
from atelier.features.accounts.password_rules import check_password
from atelier.features.accounts.types import Scope
from atelier.kernel.actor import Actor
from atelier.kernel.clock import utc_now
from atelier.kernel.errors import Invalid
from atelier.kernel.text import _
from atelier.runtime.db import DbRole, Sessions
from atelier.runtime.web.actors import PersonDep
from atelier.runtime.web.forms import Form, read_form
from atelier.runtime.web.language import SHIPPED, gettext, ngettext, use_locale
from atelier.runtime.web.pages import Page, redirect, render
from atelier.runtime.web.session import ReadSessionDep, SessionDep, SessionsDep

router = APIRouter()

LANGUAGES = {"en": "English", "tr": "Türkçe"}


@dataclass(frozen=True)
class SettingsPage(Page):
    """All that a person decides about the own account."""

    template = "accounts/settings.html"
    heading = _("Account")

    actor: Actor
    sessions: Sequence[SignedIn]
    keys: Sequence[ApiKey]
    profile: Form[ProfileForm] = field(default_factory=Form)
    password: Form[ChangePasswordForm] = field(default_factory=Form)
    key: Form[KeyForm] = field(default_factory=Form)
    new_key: str = ""

    @property
    def languages(self) -> Sequence[dict[str, str]]:
        return [{"value": code, "label": LANGUAGES[code]} for code in SHIPPED]

    @property
    def scopes(self) -> Sequence[dict[str, str]]:
        words = {
            Scope.IMAGES_READ: gettext("See and download images"),
            Scope.IMAGES_WRITE: gettext("Upload and delete images"),
            Scope.JOBS_READ: gettext("See jobs"),
            Scope.JOBS_WRITE: gettext("Order and cancel jobs, which spends credits"),
            Scope.WALLET_READ: gettext("See the balance"),
        }
        return [{"value": scope.value, "label": words[scope]} for scope in Scope]


@dataclass(frozen=True)
class Refused:
    """Which form of the page was not accepted."""

    profile: Form[ProfileForm] = field(default_factory=Form)
    password: Form[ChangePasswordForm] = field(default_factory=Form)
    key: Form[KeyForm] = field(default_factory=Form)


async def show(
    request: Request, actor: Actor, sessions: Sessions, *, refused: Refused | None = None, new_key: str = ""
) -> Response:
    """The page again, with what was wrong in one of its forms, or with the key that was just made."""
    bad = refused or Refused()
    async with sessions.read(user_id=actor.user_id) as session:
        page = SettingsPage(
            actor,
            await queries.list_sessions(session, actor.user_id),
            await queries.list_keys(session, actor.user_id),
            bad.profile,
            bad.password,
            bad.key,
            new_key,
        )
    return await render(request, page, status=422 if refused else 200)


@router.get("/settings", name="accounts:settings")
async def show_settings(request: Request, actor: PersonDep, session: ReadSessionDep) -> Response:
    mine = actor.user_id
    page = SettingsPage(actor, await queries.list_sessions(session, mine), await queries.list_keys(session, mine))
    return await render(request, page)


@router.post("/settings/profile", name="accounts:change_profile")
async def change_profile(request: Request, actor: PersonDep, sessions: SessionsDep) -> Response:
    form = await read_form(request, ProfileForm)
    if form.data is None or form.data.locale not in SHIPPED:
        return await show(request, actor, sessions, refused=Refused(profile=form))
    async with sessions.begin(user_id=actor.user_id) as session:
        await service.change_profile(session, actor, name=form.data.name or None, locale=form.data.locale)
    use_locale(form.data.locale)
    return redirect(request, "/settings", notice=gettext("Saved."))


@router.post("/settings/password", name="accounts:change_password")
async def change_password(request: Request, actor: PersonDep, sessions: SessionsDep) -> Response:
    """Needs the current password, and ends all other sessions."""
    form = await read_form(request, ChangePasswordForm)
    if form.data is None:
        return await show(request, actor, sessions, refused=Refused(password=form))
    await limit_sign_ins(request, sessions, actor.email or str(actor.user_id))
    try:
        hashed = await _new_hash(request, actor, sessions, form=form.data)
    except Invalid as error:
        return await show(request, actor, sessions, refused=Refused(password=form.refused(error)))
    async with sessions.begin(user_id=actor.user_id) as session:
        await service.change_password(session, actor, hashed, now=utc_now(), ip=visitor_of(request).ip)
    return redirect(request, "/settings", notice=gettext("Your password is changed; all other sessions are ended."))


async def _new_hash(request: Request, actor: Actor, sessions: Sessions, *, form: ChangePasswordForm) -> str:
    passwords = passwords_of(request)
    async with sessions.read(role=DbRole.SYSTEM) as session:
        known = await queries.find_password(session, actor.user_id)
    if not await passwords.verify(known, form.current_password):
        raise WrongPassword(field="current_password")
    check_password(form.new_password, actor.email or "", field="new_password")
    return await passwords.hash(form.new_password)


@router.post("/settings/sessions/{session_id}/end", name="accounts:end_session")
async def end_session(request: Request, session_id: UUID, actor: PersonDep, session: SessionDep) -> Response:
    await service.end_session(session, actor, session_id, ip=visitor_of(request).ip)
    return redirect(request, "/settings", notice=gettext("This session is ended."))


@router.post("/settings/sessions/end-others", name="accounts:end_other_sessions")
async def end_other_sessions(request: Request, actor: PersonDep, session: SessionDep) -> Response:
    count = await service.end_other_sessions(session, actor, ip=visitor_of(request).ip)
    words = ngettext("{count} session is ended.", "{count} sessions are ended.", count)
    return redirect(request, "/settings", notice=words.format(count=count))
