"""Signing in by password or by a one-time link, and signing out."""

from dataclasses import dataclass, field

from fastapi import APIRouter, Request
from starlette.responses import Response

from atelier.features.accounts import queries, service
from atelier.features.accounts.errors import BadLink, WrongCredentials
from atelier.features.accounts.pages.door import (
    held_token,
    hold,
    let_go,
    limit_sign_ins,
    own_path,
    passwords_of,
    visitor_of,
)
from atelier.features.accounts.pages.forms import SignInForm
from atelier.features.accounts.service import Started
from atelier.features.accounts.types import AccountStatus
from atelier.kernel.clock import utc_now
from atelier.kernel.text import _
from atelier.runtime.db import DbRole, Sessions
from atelier.runtime.web.actors import MaybeActorDep
from atelier.runtime.web.forms import Form, read_form
from atelier.runtime.web.language import gettext
from atelier.runtime.web.pages import Page, redirect, render
from atelier.runtime.web.session import SessionsDep

router = APIRouter()


@dataclass(frozen=True)
class SignInPage(Page):
    """E-mail and password."""

    template = "accounts/sign_in.html"
    heading = _("Sign in")

    next: str
    form: Form[SignInForm] = field(default_factory=Form)


@dataclass(frozen=True)
class LinkPage(Page):
    """One button, so that nothing is used up by looking at it."""

    template = "accounts/link.html"
    heading = _("Sign in")

    token: str
    error: str = ""


@router.get("/sign-in", name="accounts:sign_in")
async def show_sign_in(request: Request, actor: MaybeActorDep, next: str = "") -> Response:  # noqa: A002 - the address
    target = own_path(next)
    return redirect(request, target) if actor else await render(request, SignInPage(target))


@router.post("/sign-in", name="accounts:enter")
async def enter(request: Request, sessions: SessionsDep) -> Response:
    """Begin a session; an unknown address takes as long and reads the same as a wrong password."""
    form = await read_form(request, SignInForm)
    if form.data is None:
        return await render(request, SignInPage(own_path(form.value("next")), form), status=422)
    await limit_sign_ins(request, sessions, form.data.email)
    try:
        started = await _start(request, sessions, form.data)
    except WrongCredentials as error:
        return await render(request, SignInPage(own_path(form.data.next), form.refused(error)), status=422)
    return hold(request, redirect(request, own_path(form.data.next)), started)


async def _start(request: Request, sessions: Sessions, form: SignInForm) -> Started:
    visitor, passwords = visitor_of(request), passwords_of(request)
    async with sessions.read(role=DbRole.SYSTEM) as reading:
        known = await queries.find_sign_in(reading, form.email)
    is_right = await passwords.verify(known.hash if known else None, form.password)
    if known is None or known.hash is None or not is_right or known.status is not AccountStatus.ACTIVE:
        async with sessions.begin() as session:
            await service.refuse_sign_in(session, known.user_id if known else None, visitor=visitor)
        raise WrongCredentials
    new_hash = await passwords.hash(form.password) if passwords.is_outdated(known.hash) else None
    async with sessions.begin() as session:
        return await service.sign_in(
            session,
            known.user_id,
            visitor=visitor,
            now=utc_now(),
            replacing=held_token(request),
            new_hash=new_hash,
        )


@router.post("/sign-out", name="accounts:sign_out")
async def leave(request: Request, actor: MaybeActorDep, sessions: SessionsDep) -> Response:
    if actor is not None:
        async with sessions.begin(user_id=actor.user_id) as session:
            await service.sign_out(session, actor, ip=visitor_of(request).ip)
    return let_go(request, redirect(request, "/", notice=gettext("You are signed out.")))


@router.get("/sign-in/link/{token}", name="accounts:link")
async def show_link(request: Request, token: str) -> Response:
    return await render(request, LinkPage(token))


@router.post("/sign-in/link/{token}", name="accounts:use_link")
async def use_link(request: Request, token: str, sessions: SessionsDep) -> Response:
    try:
        async with sessions.begin() as session:
            started = await service.sign_in_by_link(
                session, token, visitor=visitor_of(request), now=utc_now(), replacing=held_token(request)
            )
    except BadLink as error:
        return await render(request, LinkPage("", gettext(error.message)), status=422)
    return hold(request, redirect(request, own_path(None)), started)
