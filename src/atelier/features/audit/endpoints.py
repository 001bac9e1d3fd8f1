"""The API of errors: browsers report theirs."""

from dataclasses import replace

from fastapi import APIRouter, Request

from atelier import __version__
from atelier.features.audit import service
from atelier.features.audit.schemas import ErrorsCreate, ErrorsTaken
from atelier.kernel.errors import RateLimited
from atelier.runtime import throttle
from atelier.runtime.db import DbRole
from atelier.runtime.throttle import Limit
from atelier.runtime.web.actors import MaybeActorDep
from atelier.runtime.web.clients import client_of
from atelier.runtime.web.problems import problems
from atelier.runtime.web.session import SessionsDep

router = APIRouter(tags=["errors"])

REPORTS_A_MINUTE = Limit(20, 60)


@router.post("/errors", status_code=202, responses=problems(RateLimited))
async def report_errors(
    request: Request, body: ErrorsCreate, actor: MaybeActorDep, sessions: SessionsDep
) -> ErrorsTaken:
    """Report up to 20 errors of a page. Anybody may; who it was is taken from the session, if there is one."""
    await throttle.take(sessions, f"errors:{client_of(request).ip}", REPORTS_A_MINUTE)
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        for error in body.errors:
            report = replace(error.as_report(), user_id=actor.user_id if actor else None, release=__version__)
            await service.record_error(session, report)
    return ErrorsTaken(taken=len(body.errors))
