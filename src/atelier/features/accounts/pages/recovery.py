"""Choosing a new password by a link in a mail."""

from dataclasses import dataclass, field

from fastapi import APIRouter, Request
from starlette.responses import Response

from atelier.features.accounts import queries, service
from atelier.features.accounts.addresses import parse_address
from atelier.features.accounts.errors import BadAddress, BadLink, WeakPassword
from atelier.features.accounts.pages.door import let_go, limit_mails, passwords_of, visitor_of
from atelier.features.accounts.pages.forms import AddressForm, NewPasswordForm
from atelier.features.accounts.pages.joining import SentPage
from atelier.features.accounts.password_rules import check_password
from atelier.features.accounts.types import TokenPurpose
from atelier.kernel.clock import utc_now
from atelier.kernel.text import _
from atelier.runtime.crypto import hash_token
from atelier.runtime.db import DbRole, Sessions
from atelier.runtime.web.forms import Form, read_form
from atelier.runtime.web.language import gettext
from atelier.runtime.web.pages import Page, redirect, render
from atelier.runtime.web.session import SessionsDep

router = APIRouter()


@dataclass(frozen=True)
class ResetPage(Page):
    """Asks for the address."""

    template = "accounts/reset.html"
    heading = _("Choose a new password")

    form: Form[AddressForm] = field(default_factory=Form)


@dataclass(frozen=True)
class NewPasswordPage(Page):
    """Asks for the password itself. Looking at it uses nothing up."""

    template = "accounts/new_password.html"
    heading = _("Choose a new password")

    token: str
    form: Form[NewPasswordForm] = field(default_factory=Form)
    error: str = ""


@router.get("/reset", name="accounts:reset")
async def show_reset(request: Request) -> Response:
    return await render(request, ResetPage())


@router.post("/reset", name="accounts:ask_reset")
async def ask_reset(request: Request, sessions: SessionsDep) -> Response:
    """The same answer whether or not there is such an account."""
    form = await read_form(request, AddressForm)
    if form.data is None:
        return await render(request, ResetPage(form), status=422)
    try:
        email = parse_address(form.data.email)
    except BadAddress as error:
        return await render(request, ResetPage(form.refused(error)), status=422)
    await limit_mails(request, sessions, email)
    async with sessions.begin() as session:
        await service.request_reset(session, email, ip=visitor_of(request).ip)
    return redirect(request, "/reset/sent")


@router.get("/reset/sent", name="accounts:reset_sent")
async def show_reset_sent(request: Request) -> Response:
    text = gettext("If there is an account with this address, a mail with a link is on its way. It works for one hour.")
    return await render(request, SentPage(text))


@router.get("/reset/{token}", name="accounts:new_password")
async def show_new_password(request: Request, token: str) -> Response:
    return await render(request, NewPasswordPage(token))


@router.post("/reset/{token}", name="accounts:put_password")
async def put_password(request: Request, token: str, sessions: SessionsDep) -> Response:
    form = await read_form(request, NewPasswordForm)
    if form.data is None:
        return await render(request, NewPasswordPage(token, form), status=422)
    try:
        check_password(form.data.password, await _address_behind(sessions, token))
        hashed = await passwords_of(request).hash(form.data.password)
        async with sessions.begin() as session:
            await service.reset_password(session, token, hashed, now=utc_now(), ip=visitor_of(request).ip)
    except WeakPassword as error:
        return await render(request, NewPasswordPage(token, form.refused(error)), status=422)
    except BadLink as error:
        return await render(request, NewPasswordPage("", error=gettext(error.message)), status=422)
    notice = gettext("Your password is changed. Sign in with it.")
    return let_go(request, redirect(request, "/sign-in", notice=notice))


async def _address_behind(sessions: Sessions, token: str) -> str:
    """Whose link this is; a link that is used up costs us no hashing. Raises BadLink."""
    async with sessions.read(role=DbRole.SYSTEM) as session:
        found = await queries.find_token(session, TokenPurpose.RESET, hash_token(token))
        user = await queries.find_user(session, found.user_id) if found and found.user_id else None
    if user is None:
        raise BadLink
    return user.email or ""
