"""The API of jobs: quote, order, follow, cancel, retry, fetch."""

import re
from collections.abc import AsyncIterable, Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import RedirectResponse, Response

from atelier.features import credits
from atelier.features.assets import ImageNotFound
from atelier.features.credits import InsufficientCredits
from atelier.features.imaging import errors, live, queries, service
from atelier.features.imaging.ports import Pipelines
from atelier.features.imaging.representations import links, represent
from atelier.features.imaging.schemas import JobCreate, JobFull, JobPage, JobRead, QuoteCreate, QuoteRead
from atelier.features.imaging.types import JobSource, JobStatus, Wish
from atelier.kernel.actor import Actor, Via
from atelier.kernel.clock import utc_now
from atelier.kernel.pagination import DEFAULT_LIMIT, MAX_LIMIT, InvalidCursor
from atelier.runtime.db import Session
from atelier.runtime.storage import LinkSigner
from atelier.runtime.web.actors import allowed
from atelier.runtime.web.idempotency import Answer, IdempotencyKeyInFlight, IdempotencyKeyReused, OnceDep
from atelier.runtime.web.problems import problems
from atelier.runtime.web.session import ReadSessionDep, SessionDep, SessionsDep
from atelier.runtime.web.site import site_of

router = APIRouter(tags=["jobs"])

Reader = Annotated[Actor, allowed("jobs:read")]
Writer = Annotated[Actor, allowed("jobs:write")]
LastEvent = Annotated[str | None, Header(alias="Last-Event-ID", description="Where a broken stream goes on.")]


async def require_job(job_id: UUID, actor: Reader, sessions: SessionsDep) -> UUID:
    """A stream has begun before its body runs, so whose job it is has to be settled here. Raises JobNotFound."""
    async with sessions.read(user_id=actor.user_id) as session:
        if await queries.find_job(session, actor.user_id, job_id) is None:
            raise errors.JobNotFound(job=str(job_id))
    return job_id


OwnJob = Annotated[UUID, Depends(require_job)]
REVISION = re.compile(r"[0-9]{1,15}")
ORDERING = (
    InsufficientCredits,
    ImageNotFound,
    errors.BadOptions,
    errors.ProductNotInstalled,
    errors.PromptTooLong,
    errors.EmailNotVerified,
    errors.QueueFull,
    IdempotencyKeyReused,
    IdempotencyKeyInFlight,
)


@router.post("/quotes", responses=problems(errors.BadOptions, errors.ProductNotInstalled))
async def create_quote(request: Request, body: QuoteCreate, actor: Reader, session: ReadSessionDep) -> QuoteRead:
    """What a job would cost, what you have, and what would be left. Nothing is charged or reserved."""
    pipelines = site_of(request).ports.get(Pipelines)
    quote = await service.quote_job(
        session, pipelines, actor.user_id, product=body.product, options=body.options, now=utc_now()
    )
    return QuoteRead.of(quote)


@router.post("/jobs", status_code=202, response_model=JobRead, responses=problems(*ORDERING))
async def create_job(
    request: Request, body: JobCreate, actor: Writer, *, session: SessionDep, once: OnceDep
) -> Response:
    """Order a job. Its price is set aside now, taken when the picture is delivered, and given back otherwise.

    Send an `Idempotency-Key`: repeating the request then gives the same job and the same answer.
    """
    pipelines = site_of(request).ports.get(Pipelines)
    wish = Wish(
        product=body.product,
        image_id=body.image,
        options=body.options,
        prompt=body.prompt,
        source=JobSource.API if actor.via is Via.API_KEY else JobSource.WEB,
        api_key_id=actor.credential_id if actor.via is Via.API_KEY else None,
    )

    async def order() -> Answer:
        job_id = await service.submit_job(session, pipelines, actor, wish, now=utc_now())
        return await _accepted(request, session, actor, job_id)

    return await once.reply(202, order)


