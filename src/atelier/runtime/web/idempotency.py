"""`Idempotency-Key`: the same key and body give the same answer, byte for byte, and the effect once.

The row is written in the transaction of the effect: there is no moment with one and without the other.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Header, Request
from psycopg.errors import LockNotAvailable
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from starlette.responses import Response

from atelier.kernel.actor import Actor
from atelier.kernel.errors import Conflict, Invalid
from atelier.kernel.text import _
from atelier.runtime.web.actors import require_actor
from atelier.runtime.web.session import SessionDep

CLAIM = text(
    """
    INSERT INTO idempotency_keys (user_id, scope, key, fingerprint) VALUES (:user_id, :scope, :key, :fingerprint)
    ON CONFLICT DO NOTHING RETURNING key
    """
)
KEPT = text(
    "SELECT fingerprint, status, body, headers FROM idempotency_keys"
    " WHERE user_id = :user_id AND scope = :scope AND key = :key"
)
KEEP = text(
    "UPDATE idempotency_keys SET status = :status, body = :body, headers = cast(:headers AS jsonb)"
    " WHERE user_id = :user_id AND scope = :scope AND key = :key"
)


class IdempotencyKeyReused(Invalid):
    message = _("This Idempotency-Key was used for another request. Use a new key for a new request.")


class IdempotencyKeyInFlight(Conflict):
    message = _("A request with this Idempotency-Key is still being answered. Try again in a moment.")
    retryable = True


@dataclass(frozen=True)
class Answer:
    """A model with the headers that go with it."""

    body: BaseModel
    headers: Mapping[str, str] = field(default_factory=dict)


class Once:
    """Runs the effect of this request at most once for its key."""

    def __init__(self, request: Request, actor: Actor, session: SessionDep, key: str | None) -> None:
        self._request = request
        self._actor = actor
        self._session = session
        self._key = key

    async def reply(self, status: int, effect: Callable[[], Awaitable[Answer]]) -> Response:
        """The effect's answer, or the kept answer of an earlier request with the same key and body."""
        if self._key is None:
            return _response(status, await effect())
        place = {"user_id": self._actor.user_id, "scope": self._scope(), "key": self._key}
        fingerprint = hashlib.sha256(self._scope().encode() + b"\n" + await self._request.body()).digest()
        if not await self._claim(place | {"fingerprint": fingerprint}):
            return await self._replay(place, fingerprint)
        answer = await effect()
        response = _response(status, answer)
        headers = json.dumps(dict(answer.headers))
        await self._session.execute(KEEP, place | {"status": status, "body": bytes(response.body), "headers": headers})
        return response

    async def _claim(self, values: Mapping[str, object]) -> bool:
        await self._session.execute(text("SET LOCAL lock_timeout = '2s'"))
        try:
            claimed = await self._session.scalar(CLAIM, values) is not None
        except OperationalError as error:
            if isinstance(error.orig, LockNotAvailable):
                raise IdempotencyKeyInFlight(retry_after=1) from error
            raise
        # Only the twin is waited for so briefly.
        await self._session.execute(text("SET LOCAL lock_timeout = '10s'"))
        return claimed

    async def _replay(self, place: Mapping[str, object], fingerprint: bytes) -> Response:
        kept = (await self._session.execute(KEPT, place)).one()
        if bytes(kept.fingerprint) != fingerprint:
            raise IdempotencyKeyReused(field="Idempotency-Key")
        headers = dict(kept.headers or {}) | {"Idempotent-Replayed": "true"}
        return Response(bytes(kept.body), kept.status, headers, media_type="application/json")

    def _scope(self) -> str:
        return f"{self._request.method} {self._request.url.path}"


def _response(status: int, answer: Answer) -> Response:
    return Response(
        answer.body.model_dump_json(by_alias=True).encode(), status, dict(answer.headers), media_type="application/json"
    )


async def once(
    request: Request,
    actor: Annotated[Actor, Depends(require_actor)],
    session: SessionDep,
    idempotency_key: Annotated[
        str | None,
        Header(min_length=1, max_length=255, description="Makes a repeated request safe for at least 7 days."),
    ] = None,
) -> Once:
    return Once(request, actor, session, idempotency_key)


OnceDep = Annotated[Once, Depends(once)]
