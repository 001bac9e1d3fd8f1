"""Chores of accounts: links in mails. The token is made here, at the last moment, and only its hash is kept."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from atelier.features import notifications
from atelier.features.accounts import service
from atelier.features.accounts.messages import SendReset, SendVerification
from atelier.runtime.db import DbRole, Session
from atelier.runtime.mail import Letterhead
from atelier.runtime.tasks import Handlers, Retry, TaskContext

handlers = Handlers()

MakeToken = Callable[[Session, UUID], Awaitable[str]]


@handlers.task(SendVerification, retry=Retry(attempts=8))
async def send_verification(message: SendVerification, context: TaskContext) -> None:
    await _send(message.mail_id, message.user_id, context, make=service.make_verification_token, path="/verify?token=")


@handlers.task(SendReset, retry=Retry(attempts=8))
async def send_reset(message: SendReset, context: TaskContext) -> None:
    await _send(message.mail_id, message.user_id, context, make=service.make_reset_token, path="/reset/")


@handlers.schedule("0 2 * * *")
async def forget(context: TaskContext) -> None:
    """Forget sessions and links that are long over, as the catalogue says."""
    async with context.sessions.begin(role=DbRole.SYSTEM) as session:
        await service.forget_expired(session)


async def _send(mail_id: UUID, user_id: UUID, context: TaskContext, *, make: MakeToken, path: str) -> None:
    async with context.sessions.begin(role=DbRole.SYSTEM) as session:
        if not await notifications.is_waiting(session, mail_id):
            return
        token = await make(session, user_id)
    await notifications.deliver(context, mail_id, link=f"{context.ports.get(Letterhead).public_url}{path}{token}")
