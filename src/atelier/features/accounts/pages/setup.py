"""The first administrator, by the token that the server prints at its first start."""

from dataclasses import dataclass, field

from fastapi import APIRouter, Request
from starlette.responses import Response

from atelier.features.accounts import queries, service
from atelier.features.accounts.addresses import parse_address
from atelier.features.accounts.errors import AddressTaken, AlreadySetUp, BadLink
from atelier.features.accounts.pages.door import HOME, held_token, hold, passwords_of, visitor_of
from atelier.features.accounts.pages.forms import SetupForm
from atelier.features.accounts.password_rules import check_password
from atelier.features.accounts.service import Started
from atelier.features.accounts.types import NewUser, TokenPurpose
from atelier.kernel.clock import utc_now
from atelier.kernel.errors import Invalid
from atelier.kernel.text import _
from atelier.runtime.crypto import hash_token
from atelier.runtime.db import DbRole, Sessions
from atelier.runtime.web.forms import Form, read_form
from atelier.runtime.web.language import current_locale
from atelier.runtime.web.pages import Page, redirect, render
from atelier.runtime.web.session import SessionsDep

router = APIRouter()


@dataclass(frozen=True)
class SetupPage(Page):
    """Makes the first super administrator."""

    template = "accounts/setup.html"
    heading = _("Set up your studio")

    token: str
    form: Form[SetupForm] = field(default_factory=Form)


@router.get("/setup", name="accounts:setup")
async def show_setup(request: Request, sessions: SessionsDep, token: str = "") -> Response:
    await _check(sessions, token)
    return await render(request, SetupPage(token))


@router.post("/setup", name="accounts:set_up")
async def set_up(request: Request, sessions: SessionsDep) -> Response:
    form = await read_form(request, SetupForm)
    token = form.value("token") if form.data is None else form.data.token
    await _check(sessions, token)
    if form.data is None:
        return await render(request, SetupPage(token, form), status=422)
    try:
        started = await _make_administrator(request, sessions, form.data)
    except (Invalid, AddressTaken) as error:
        return await render(request, SetupPage(token, form.refused(error)), status=422)
    return hold(request, redirect(request, HOME), started)


async def _make_administrator(request: Request, sessions: Sessions, form: SetupForm) -> Started:
    email = parse_address(form.email)
    check_password(form.password, email)
    hashed = await passwords_of(request).hash(form.password)
    visitor, now = visitor_of(request), utc_now()
    user = NewUser(email, form.name, hashed, locale=current_locale())
    async with sessions.begin() as session:
        user_id = await service.set_up(session, form.token, user, now=now, ip=visitor.ip)
        return await service.sign_in(session, user_id, visitor=visitor, now=now, replacing=held_token(request))


async def _check(sessions: Sessions, token: str) -> None:
    """Nobody without a good token learns anything, or makes us hash. Raises AlreadySetUp or BadLink."""
    async with sessions.read(role=DbRole.SYSTEM) as session:
        if await queries.count_super_admins(session):
            raise AlreadySetUp
        if await queries.find_token(session, TokenPurpose.SETUP, hash_token(token)) is None:
            raise BadLink
