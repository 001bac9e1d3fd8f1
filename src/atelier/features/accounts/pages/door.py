"""What the pages at the door share: who knocks, how often, the cookie, and where to go afterwards."""

import re

from fastapi import Request
from starlette.responses import Response

from atelier.features import catalog
from atelier.features.accounts.addresses import hash_address
from atelier.features.accounts.authentication import session_cookie
from atelier.features.accounts.queries.sessions import LIFETIME
from atelier.features.accounts.service import Started
from atelier.features.accounts.types import Visitor
from atelier.runtime import throttle
from atelier.runtime.crypto import Passwords
from atelier.runtime.db import Sessions
from atelier.runtime.throttle import Limit
from atelier.runtime.web.clients import client_of
from atelier.runtime.web.site import site_of

HOME = "/studio"
OWN_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]{0,500}")
"""One slash, then printable ASCII without a backslash: what no browser takes for another site."""
HOUR = 3600
QUARTER = 900
NEIGHBOURS = 5
"""How many times the limit of one person a whole neighbourhood of addresses, or all who try one account, may use."""
MAILS_AN_HOUR = Limit(5, HOUR)
FORMS_AN_HOUR = Limit(40, HOUR)


def visitor_of(request: Request) -> Visitor:
    client = client_of(request)
    return Visitor(client.ip, client.user_agent)


def passwords_of(request: Request) -> Passwords:
    return site_of(request).ports.get(Passwords)


async def limit_sign_ins(request: Request, sessions: Sessions, email: str) -> None:
    """Count an attempt. One neighbourhood cannot use up the attempts of the account's owner, who comes from another."""
    async with sessions.read() as session:
        count = (await catalog.current(session)).limits.sign_ins_per_quarter_hour
    network, account = client_of(request).network, hash_address(email)
    tight, wide = Limit(count, QUARTER), Limit(count * NEIGHBOURS, QUARTER)
    await throttle.take(sessions, f"sign-in:network:{network}", wide)
    await throttle.take(sessions, f"sign-in:both:{network}:{account}", tight)
    await throttle.take(sessions, f"sign-in:account:{account}", wide)


async def limit_mails(request: Request, sessions: Sessions, email: str) -> None:
    """Count a form that may send a mail, known address or not."""
    await throttle.take(sessions, f"mail-form:{client_of(request).network}", FORMS_AN_HOUR)
    await throttle.take(sessions, f"mail-to:{hash_address(email)}", MAILS_AN_HOUR)


def own_path(text: str | None) -> str:
    """Where to go after signing in: a path of ours, never another site."""
    return text if text is not None and OWN_PATH.fullmatch(text) else HOME


def held_token(request: Request) -> str | None:
    return request.cookies.get(session_cookie(is_https=site_of(request).settings.is_https))


def hold(request: Request, response: Response, started: Started) -> Response:
    """Give the browser its session."""
    is_https = site_of(request).settings.is_https
    response.set_cookie(
        session_cookie(is_https=is_https),
        started.token,
        max_age=int(LIFETIME.total_seconds()),
        path="/",
        httponly=True,
        secure=is_https,
        samesite="lax",
    )
    return response


def let_go(request: Request, response: Response) -> Response:
    is_https = site_of(request).settings.is_https
    response.delete_cookie(session_cookie(is_https=is_https), path="/", httponly=True, secure=is_https, samesite="lax")
    return response
