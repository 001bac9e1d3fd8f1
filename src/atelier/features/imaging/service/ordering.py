"""From a wish to a job: checked, priced, and paid for in advance, in one transaction."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ValidationError

from atelier.features import assets, catalog, credits
from atelier.features.catalog import Amount
from atelier.features.credits import NewHold
from atelier.features.imaging import queries
from atelier.features.imaging.errors import (
    BadOptions,
    EmailNotVerified,
    JobNotEnded,
    JobNotFound,
    ProductNotInstalled,
    PromptTooLong,
    QueueFull,
    SourceGone,
)
from atelier.features.imaging.models import JobDetails, JobInput
from atelier.features.imaging.ports import Pipeline, Pipelines
from atelier.features.imaging.service.signals import announce
from atelier.features.imaging.types import InputRole, Quote, Wish
from atelier.kernel.actor import Actor
from atelier.kernel.ids import new_id
from atelier.runtime.db import ReadSession, Session

DEADLINE = timedelta(hours=2)
HOLD_OUTLIVES = timedelta(minutes=10)
"""The job is ended first, and its hold with it; the sweep of holds is for those without a job."""
SEEDS = 2**31


async def quote_job(
    session: ReadSession,
    pipelines: Pipelines,
    user_id: UUID,
    *,
    product: str,
    options: Mapping[str, Any],
    now: datetime,
) -> Quote:
    """What a job would cost. Raises what `submit_job` would raise for the same product and options."""
    _pipeline, checked = _check(pipelines, product, options)
    return await _price(session, user_id, product, checked, now=now)


async def submit_job(session: Session, pipelines: Pipelines, actor: Actor, wish: Wish, *, now: datetime) -> UUID:
    """Make a job with its hold, or neither; the job's id. The same submission key gives the same job.

    Raises InsufficientCredits, QueueFull, EmailNotVerified, BadOptions, NotSupported, ImageNotFound.
    """
    if not actor.is_verified:
        raise EmailNotVerified
    pipeline, options = _check(pipelines, wish.product, wish.options)
    image = await assets.get_image(session, actor.user_id, wish.image_id)
    await _check_limits(session, actor.user_id, wish)
    quote = await _price(session, actor.user_id, wish.product, options, now=now)
    job_id = new_id()
    made = await queries.add_job(
        session,
        {
            "id": job_id,
            "user_id": actor.user_id,
            "product": wish.product,
            "tier": options.model_dump(mode="json").get("tier"),
            "turn": int(now.timestamp() * 1_000_000),
            "deadline_at": now + DEADLINE,
            "unit": quote.unit,
            "cost_held": quote.units,
            "submission_key": wish.submission_key,
        },
    )
    if made is None:
        earlier = await queries.find_job_by_key(session, actor.user_id, wish.submission_key or "")
        if earlier is None:
            raise JobNotFound
        return earlier
    await _add_rest(
        session, actor.user_id, job_id, wish=wish, pipeline=pipeline, options=options, file_id=image.file_id
    )
    if quote.units:
        hold = NewHold(quote.unit, quote.units, f"job:{job_id}", now + DEADLINE + HOLD_OUTLIVES)
        await queries.set_hold(session, job_id, await credits.place_hold(session, actor.user_id, hold, now=now))
    announce(session, actor.user_id, has_work=True)
    return job_id


async def retry_job(
    session: Session,
    pipelines: Pipelines,
    actor: Actor,
    job_id: UUID,
    *,
    now: datetime,
    submission_key: str | None = None,
) -> UUID:
    """A new job with the same wish, priced anew; the old one stays as it ended. Raises JobNotFound, JobNotEnded."""
    job = await queries.find_job(session, actor.user_id, job_id)
    if job is None:
        raise JobNotFound
    if not job.status.is_final:
        raise JobNotEnded
    details = await queries.get_details(session, actor.user_id, job_id)
    (source,) = await queries.list_inputs(session, actor.user_id, [job_id])
    if source.image_id is None:
        raise SourceGone
    wish = Wish(
        product=job.product,
        image_id=source.image_id,
        options=details.parameters,
        prompt=details.prompt,
        source=details.source,
        api_key_id=actor.credential_id if details.api_key_id else None,
        submission_key=submission_key,
        retry_of=job_id,
    )
    return await submit_job(session, pipelines, actor, wish, now=now)


def _check(pipelines: Pipelines, product: str, options: Mapping[str, Any]) -> tuple[Pipeline, BaseModel]:
    pipeline = pipelines.get(product)
    if pipeline is None:
        raise ProductNotInstalled(field="product", product=product)
    try:
        checked = pipeline.options.model_validate(dict(options))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(["options", *(str(part) for part in first["loc"])])
        raise BadOptions(field=place, reason=first["msg"]) from error
    pipeline.refuse(checked)
    return pipeline, checked


async def _check_limits(session: Session, user_id: UUID, wish: Wish) -> None:
    limits = (await catalog.current(session)).limits
    if wish.prompt and len(wish.prompt) > limits.prompt_length:
        raise PromptTooLong(field="prompt", length=len(wish.prompt), limit=limits.prompt_length)
    unfinished = await queries.count_open(session, user_id)
    if unfinished >= limits.queued_jobs:
        raise QueueFull(count=unfinished, limit=limits.queued_jobs, retry_after=30)


async def _price(session: ReadSession, user_id: UUID, product: str, options: BaseModel, *, now: datetime) -> Quote:
    """The first way to pay that the wallet can bear, else the last one."""
    values = options.model_dump(mode="json")
    _product, ways = await catalog.price_of(session, product, values)
    quotes = [await _quote(session, user_id, way, product=product, values=values, now=now) for way in ways]
    return next((quote for quote in quotes if quote.is_affordable), quotes[-1])


async def _quote(
    session: ReadSession, user_id: UUID, way: Amount, *, product: str, values: Mapping[str, Any], now: datetime
) -> Quote:
    available = await credits.spendable(session, user_id, way.unit, now=now)
    return Quote(product, values, way.unit, way.units, available)


async def _add_rest(  # noqa: PLR0913 - the parts of one job
    session: Session, user_id: UUID, job_id: UUID, *, wish: Wish, pipeline: Pipeline, options: BaseModel, file_id: UUID
) -> None:
    session.add(
        JobDetails(
            job_id=job_id,
            user_id=user_id,
            parameters=options.model_dump(mode="json"),
            prompt=wish.prompt or None,
            recipe=pipeline.recipe,
            engine=pipeline.engine,
            seed=secrets.randbelow(SEEDS),
            source=wish.source,
            api_key_id=wish.api_key_id,
            retry_of=wish.retry_of,
        )
    )
    session.add(
        JobInput(user_id=user_id, job_id=job_id, role=InputRole.SOURCE, image_id=wish.image_id, file_id=file_id)
    )
    await session.flush()  # in the role of the person
