"""Sending one mail in three phases: read, deliver while no transaction is open, record."""

from uuid import UUID

from atelier.features.notifications import service
from atelier.kernel.clock import utc_now
from atelier.runtime.db import DbRole
from atelier.runtime.mail import Letterhead, Mailer
from atelier.runtime.tasks import TaskContext


async def deliver(context: TaskContext, mail_id: UUID, *, link: str | None = None) -> None:
    """Send a mail that waits, with its one-time link where it has one; nothing happens when it is sent already."""
    head = context.ports.get(Letterhead)
    async with context.sessions.begin(role=DbRole.SYSTEM) as session:
        letter = await service.prepare(session, mail_id, head, link=link, now=utc_now())
    if letter is None:
        return
    provider_id = await context.ports.get(Mailer).send(letter)  # type: ignore[type-abstract]
    async with context.sessions.begin(role=DbRole.SYSTEM) as session:
        await service.settle(session, mail_id, provider_id, now=utc_now())
