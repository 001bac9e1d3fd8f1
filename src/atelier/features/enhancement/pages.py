"""The front door, the studio, and the form that orders an enhancement."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Query, Request, UploadFile
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from atelier.features import assets, catalog, credits, imaging
from atelier.features.assets import Gate, ImageView
from atelier.features.catalog import Catalogue, Limits, say_amount
from atelier.features.credits import InsufficientCredits
from atelier.features.enhancement.fields import FieldView, advanced_fields, as_values
from atelier.features.enhancement.ordering import (
    OrderForm,
    PriceView,
    TierCard,
    place_order,
    price_order,
    tier_cards,
)
from atelier.features.imaging import JobCard, Pipelines, Tier
from atelier.kernel.actor import Actor
from atelier.kernel.clock import utc_now
from atelier.kernel.errors import AppError
from atelier.kernel.ids import new_id
from atelier.kernel.text import _
from atelier.runtime.db import ReadSession, Sessions
from atelier.runtime.storage import LinkSigner
from atelier.runtime.web.actors import MaybeActorDep, PersonDep
from atelier.runtime.web.forms import Form, read_form
from atelier.runtime.web.language import gettext, ngettext
from atelier.runtime.web.pages import Page, redirect, render
from atelier.runtime.web.problems import status_of, translated
from atelier.runtime.web.session import ReadSessionDep, SessionsDep
from atelier.runtime.web.site import Contributions, RailItem, site_of

router = APIRouter()
contributions = Contributions(rail=(RailItem(10, _("Studio"), "enhancement:studio", "studio"),))

RECENT = 8


@dataclass(frozen=True)
class LandingPage(Page):
    """What this is, shown by a picture, and what it costs."""

    template = "enhancement/landing.html"
    heading = _("Photos at their best")

    tiers: Sequence[TierCard]
    gift: str
    is_signed_in: bool


@dataclass(frozen=True)
class StudioPage(Page):
    """Where a person begins: the last photos, and the numbers that matter."""

    template = "enhancement/studio.html"
    heading = _("Studio")

    cards: Sequence[JobCard]
    delivered: int
    delivered_month: int
    spent_month: str
    balance: str
    limits: Limits


@dataclass(frozen=True)
class NewPage(Page):
    """The order form."""

    template = "enhancement/new.html"
    heading = _("Enhance photos")

    form: Form[OrderForm]
    key: str
    images: Sequence[ImageView]
    tiers: Sequence[TierCard]
    tier: str
    fields: Sequence[FieldView]
    price: PriceView
    limits: Limits
    refused: Sequence[tuple[str, str]] = ()

    @property
    def is_open(self) -> bool:
        """Whether an advanced option differs from its default, so that the reader sees it."""
        return any(item.value != plain.value for item, plain in zip(self.fields, advanced_fields({}), strict=True))


@dataclass(frozen=True)
class PricePage(Page):
    """The price alone, for when the size or the number of photos changes."""

    template = "enhancement/_price.html"
    fragment = "enhancement/_price.html"

    price: PriceView


@dataclass
class Draft:
    """What the form holds while it is looked at."""

    form: Form[OrderForm]
    images: list[UUID] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    status: int = 200


@router.get("/", name="enhancement:landing")
async def show_landing(request: Request, actor: MaybeActorDep, session: ReadSessionDep) -> HTMLResponse:
    catalogue = await catalog.current(session)
    gifts = [say_amount(catalogue.unit(gift.unit), gift.units) for gift in catalogue.sign_up.grants]
    return await render(request, LandingPage(tier_cards(catalogue), gettext(" and ").join(gifts), actor is not None))


@router.get("/studio", name="enhancement:studio")
async def show_studio(request: Request, actor: PersonDep, session: ReadSessionDep) -> HTMLResponse:
    catalogue, now = await catalog.current(session), utc_now()
    unit = catalogue.units[0]
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    page = StudioPage(
        cards=await _recent(request, session, actor, catalogue),
        delivered=await imaging.count_delivered(session, actor.user_id),
        delivered_month=await imaging.count_delivered(session, actor.user_id, since=month),
        spent_month=say_amount(unit, await credits.sum_spent(session, actor.user_id, unit.code, since=month)),
        balance=say_amount(unit, await credits.spendable(session, actor.user_id, unit.code, now=now)),
        limits=catalogue.limits,
    )
    return await render(request, page)


@router.get("/new", name="enhancement:new")
async def show_form(
    request: Request,
    actor: PersonDep,
    session: ReadSessionDep,
    *,
    image: Annotated[list[UUID] | None, Query()] = None,
    job: Annotated[UUID | None, Query()] = None,
) -> HTMLResponse:
    """The empty form, or one with a photo from the library, or with the photo and the settings of an earlier job."""
    draft = Draft(Form(), list(image or ()))
    if job is not None:
        view = await imaging.view_job(session, _signer(request), actor.user_id, job)
        values = {**as_values(view.details.parameters), "prompt": view.details.prompt or ""}
        draft = Draft(Form(values=values), [view.source.id] if view.source else [])
    return await render(request, await _new_page(request, session, actor, draft))


@router.get("/new/price", name="enhancement:price")
async def show_price(
    request: Request,
    actor: PersonDep,
    session: ReadSessionDep,
    *,
    tier: Annotated[str, Query(max_length=16)] = Tier.K2,
    image: Annotated[list[str] | None, Query()] = None,
) -> HTMLResponse:
    pipelines = site_of(request).ports.get(Pipelines)
    price = await price_order(session, pipelines, actor, tier=tier, count=len(image or ()))
    return await render(request, PricePage(price))


@router.post("/new", name="enhancement:order")
async def order(
    request: Request,
    actor: PersonDep,
    sessions: SessionsDep,
    file: Annotated[list[UploadFile] | None, File()] = None,
) -> Response:
    """One job for each photo. Nothing is ordered unless all of it is right and can be paid."""
    draft = Draft(await read_form(request, OrderForm))
    chosen = [value for value in (await request.form()).getlist("image") if isinstance(value, str)]
    draft.images += dict.fromkeys(UUID(value) for value in chosen if _is_uuid(value))
    await _take(request, sessions, actor, draft, files=[item for item in file or () if item.filename])
    jobs = await _place(request, sessions, actor, draft)
    if not jobs:
        async with sessions.read(user_id=actor.user_id) as session:
            page = await _new_page(request, session, actor, draft)
        return await render(request, page, status=draft.status)
    if len(jobs) == 1:
        return redirect(request, request.app.url_path_for("imaging:job", job_id=jobs[0]))
    notice = ngettext("{count} photo is on its way.", "{count} photos are on their way.", len(jobs))
    return redirect(request, request.app.url_path_for("imaging:jobs"), notice=notice.format(count=len(jobs)))


async def _take(
    request: Request, sessions: Sessions, actor: Actor, draft: Draft, *, files: Sequence[UploadFile]
) -> None:
    """The photos that came with the form, which is how browsers without JavaScript send them."""
    if not files:
        return
    try:
        taken = await assets.take_files(sessions, site_of(request).ports.get(Gate), actor.user_id, files)
    except AppError as error:
        draft.form, draft.status = draft.form.refused(error), status_of(error)
        return
    draft.images += taken.images
    draft.refused += [(name, translated(error)) for name, error in taken.refused]
    draft.status = status_of(taken.refused[0][1]) if taken.refused else 200


async def _place(request: Request, sessions: Sessions, actor: Actor, draft: Draft) -> Sequence[UUID]:
    """The jobs, or none and the draft says why."""
    form = draft.form.data
    if form is None or draft.refused or draft.form.errors:
        draft.status = max(draft.status, 422)
        return ()
    if not draft.images:
        _complain(draft, 422, {"file": gettext("Please choose at least one photo.")})
        return ()
    pipelines = site_of(request).ports.get(Pipelines)
    try:
        async with sessions.begin(user_id=actor.user_id) as session:
            found = await assets.list_images_by_id(session, actor.user_id, draft.images)
            files = {image.id: image.file_id for image in found if image.deleted_at is None}
            wanted = {image_id: files[image_id] for image_id in draft.images if image_id in files}
            if not wanted:
                raise assets.ImageNotFound(field="file")
            return await place_order(session, pipelines, actor, form=form, images=wanted)
    except InsufficientCredits:
        async with sessions.read(user_id=actor.user_id) as session:
            price = await price_order(session, pipelines, actor, tier=form.tier, count=len(draft.images))
        _complain(draft, 402, {"": price.shortage})
    except AppError as error:
        place = str(error.context.get("field", "")).removeprefix("options.")
        _complain(draft, status_of(error), {place: translated(error)})
    return ()


def _complain(draft: Draft, status: int, errors: dict[str, str]) -> None:
    draft.form = Form(None, draft.form.values, {**draft.form.errors, **errors})
    draft.status = status


async def _new_page(request: Request, session: ReadSession, actor: Actor, draft: Draft) -> NewPage:
    catalogue = await catalog.current(session)
    found = {image.id: image for image in await assets.list_images_by_id(session, actor.user_id, draft.images)}
    alive = [found[key] for key in draft.images if key in found and found[key].deleted_at is None]
    tier, price = await _suggest(request, session, actor, asked=draft.form.value("tier"), count=len(alive))
    return NewPage(
        form=draft.form,
        key=draft.form.value("key") or str(new_id()),
        images=await assets.view_images(session, _signer(request), actor.user_id, alive),
        tiers=tier_cards(catalogue),
        tier=tier,
        fields=advanced_fields(draft.form.values),
        price=price,
        limits=catalogue.limits,
        refused=draft.refused,
    )


async def _suggest(
    request: Request, session: ReadSession, actor: Actor, *, asked: str, count: int
) -> tuple[str, PriceView]:
    """What was asked for, else the usual size, or the best smaller one that the balance covers."""
    pipelines = site_of(request).ports.get(Pipelines)
    on_sale = [card.value for card in tier_cards(await catalog.current(session))]
    usual = [tier.value for tier in (Tier.K2, Tier.K1, Tier.FREE) if tier in on_sale]
    wanted = [asked] if asked in on_sale else (usual or on_sale)
    prices = [(tier, await price_order(session, pipelines, actor, tier=tier, count=count)) for tier in wanted]
    return next(((tier, price) for tier, price in prices if not price.missing), prices[0])


async def _recent(request: Request, session: ReadSession, actor: Actor, catalogue: Catalogue) -> Sequence[JobCard]:
    lines = await imaging.list_jobs(session, _signer(request), actor.user_id, limit=RECENT)
    return [JobCard.of(catalogue, line) for line in lines.items]


def _signer(request: Request) -> LinkSigner:
    return site_of(request).ports.get(LinkSigner)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
