"""What every request passes through: an id, a language, security headers, the origin check, a log line and metrics."""

import re
import secrets
import time
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from atelier.kernel.errors import AppError, Forbidden, Invalid, TooLarge
from atelier.kernel.text import _
from atelier.runtime.telemetry import REQUEST_SECONDS, REQUESTS
from atelier.runtime.web import problems
from atelier.runtime.web.hosts import Hosts
from atelier.runtime.web.language import choose_locale, use_locale
from atelier.runtime.web.limits import body_limit, counted, declared_length

log = structlog.get_logger("atelier.access")

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
METHODS = SAFE_METHODS | {"POST", "PUT", "PATCH", "DELETE"}
"""Others are not told apart: whoever asks makes them up, and each would be a time series."""
REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
QUIET = ("/static/", "/healthz", "/metrics")


MISDIRECTED = 421
CRASHED = 500


class ForeignOrigin(Forbidden):
    message = _("This request did not come from our own pages.")


class UnknownHost(Invalid):
    message = _("This site does not answer to this name.")


def content_policy(nonce: str) -> str:
    return (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )


class Edge:
    """Pure ASGI, so that streams pass through untouched."""

    def __init__(self, app: ASGIApp, *, public_url: str, listening: tuple[str, int]) -> None:
        self.app = app
        self.hosts = Hosts(public_url, listening)
        self.own_origin = "{0.scheme}://{0.netloc}".format(urlsplit(public_url))
        self.is_https = public_url.startswith("https://")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if REQUEST_ID.match(given) else secrets.token_hex(8)
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {}).update(request_id=request_id, csp_nonce=nonce)
        use_locale(choose_locale(HTTPConnection(scope)))
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._add_headers(MutableHeaders(scope=message), request_id, nonce)
            await send(message)

        request = Request(scope, receive)
        try:
            await self._answer(request, send_with_headers)
        except Exception as error:  # noqa: BLE001 - here, so that this answer too has its headers
            response = await problems.answer_crash(request, error)
            if not status:
                await response(scope, receive, send_with_headers)
        finally:
            _note(scope, status or CRASHED, time.perf_counter() - started)

    async def _answer(self, request: Request, send: Send) -> None:
        if not self.hosts.allows(request.headers.get("host", "")):
            refusal: AppError = UnknownHost()
        elif self._is_foreign_write(request.scope, request.headers):
            refusal = ForeignOrigin()
        else:
            await self._pass_on(request, send)
            return
        response = _refuse(request, refusal)
        await response(request.scope, request.receive, send)

    async def _pass_on(self, request: Request, send: Send) -> None:
        """To the application, with a body that cannot grow without end."""
        try:
            limit = await body_limit(request)
            if (declared_length(request) or 0) > limit:
                raise TooLarge
        except AppError as error:
            response = await problems.answer(request, error)
            await response(request.scope, request.receive, send)
            return
        await self.app(request.scope, counted(request.receive, limit), send)

    def _is_foreign_write(self, scope: Scope, headers: Headers) -> bool:
        """A browser's write must come from our own pages, signing in included. No page can send a bearer key."""
        if scope["method"] in SAFE_METHODS or headers.get("authorization", "").lower().startswith("bearer "):
            return False
        origin = headers.get("origin")
        if origin is not None:
            return origin not in {self.own_origin, f"{scope['scheme']}://{headers.get('host', '')}"}
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site not in {"same-origin", "none"}
        return "cookie" in headers

    def _add_headers(self, headers: MutableHeaders, request_id: str, nonce: str) -> None:
        headers["X-Request-ID"] = request_id
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
        headers["Permissions-Policy"] = "geolocation=(), microphone=(), payment=()"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if "content-security-policy" not in headers:
            headers["Content-Security-Policy"] = content_policy(nonce)
        if self.is_https:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"


def _refuse(request: Request, error: AppError) -> JSONResponse:
    """Without the application: who asks like this gets no page of ours, and costs no query."""
    status = MISDIRECTED if isinstance(error, UnknownHost) else problems.status_of(error)
    body = {
        "type": f"/problems/{error.code()}",
        "title": problems.translated(error),
        "status": status,
        "code": error.code(),
        "request_id": request.state.request_id,
    }
    return JSONResponse(body, status, media_type="application/problem+json")


def _note(scope: Scope, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", "-")
    method = scope["method"] if scope["method"] in METHODS else "other"
    REQUESTS.labels(method, route, str(status)).inc()
    REQUEST_SECONDS.labels(route).observe(seconds)
    if not scope["path"].startswith(QUIET):
        log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))
