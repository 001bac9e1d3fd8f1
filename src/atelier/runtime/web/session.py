"""One request, one transaction: body, commit, then the response (which the scope `function` makes so)."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends, Request

from atelier.runtime.db import DbRole, ReadSession, Session, Sessions
from atelier.runtime.web.actors import AdminDep, MaybeActorDep
from atelier.runtime.web.site import site_of


def get_sessions(request: Request) -> Sessions:
    """For streams and for work that needs several short transactions."""
    return site_of(request).sessions


SessionsDep = Annotated[Sessions, Depends(get_sessions)]


@contextmanager
def _shown(request: Request, session: ReadSession) -> Iterator[None]:
    """The page's frame reads in the request's own session, and after an error in one of its own: this one has ended."""
    request.state.session = session
    try:
        yield
    finally:
        request.state.session = None


async def request_session(request: Request, actor: MaybeActorDep, sessions: SessionsDep) -> AsyncIterator[Session]:
    async with sessions.begin(user_id=actor.user_id if actor else None) as session:
        with _shown(request, session):
            yield session


async def read_session(request: Request, actor: MaybeActorDep, sessions: SessionsDep) -> AsyncIterator[ReadSession]:
    async with sessions.read(user_id=actor.user_id if actor else None) as session:
        with _shown(request, session):
            yield session


async def back_office_session(
    request: Request,
    actor: AdminDep,  # noqa: ARG001 - first the admin, then the session
    sessions: SessionsDep,
) -> AsyncIterator[Session]:
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        with _shown(request, session):
            yield session


SessionDep = Annotated[Session, Depends(request_session, scope="function")]
ReadSessionDep = Annotated[ReadSession, Depends(read_session, scope="function")]
BackOfficeSessionDep = Annotated[Session, Depends(back_office_session, scope="function")]
