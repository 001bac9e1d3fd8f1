"""Jobs: the list, and one job from the queue to its picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from atelier.features import catalog
from atelier.features.assets import Picture
from atelier.features.catalog import Catalogue, say_amount, say_shortage
from atelier.features.credits import InsufficientCredits
from atelier.features.imaging import queries, service
from atelier.features.imaging.ports import Pipelines, Story
from atelier.features.imaging.service import JobLine, JobView
from atelier.features.imaging.types import JobStatus, Quote, Stage
from atelier.features.imaging.words import JobCard, Window, say_failure, say_money, say_remedy, stage_track
from atelier.kernel.actor import Actor
from atelier.kernel.clock import utc_now
from atelier.kernel.errors import AppError
from atelier.kernel.ids import new_id
from atelier.kernel.pagination import Slice
from atelier.kernel.text import _
from atelier.runtime.db import DbRole, ReadSession
from atelier.runtime.storage import LinkSigner
from atelier.runtime.web.actors import PersonDep
from atelier.runtime.web.language import gettext
from atelier.runtime.web.pages import Page, redirect, render
from atelier.runtime.web.problems import translated
from atelier.runtime.web.session import ReadSessionDep, SessionDep, SessionsDep
from atelier.runtime.web.site import Contributions, RailItem, site_of

router = APIRouter()
contributions = Contributions(rail=(RailItem(30, _("Jobs"), "imaging:jobs", "clock"),))

PER_PAGE = 24
FILTERS = (
    (None, _("All")),
    (JobStatus.QUEUED, _("Waiting")),
    (JobStatus.RUNNING, _("Working")),
    (JobStatus.SUCCEEDED, _("Done")),
    (JobStatus.FAILED, _("Failed")),
    (JobStatus.CANCELED, _("Cancelled")),
)


@dataclass(frozen=True)
class JobsPage(Page):
    """The person's jobs, newest first, in one state or in all."""

    template = "imaging/jobs.html"
    fragment = "imaging/_jobs.html"
    heading = _("Jobs")

    cards: Sequence[JobCard]
    next_cursor: str | None
    status: JobStatus | None

    @property
    def filters(self) -> Sequence[tuple[str, str, bool]]:
        return [(status.value if status else "", gettext(label), status is self.status) for status, label in FILTERS]


@dataclass(frozen=True)
class CardPage(Page):
    """One job as it stands in a list, for when it ends while somebody looks."""

    template = "imaging/_card.html"
    fragment = "imaging/_card.html"

    card: JobCard


@dataclass(frozen=True)
class JobPage(Page):
    """One job: live while it runs, then the picture, or what went wrong."""

    template = "imaging/job.html"
    fragment = "imaging/_job.html"

    view: JobView
    card: JobCard
    money: str
    story: Story
    product: str
    again: "Again | None"
    position: int | None = None

    @property
    def title(self) -> str:
        return self.card.name

    @property
    def before(self) -> Picture | None:
        return Picture.of(self.view.source) if self.view.source else None

    @property
    def after(self) -> Picture | None:
        return Picture.of(self.view.result) if self.view.result else None

    @property
    def track(self) -> Sequence[dict[str, object]]:
        return stage_track(self.view)

    @property
    def engine_prompt(self) -> str:
        return str(self.view.output(Stage.PROMPTING).get("prompt", ""))

    @property
    def window(self) -> Window | None:
        return Window.of(self.before, self.story.frame) if self.before else None

    @property
    def failure(self) -> str:
        return say_failure(self.view.job, self.view.details.error_message)

    @property
    def remedy(self) -> str:
        return say_remedy(self.view.job)


@dataclass(frozen=True)
class Again:
    """The same once more: its price, and whether it can be paid."""

    key: str
    price: str
    is_affordable: bool
    change_url: str | None


@router.get("/jobs", name="imaging:jobs")
async def show_jobs(
    request: Request,
    actor: PersonDep,
    session: ReadSessionDep,
    *,
    cursor: Annotated[str | None, Query()] = None,
    status: Annotated[str, Query()] = "",
) -> HTMLResponse:
    wanted = JobStatus(status) if status in list(JobStatus) else None
    signer = site_of(request).ports.get(LinkSigner)
    lines = await service.list_jobs(session, signer, actor.user_id, cursor=cursor, limit=PER_PAGE, status=wanted)
    return await render(request, await _jobs_page(session, lines, wanted))


