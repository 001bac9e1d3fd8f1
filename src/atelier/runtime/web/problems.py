"""Errors on the way out: problem+json (RFC 9457) for the API, a page or a toast for people."""

import json
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from atelier.kernel.errors import (
    AppError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    PaymentRequired,
    RateLimited,
    Stale,
    TooLarge,
    Unauthenticated,
    Unavailable,
    Unsupported,
)
from atelier.kernel.text import _
from atelier.runtime.web.language import gettext
from atelier.runtime.web.pages import Page, render

log = structlog.get_logger(__name__)

STATUS: dict[type[AppError], int] = {
    Invalid: 422,
    Unauthenticated: 401,
    PaymentRequired: 402,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Stale: 412,
    TooLarge: 413,
    Unsupported: 415,
    RateLimited: 429,
    Unavailable: 503,
}
DEFAULT_RETRY_SECONDS = 5
TITLES: dict[int, str] = {
    402: _("Your balance does not cover this"),
    403: _("This is not open to you"),
    404: _("There is nothing here"),
    405: _("This does not work here"),
    409: _("This does not fit any more"),
    412: _("This changed in the meantime"),
    413: _("This is too large"),
    415: _("We cannot open this file"),
    422: _("Something is not right yet"),
    429: _("That was a little too fast"),
    500: _("Something broke on our side"),
    503: _("We cannot do this right now"),
}
REMEDIES: dict[int, str] = {
    403: _("If you followed a link, open the page that it was on again: links to files live for some minutes only."),
    404: _("Check the address, or start again from the start page. What was deleted stays in the bin for 30 days."),
    409: _("Go back, load the page again, and look at how it stands now."),
    422: _("Go back and check what you entered."),
    429: _("Wait a moment, then try again. Nothing was lost."),
    500: _("Try again in a moment. If it happens again, write to us with the number below."),
    503: _("Try again in a moment. Nothing was charged."),
}
PUBLIC_TYPES = (str, int, bool, type(None))


class PageNotFound(NotFound):
    message = _("There is no page at this address.")


class MethodNotAllowed(Invalid):
    message = _("This address does not answer to this method.")


class BrokenBody(Invalid):
    message = _("The request could not be read.")


class InternalError(AppError):
    message = _("Something went wrong on our side. Nothing was charged. Please try again.")


def status_of(error: AppError | type[AppError]) -> int:
    kind = error if isinstance(error, type) else type(error)
    return next((status for category, status in STATUS.items() if issubclass(kind, category)), 500)


def problems(*errors: type[AppError]) -> dict[int | str, dict[str, Any]]:
    """`responses=` of an endpoint: what can go wrong, by status, with the codes."""
    documented: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        entry = documented.setdefault(status_of(error), {"description": "", "content": {}})
        entry["description"] += f"`{error.code()}`: {error.message} "
        entry["content"] = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return documented


@dataclass(frozen=True)
class ErrorPage(Page):
    """What happened, what it cost (nothing), what to do."""

    template = "error.html"

    status: int
    happened: str
    code: str
    request_id: str

    @property
    def title(self) -> str:
        return gettext(TITLES.get(self.status, TITLES[500]))

    @property
    def todo(self) -> str:
        remedy = REMEDIES.get(self.status)
        return gettext(remedy) if remedy else ""


def install(app: FastAPI) -> None:
    """Every error of every route passes through here."""
    app.add_exception_handler(AppError, _on_app_error)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(DBAPIError, _on_database)
    app.add_exception_handler(PoolTimeout, _on_database)
    app.add_exception_handler(Exception, answer_crash)


async def _on_app_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, AppError):
        raise error
    return await answer(request, error)


