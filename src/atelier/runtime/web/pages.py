"""Pages: one frozen dataclass each, rendered whole, or its fragment when htmx asks for that."""

import base64
import hmac
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import ClassVar

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from atelier.kernel.actor import Actor
from atelier.kernel.text import _
from atelier.runtime.db import ReadSession
from atelier.runtime.web.language import current_locale, gettext, text_direction
from atelier.runtime.web.site import Brand, Pill, RailItem, Site, site_of

NOTICE_COOKIE = "atelier_notice"
THEME_COOKIE = "atelier_theme"


@dataclass(frozen=True)
class Page:
    """What a page shows. `template` is the whole, `fragment` the part that htmx swaps."""

    template: ClassVar[str]
    fragment: ClassVar[str | None] = None
    heading: ClassVar[str] = _("Atelier")

    @property
    def title(self) -> str:
        """The page's title, which is also the document's."""
        return gettext(self.heading)


@dataclass(frozen=True)
class Undo:
    """A way back: a button that posts to an address of ours."""

    label: str
    action: str


@dataclass(frozen=True)
class Notice:
    """A short message that the next page shows once."""

    kind: str
    text: str
    undo: Undo | None = None


@dataclass(frozen=True)
class RailLink:
    label: str
    href: str
    icon: str
    is_current: bool


@dataclass(frozen=True)
class Frame:
    """What surrounds the content of every page."""

    brand: Brand
    actor: Actor | None
    path: str
    rail: Sequence[RailLink]
    pills: Sequence[Pill]
    notices: Sequence[Notice]
    locale: str
    dir: str
    theme: str
    is_sandbox: bool
    htmx: bool


async def render(request: Request, page: Page, *, status: int = 200) -> HTMLResponse:
    """The page, or its fragment when htmx (or `?fragment=1`) asks for it."""
    site = site_of(request)
    wants_fragment = "hx-request" in request.headers or request.query_params.get("fragment") == "1"
    boosted = "hx-boosted" in request.headers
    template = page.fragment if page.fragment and wants_fragment and not boosted else page.template
    frame = await _frame(request, site)
    html = site.templates.render(
        template,
        page=page,
        frame=frame,
        csp_nonce=getattr(request.state, "csp_nonce", ""),
        url=lambda name, /, **params: str(request.app.url_path_for(name, **params)),
        request_id=getattr(request.state, "request_id", ""),
    )
    response = HTMLResponse(html, status_code=status)
    response.headers["Vary"] = "HX-Request, Cookie, Accept-Language"
    response.headers["Cache-Control"] = "no-store" if frame.actor else "no-cache"
    if frame.notices:
        response.delete_cookie(NOTICE_COOKIE)
    return response


def redirect(
    request: Request, url: str, *, notice: str | None = None, kind: str = "success", undo: Undo | None = None
) -> Response:
    """See other; the notice, already translated, is shown there once, with a way back if there is one."""
    response = RedirectResponse(url, status_code=303)
    if notice:
        text = base64.urlsafe_b64encode(json.dumps([kind, notice, *(astuple(undo) if undo else ())]).encode()).decode()
        signature = site_of(request).keys.sign(f"notice:{text}")
        response.set_cookie(
            NOTICE_COOKIE, f"{text}.{signature}", max_age=60, httponly=True, samesite="lax",
            secure=site_of(request).settings.is_https,
        )  # fmt: skip
    return response


async def _frame(request: Request, site: Site) -> Frame:
    actor: Actor | None = getattr(request.state, "actor", None)
    session = getattr(request.state, "session", None)
    if session is None:
        async with site.sessions.read(user_id=actor.user_id if actor else None) as own:
            return await _frame_from(own, request, site, actor)
    return await _frame_from(session, request, site, actor)


async def _frame_from(session: ReadSession, request: Request, site: Site, actor: Actor | None) -> Frame:
    return Frame(
        brand=await site.brand(session),
        actor=actor,
        path=request.url.path,
        rail=_rail(request, site, actor) if actor else (),
        pills=await _pills(session, site, actor) if actor else (),
        notices=_notices(request, site),
        locale=current_locale(),
        dir=text_direction(),
        theme=request.cookies.get(THEME_COOKIE, "system"),
        is_sandbox=False,
        htmx=actor is not None,
    )


def _rail(request: Request, site: Site, actor: Actor) -> Sequence[RailLink]:
    items: list[RailItem] = [item for part in site.contributions for item in part.rail]
    links = []
    for item in sorted(items, key=lambda item: item.place):
        if item.admin_only and not actor.is_admin:
            continue
        href = str(request.app.url_path_for(item.route))
        is_current = request.url.path == href or request.url.path.startswith(f"{href}/")
        links.append(RailLink(gettext(item.label), href, item.icon, is_current))
    return links


async def _pills(session: ReadSession, site: Site, actor: Actor) -> Sequence[Pill]:
    makers = [maker for part in site.contributions for maker in part.pills]
    made = [await maker(session, actor) for maker in makers]
    return [pill for pill in made if pill is not None]


def _notices(request: Request, site: Site) -> Sequence[Notice]:
    cookie = request.cookies.get(NOTICE_COOKIE, "")
    text, _dot, signature = cookie.partition(".")
    if not text or not hmac.compare_digest(site.keys.sign(f"notice:{text}").encode(), signature.encode()):
        return ()
    kind, words, *way_back = json.loads(base64.urlsafe_b64decode(text))
    return (Notice(kind, words, Undo(*way_back) if way_back else None),)
