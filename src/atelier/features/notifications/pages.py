"""The mailbox page: the letters that would have been sent.

It exists in development only, without a mail server, and for this machine: its letters open accounts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from atelier.features.notifications.errors import NoMailbox
from atelier.kernel.text import _
from atelier.runtime.mail import MailboxFolder
from atelier.runtime.web.actors import MaybeActorDep
from atelier.runtime.web.clients import is_from_this_machine
from atelier.runtime.web.hosts import is_loopback_site
from atelier.runtime.web.pages import Page, render
from atelier.runtime.web.site import site_of

router = APIRouter()

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'self';"
    " sandbox allow-top-navigation-by-user-activation"
)
LINK = re.compile(r"(https?://[^\s<>\"]+)")


@dataclass(frozen=True)
class Listed:
    """A letter in the list."""

    name: str
    to: str
    subject: str
    date: str


@dataclass(frozen=True)
class MailboxPage(Page):
    """All letters, newest first."""

    template = "notifications/mailbox.html"
    heading = _("Mailbox")

    letters: Sequence[Listed]


@dataclass(frozen=True)
class LetterPage(Page):
    """One letter, as HTML and as text."""

    template = "notifications/mailbox_letter.html"

    letter: Listed
    lines: Sequence[Sequence[str]]
    """The text, each line cut at its links: every second part is a link."""

    @property
    def title(self) -> str:
        return self.letter.subject


@router.get("/mailbox", name="notifications:mailbox")
async def list_letters(request: Request, actor: MaybeActorDep) -> Response:  # noqa: ARG001 - the frame shows them
    letters = [_listed(name, letter) for name, letter in _mailbox(request).letters()]
    return await render(request, MailboxPage(letters))


@router.get("/mailbox/{name}", name="notifications:letter")
async def show_letter(request: Request, name: str, actor: MaybeActorDep) -> Response:  # noqa: ARG001 - the frame shows them
    letter = _letter(request, name)
    return await render(
        request,
        LetterPage(_listed(name, letter), [LINK.split(line) for line in _body(letter, "plain").splitlines() if line]),
    )


@router.get("/mailbox/{name}/html", name="notifications:letter_html")
async def show_letter_html(request: Request, name: str) -> Response:
    """The HTML part under a policy of its own, for the sandboxed frame; its links open in the whole window."""
    html = _body(_letter(request, name), "html").replace("<head>", '<head><base target="_top">', 1)
    return HTMLResponse(html, headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-store"})


def _mailbox(request: Request) -> MailboxFolder:
    site = site_of(request)
    is_for_development = not site.settings.is_production and site.settings.mail.host is None
    if not (is_for_development and is_loopback_site(site.settings.public_url) and is_from_this_machine(request)):
        raise NoMailbox
    return site.ports.get(MailboxFolder)


def _letter(request: Request, name: str) -> EmailMessage:
    letter = _mailbox(request).letter(name)
    if letter is None:
        raise NoMailbox
    return letter


def _listed(name: str, letter: EmailMessage) -> Listed:
    return Listed(name, str(letter["To"]), str(letter["Subject"]), str(letter["Date"]))


def _body(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""