async def _on_validation(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    fields = [
        {"field": ".".join(str(part) for part in item["loc"][1:]), "message": item["msg"]} for item in error.errors()
    ]
    return await answer(request, Invalid(), fields=fields)


async def _on_http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    ours: AppError = {404: PageNotFound(), 405: MethodNotAllowed(), 413: TooLarge()}.get(status, BrokenBody())
    return await answer(request, ours, status=status)


async def _on_database(request: Request, error: Exception) -> Response:
    """What the database will not take is the input's fault; what it cannot do now may be tried again."""
    if isinstance(error, DataError):
        log.warning("database refused a value", path=request.url.path, kind=_kind(error))
        return await answer(request, Invalid())
    if isinstance(error, OperationalError | PoolTimeout):
        log.warning("database unavailable", path=request.url.path, kind=_kind(error))
        return await answer(request, Unavailable())
    raise error


def _kind(error: Exception) -> str:
    return type(getattr(error, "orig", None) or error).__name__


async def answer_crash(request: Request, error: Exception) -> Response:
    """Log what nobody foresaw, once, and say so."""
    log.error("crash", path=request.url.path, request_id=_request_id(request), exc_info=error)
    return await answer(request, InternalError())


def _request_id(request: Request) -> str:
    return str(getattr(request.state, "request_id", ""))


async def answer(
    request: Request, error: AppError, *, status: int | None = None, fields: list[dict[str, str]] | None = None
) -> Response:
    """The error in the form that this client reads."""
    status = status or status_of(error)
    headers = _headers(error, status)
    if _is_api(request):
        body = _problem(request, error, status, fields)
        return JSONResponse(body, status, headers, media_type="application/problem+json")
    if status == STATUS[Unauthenticated]:
        back = quote(request.url.path, safe="") if request.method == "GET" else ""
        return RedirectResponse(f"/sign-in?next={back}", 303)
    text = translated(error)
    if "hx-request" in request.headers:
        toast = {"HX-Reswap": "none", "HX-Trigger": json.dumps({"toast": {"kind": "error", "text": text}})}
        return Response(status_code=status, headers=headers | toast)
    page = ErrorPage(status, text, error.code(), _request_id(request))
    try:
        response: Response = await render(request, page, status=status)
    except (SQLAlchemyError, OSError) as broken:  # the frame reads in the database, which may be what is away
        log.warning("error page failed", kind=_kind(broken))
        response = PlainTextResponse(f"{page.title}\n{text}\n{page.request_id}\n", status)
    response.headers.update(headers)
    return response


def translated(error: AppError) -> str:
    """The message in the reader's language, with its values filled in."""
    try:
        return gettext(error.message).format(**error.context)
    except (KeyError, IndexError):
        return gettext(error.message)


def _is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/") or request.headers.get("accept", "").startswith("application/json")


def _problem(request: Request, error: AppError, status: int, fields: list[dict[str, str]] | None) -> dict[str, Any]:
    extra = {name: value for name, value in error.context.items() if isinstance(value, PUBLIC_TYPES)}
    if fields is None and "field" in extra:
        fields = [{"field": str(extra["field"]), "message": translated(error)}]
    body: dict[str, Any] = {
        "type": f"/problems/{error.code()}",
        "title": gettext(type(error).message) if not extra else translated(error),
        "status": status,
        "detail": translated(error),
        "code": error.code(),
        "request_id": _request_id(request),
        "retryable": error.retryable,
    }
    return (
        body | ({"errors": fields} if fields else {}) | {key: value for key, value in extra.items() if key not in body}
    )


def _headers(error: AppError, status: int) -> dict[str, str]:
    headers: dict[str, str] = {}
    if status in {STATUS[RateLimited], STATUS[Unavailable]}:
        headers["Retry-After"] = str(error.context.get("retry_after", DEFAULT_RETRY_SECONDS))
    if status == STATUS[Unauthenticated]:
        headers["WWW-Authenticate"] = 'Bearer realm="atelier"'
    return headers


class ProblemSchema:
    """The component that `problems` refers to, added to the OpenAPI document by the API's entrypoint."""

    SCHEMA: ClassVar[dict[str, Any]] = {
        "type": "object",
        "title": "Problem",
        "required": ["type", "title", "status", "code", "request_id"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"type": "string"},
            "request_id": {"type": "string"},
            "retryable": {"type": "boolean"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
                },
            },
        },
    }
