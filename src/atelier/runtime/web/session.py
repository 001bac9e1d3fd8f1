"""One request, one transaction: body, commit, then the response (which the scope `function` makes so)."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from atelier.runtime.db import DbRole, ReadSession, Session, Sessions
from atelier.runtime.web.actors import AdminDep, MaybeActorDep
from atelier.runtime.web.site import site_of


def get_sessions(request: Request) -> Sessions:
    """For streams and for work that needs several short transactions."""
    return site_of(request).sessions


SessionsDep = Annotated[Sessions, Depends(get_sessions)]


async def request_session(request: Request, actor: MaybeActorDep, sessions: SessionsDep) -> AsyncIterator[Session]:
    async with sessions.begin(user_id=actor.user_id if actor else None) as session:
        request.state.session = session
        yield session
    request.state.session = None


async def read_session(request: Request, actor: MaybeActorDep, sessions: SessionsDep) -> AsyncIterator[ReadSession]:
    async with sessions.read(user_id=actor.user_id if actor else None) as session:
        request.state.session = session
        yield session
    request.state.session = None


async def back_office_session(
    request: Request,
    actor: AdminDep,  # noqa: ARG001 - first the admin, then the session
    sessions: SessionsDep,
) -> AsyncIterator[Session]:
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        request.state.session = session
        yield session
    request.state.session = None


SessionDep = Annotated[Session, Depends(request_session, scope="function")]
ReadSessionDep = Annotated[ReadSession, Depends(read_session, scope="function")]
BackOfficeSessionDep = Annotated[Session, Depends(back_office_session, scope="function")]
