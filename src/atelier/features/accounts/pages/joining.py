"""Making an account and confirming its address."""

from dataclasses import dataclass, field

from fastapi import APIRouter, Request
from starlette.responses import Response

from atelier.features.accounts import service
from atelier.features.accounts.addresses import parse_address
from atelier.features.accounts.errors import BadLink
from atelier.features.accounts.pages.door import HOME, limit_mails, passwords_of, visitor_of
from atelier.features.accounts.pages.forms import SignUpForm, TokenForm
from atelier.features.accounts.password_rules import check_password
from atelier.features.accounts.types import NewUser
from atelier.kernel.clock import utc_now
from atelier.kernel.errors import Invalid
from atelier.kernel.text import _
from atelier.runtime.web.actors import MaybeActorDep, PersonDep
from atelier.runtime.web.forms import Form, read_form
from atelier.runtime.web.language import current_locale, gettext
from atelier.runtime.web.pages import Page, redirect, render
from atelier.runtime.web.session import SessionsDep

router = APIRouter()


@dataclass(frozen=True)
class SignUpPage(Page):
    """The form that makes an account."""

    template = "accounts/sign_up.html"
    heading = _("Make an account")

    form: Form[SignUpForm] = field(default_factory=Form)


@dataclass(frozen=True)
class SentPage(Page):
    """Look into your mailbox: the same for known and unknown addresses."""

    template = "accounts/sent.html"
    heading = _("Look into your mailbox")

    text: str


@dataclass(frozen=True)
class VerifyPage(Page):
    """One button, because mail scanners follow links and must not use them up."""

    template = "accounts/verify.html"
    heading = _("Confirm your address")

    token: str
    error: str = ""


@router.get("/sign-up", name="accounts:sign_up")
async def show_sign_up(request: Request, actor: MaybeActorDep) -> Response:
    return redirect(request, HOME) if actor else await render(request, SignUpPage())


@router.post("/sign-up", name="accounts:make_account")
async def make_account(request: Request, sessions: SessionsDep) -> Response:
    """Make an account; the answer and the work are the same when there is one already."""
    form = await read_form(request, SignUpForm)
    if form.data is None:
        return await render(request, SignUpPage(form), status=422)
    try:
        email = parse_address(form.data.email)
        check_password(form.data.password, email)
    except Invalid as error:
        return await render(request, SignUpPage(form.refused(error)), status=422)
    await limit_mails(request, sessions, email)
    hashed = await passwords_of(request).hash(form.data.password)
    user = NewUser(email, form.data.name, hashed, locale=current_locale())
    async with sessions.begin() as session:
        await service.sign_up(session, user, now=utc_now(), ip=visitor_of(request).ip)
    return redirect(request, "/sign-up/sent")


@router.get("/sign-up/sent", name="accounts:sign_up_sent")
async def show_sent(request: Request) -> Response:
    text = gettext("We have sent you a mail. Confirm your address with the link in it; it works for 24 hours.")
    return await render(request, SentPage(text))


@router.get("/verify", name="accounts:verify")
async def show_verify(request: Request, token: str = "") -> Response:
    return await render(request, VerifyPage(token))


@router.post("/verify", name="accounts:confirm_address")
async def confirm_address(request: Request, actor: MaybeActorDep, sessions: SessionsDep) -> Response:
    form = await read_form(request, TokenForm)
    token = form.data.token if form.data else ""
    try:
        async with sessions.begin() as session:
            await service.verify(session, token, now=utc_now(), ip=visitor_of(request).ip)
    except BadLink as error:
        return await render(request, VerifyPage("", gettext(error.message)), status=422)
    return redirect(request, HOME if actor else "/sign-in", notice=gettext("Your address is confirmed. Thank you."))


@router.post("/verify/again", name="accounts:send_again")
async def send_again(request: Request, actor: PersonDep, sessions: SessionsDep) -> Response:
    """Send the link to one's own address again."""
    await limit_mails(request, sessions, actor.email or "")
    async with sessions.begin(user_id=actor.user_id) as session:
        await service.resend_verification(session, actor.user_id)
    return redirect(request, "/settings", notice=gettext("We have sent you the link again."))
