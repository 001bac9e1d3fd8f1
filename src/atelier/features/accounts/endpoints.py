"""The API of accounts: who you are, where you are signed in, your keys."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response

from atelier.features.accounts import queries, service
from atelier.features.accounts.errors import (
    ApiKeyNotFound,
    ExpiryInThePast,
    SecretShownOnce,
    SessionNotFound,
    TooManyApiKeys,
)
from atelier.features.accounts.schemas import (
    EndedRead,
    KeyCreate,
    KeyList,
    KeyMade,
    KeyRead,
    MeRead,
    SessionList,
    SessionRead,
)
from atelier.features.accounts.types import NewKey
from atelier.kernel.actor import Actor, Via
from atelier.kernel.clock import utc_now
from atelier.runtime.web.actors import PersonDep, require_actor
from atelier.runtime.web.clients import client_of
from atelier.runtime.web.problems import problems
from atelier.runtime.web.session import ReadSessionDep, SessionDep

router = APIRouter(tags=["account"])

NoStore = {"Cache-Control": "no-store"}


@router.get("/me")
async def read_me(actor: Annotated[Actor, Depends(require_actor)]) -> MeRead:
    """Who you are. Any API key may ask this, whatever its scopes."""
    return MeRead(
        id=actor.user_id,
        email=actor.email,
        name=actor.name,
        role=actor.role,
        locale=actor.locale,
        is_verified=actor.is_verified,
        via=actor.via,
        scopes=sorted(actor.scopes) if actor.via is Via.API_KEY else None,
    )


@router.get("/sessions")
async def list_sessions(actor: PersonDep, session: ReadSessionDep) -> SessionList:
    """Where you are signed in."""
    rows = await queries.list_sessions(session, actor.user_id)
    current = actor.credential_id or actor.user_id
    return SessionList(items=[SessionRead.model_validate(row) for row in rows], current_id=current)


@router.delete("/sessions")
async def end_other_sessions(request: Request, actor: PersonDep, session: SessionDep) -> EndedRead:
    """End all your sessions but this one."""
    return EndedRead(ended=await service.end_other_sessions(session, actor, ip=client_of(request).ip))


@router.delete("/sessions/{session_id}", status_code=204, responses=problems(SessionNotFound))
async def end_session(request: Request, session_id: UUID, actor: PersonDep, session: SessionDep) -> Response:
    """End one of your sessions, at once."""
    await service.end_session(session, actor, session_id, ip=client_of(request).ip)
    return Response(status_code=204)


@router.get("/api-keys")
async def list_keys(actor: PersonDep, session: ReadSessionDep) -> KeyList:
    """Your API keys, without their secrets."""
    rows = await queries.list_keys(session, actor.user_id)
    return KeyList(items=[KeyRead.model_validate(row) for row in rows])


@router.post("/api-keys", status_code=201, responses=problems(TooManyApiKeys, ExpiryInThePast, SecretShownOnce))
async def create_key(
    request: Request,
    body: KeyCreate,
    response: Response,
    *,
    actor: PersonDep,
    session: SessionDep,
    idempotency_key: Annotated[
        str | None, Header(min_length=1, max_length=255, description="A repeated request makes no second key.")
    ] = None,
) -> KeyMade:
    """Make an API key. Its secret is in this answer and nowhere else.

    A repeated `Idempotency-Key` is refused with 409 instead of showing the secret again: revoke the key, make another.
    """
    if idempotency_key is not None and not await queries.claim_once(session, actor.user_id, idempotency_key):
        raise SecretShownOnce
    wanted = NewKey(body.name, frozenset(body.scopes), body.expires_at, body.budget)
    row, text = await service.create_api_key(
        session, actor.user_id, wanted, by=actor, now=utc_now(), ip=client_of(request).ip
    )
    response.headers.update(NoStore)
    return KeyMade(**KeyRead.model_validate(row).model_dump(), key=text)


@router.delete("/api-keys/{key_id}", status_code=204, responses=problems(ApiKeyNotFound))
async def revoke_key(request: Request, key_id: UUID, actor: PersonDep, session: SessionDep) -> Response:
    """Revoke an API key: it is refused from this moment on."""
    await service.revoke_api_key(session, actor, key_id, ip=client_of(request).ip)
    return Response(status_code=204)