@router.get("/jobs/{job_id}", name="imaging:job")
async def show_job(request: Request, job_id: UUID, actor: PersonDep, sessions: SessionsDep) -> HTMLResponse:
    async with sessions.read(user_id=actor.user_id) as session:
        page = await _job_page(request, session, actor, job_id)
    if page.view.job.status is JobStatus.QUEUED:
        async with sessions.read(role=DbRole.SYSTEM) as session:
            ahead = await queries.count_ahead(session, page.view.job.turn)
        page = JobPage(page.view, page.card, page.money, page.story, page.product, page.again, ahead + 1)
    return await render(request, page)


@router.get("/jobs/{job_id}/card", name="imaging:card")
async def show_card(request: Request, job_id: UUID, actor: PersonDep, session: ReadSessionDep) -> HTMLResponse:
    signer = site_of(request).ports.get(LinkSigner)
    view = await service.view_job(session, signer, actor.user_id, job_id)
    card = JobCard.of(await catalog.current(session), JobLine(view.job, view.source, view.result))
    return await render(request, CardPage(card))


@router.post("/jobs/{job_id}/cancel", name="imaging:cancel")
async def cancel_job(request: Request, job_id: UUID, actor: PersonDep, session: SessionDep) -> Response:
    """End a job that is not done. Its price is given back."""
    await service.cancel_job(session, actor.user_id, job_id, now=utc_now())
    url = request.app.url_path_for("imaging:job", job_id=job_id)
    return redirect(request, url, notice=gettext("Cancelled. Nothing was charged."))


@router.post("/jobs/{job_id}/retry", name="imaging:retry")
async def retry_job(
    request: Request,
    job_id: UUID,
    actor: PersonDep,
    sessions: SessionsDep,
    *,
    key: Annotated[str, Form(max_length=64)],
) -> Response:
    """The same again, as a new job with its own price. Pressing twice makes one."""
    pipelines = site_of(request).ports.get(Pipelines)
    try:
        async with sessions.begin(user_id=actor.user_id) as session:
            made = await service.retry_job(
                session, pipelines, actor, job_id, now=utc_now(), submission_key=f"retry:{job_id}:{key}"
            )
    except InsufficientCredits as error:
        async with sessions.read(user_id=actor.user_id) as reader:
            text = _short_of(await catalog.current(reader), error)
        return redirect(request, request.app.url_path_for("imaging:job", job_id=job_id), notice=text, kind="bad")
    return redirect(request, request.app.url_path_for("imaging:job", job_id=made))


async def _jobs_page(session: ReadSession, lines: Slice[JobLine], status: JobStatus | None) -> JobsPage:
    catalogue = await catalog.current(session)
    return JobsPage([JobCard.of(catalogue, line) for line in lines.items], lines.next_cursor, status)


async def _job_page(request: Request, session: ReadSession, actor: Actor, job_id: UUID) -> JobPage:
    view = await service.view_job(session, site_of(request).ports.get(LinkSigner), actor.user_id, job_id)
    catalogue = await catalog.current(session)
    pipeline = site_of(request).ports.get(Pipelines).get(view.job.product)
    product = catalogue.product(view.job.product)
    return JobPage(
        view=view,
        card=JobCard.of(catalogue, JobLine(view.job, view.source, view.result)),
        money=say_money(catalogue, view.job),
        story=pipeline.tell({line.stage: line.output for line in view.stages}) if pipeline else Story(),
        product=gettext(product.name) if product else view.job.product,
        again=await _again(request, session, actor, view),
    )


async def _again(request: Request, session: ReadSession, actor: Actor, view: JobView) -> Again | None:
    """None while the job runs, and when its photo or its product is gone."""
    if not view.job.status.is_final or view.source is None:
        return None
    pipelines = site_of(request).ports.get(Pipelines)
    try:
        quote: Quote = await service.quote_job(
            session, pipelines, actor.user_id, product=view.job.product, options=view.details.parameters, now=utc_now()
        )
    except AppError:
        return None
    form = pipelines[view.job.product].form
    unit = (await catalog.current(session)).unit(quote.unit)
    change = f"{request.app.url_path_for(form)}?job={view.job.id}" if form else None
    price = say_amount(unit, quote.units) if quote.units else gettext("free")
    return Again(str(new_id()), price, quote.is_affordable, change)


def _short_of(catalogue: Catalogue, error: InsufficientCredits) -> str:
    facts = error.context
    try:
        unit = catalogue.unit(str(facts["unit"]))
    except StopIteration:
        return translated(error)
    return say_shortage(unit, needed=int(str(facts["needed"])), available=int(str(facts["available"])))