@router.get("/jobs", responses=problems(InvalidCursor))
async def list_jobs(
    request: Request,
    actor: Reader,
    session: ReadSessionDep,
    *,
    cursor: Annotated[str | None, Query(description="Where to go on: `next_cursor` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    status: Annotated[JobStatus | None, Query(description="Only jobs in this state.")] = None,
) -> JobPage:
    """Your jobs, newest first."""
    signer = site_of(request).ports.get(LinkSigner)
    page = await service.list_jobs(session, signer, actor.user_id, cursor=cursor, limit=limit, status=status)
    return JobPage(items=[represent(line) for line in page.items], next_cursor=page.next_cursor)


@router.get("/jobs/{job_id}", responses=problems(errors.JobNotFound))
async def read_job(request: Request, job_id: UUID, actor: Reader, sessions: SessionsDep) -> JobFull:
    """One job with its stages, what was measured, and its place in the queue."""
    return await live.read_job(sessions, site_of(request).ports.get(LinkSigner), actor.user_id, job_id)


@router.get("/jobs/{job_id}/events", response_class=EventSourceResponse, responses=problems(errors.JobNotFound))
async def stream_job(
    request: Request, job_id: OwnJob, actor: Reader, sessions: SessionsDep, *, last_event_id: LastEvent = None
) -> AsyncIterable[ServerSentEvent]:
    """Follow one job (server-sent events): its state now, then each change, to its end. Resumes by Last-Event-ID."""
    ports = site_of(request).ports
    after = int(last_event_id) if last_event_id and REVISION.fullmatch(last_event_id) else 0
    stream = live.follow_job(
        sessions, ports.get(live.Hub), ports.get(LinkSigner), actor.user_id, job_id=job_id, after=after
    )
    async for job in stream:
        yield ServerSentEvent(event="job", id=str(job.revision), data=job)


@router.get("/events", response_class=EventSourceResponse)
async def stream_events(
    request: Request, actor: Reader, sessions: SessionsDep, *, last_event_id: LastEvent = None
) -> AsyncIterable[ServerSentEvent]:
    """Follow everything of yours in one stream: all open jobs now, then each change. Resumes by Last-Event-ID."""
    ports = site_of(request).ports
    stream = live.follow_person(
        sessions, ports.get(live.Hub), ports.get(LinkSigner), actor.user_id, since=_moment(last_event_id)
    )
    async for changed, job in stream:
        yield ServerSentEvent(event="job", id=changed.isoformat(), data=job)


@router.post("/jobs/{job_id}/cancel", responses=problems(errors.JobNotFound, errors.JobEnded))
async def cancel_job(request: Request, job_id: UUID, actor: Writer, session: SessionDep) -> JobRead:
    """End a job that is not done; its price is given back. Cancelling it again changes nothing."""
    await service.cancel_job(session, actor.user_id, job_id, now=utc_now())
    return await _read(request, session, actor, job_id)


@router.post(
    "/jobs/{job_id}/retry",
    status_code=202,
    response_model=JobRead,
    responses=problems(errors.JobNotFound, errors.JobNotEnded, errors.SourceGone, *ORDERING),
)
async def create_retry(
    request: Request, job_id: UUID, actor: Writer, *, session: SessionDep, once: OnceDep
) -> Response:
    """Order the same again: a new job with its own price. Send an `Idempotency-Key`."""
    pipelines = site_of(request).ports.get(Pipelines)

    async def order() -> Answer:
        made = await service.retry_job(session, pipelines, actor, job_id, now=utc_now())
        return await _accepted(request, session, actor, made)

    return await once.reply(202, order)


@router.get("/jobs/{job_id}/result", status_code=303, responses=problems(errors.JobNotFound, errors.NothingToDeliver))
async def read_result(request: Request, job_id: UUID, actor: Reader, session: ReadSessionDep) -> Response:
    """The finished picture: a redirect to a link that lives for some minutes."""
    view = await service.view_job(session, site_of(request).ports.get(LinkSigner), actor.user_id, job_id)
    if view.result is None:
        raise errors.NothingToDeliver(status=view.job.status.value)
    return RedirectResponse(view.result.download_url, 303)


async def _accepted(request: Request, session: Session, actor: Actor, job_id: UUID) -> Answer:
    body = await _read(request, session, actor, job_id)
    left = await credits.spendable(session, actor.user_id, body.unit, now=utc_now())
    return Answer(body, {"Location": links(job_id).status, **cost_headers(body, left)})


def cost_headers(job: JobRead, left: int) -> Mapping[str, str]:
    """The cost on every reply: what was set aside for this, and what can still be spent."""
    return {"Atelier-Cost": str(job.cost_held), "Atelier-Unit": job.unit, "Atelier-Balance": str(left)}


async def _read(request: Request, session: Session, actor: Actor, job_id: UUID) -> JobRead:
    signer = site_of(request).ports.get(LinkSigner)
    view = await service.view_job(session, signer, actor.user_id, job_id)
    return represent(service.JobLine(view.job, view.source, view.result), view.details.error_message)


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else None
