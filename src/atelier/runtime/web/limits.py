"""How large a request's body may be: refused by what it says of itself, and counted as it comes in."""

from collections.abc import Mapping

from fastapi import HTTPException, Request
from starlette.types import Message, Receive

from atelier.runtime.web.actors import find_actor

MEGABYTE = 1_000_000
DEFAULT_BYTES = MEGABYTE
FILES_BYTES = 30 * 50 * MEGABYTE + MEGABYTE
"""The most files at once, each as large as it may be, and the form around them."""
BODY_BYTES: Mapping[str, int] = {"/api/v1/uploads": FILES_BYTES, "/images": FILES_BYTES, "/new": FILES_BYTES}
"""Where more is let in, from known people only: a body is read before the endpoint asks who sends it."""
TOO_LARGE = 413
LONGEST_LENGTH = 18


async def body_limit(request: Request) -> int:
    """The bytes that this request may send. Raises what a bad API key raises."""
    limit = BODY_BYTES.get(request.url.path.rstrip("/"), DEFAULT_BYTES)
    if limit == DEFAULT_BYTES or request.method != "POST":
        return DEFAULT_BYTES
    declared = declared_length(request)
    if declared is not None and declared <= DEFAULT_BYTES:
        return DEFAULT_BYTES
    return limit if await find_actor(request) else DEFAULT_BYTES


def declared_length(request: Request) -> int | None:
    """What Content-Length says, if it says a number."""
    told = request.headers.get("content-length", "")
    if not (told.isascii() and told.isdigit()):
        return None
    return int(told[: LONGEST_LENGTH + 1])


def counted(receive: Receive, limit: int) -> Receive:
    """The same stream, broken off with 413 behind `limit` bytes: a body sent in chunks declares no length."""
    seen = 0

    async def receive_counted() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > limit:
                raise HTTPException(TOO_LARGE)
        return message

    return receive_counted
