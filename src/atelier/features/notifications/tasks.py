"""Chores of mail."""

from atelier.features.notifications.delivery import deliver
from atelier.features.notifications.messages import SendMail
from atelier.runtime.tasks import Handlers, Retry, TaskContext

handlers = Handlers()


@handlers.task(SendMail, retry=Retry(attempts=8))
async def send(message: SendMail, context: TaskContext) -> None:
    """Sends one mail; a mail server that is away is tried again for about half an hour."""
    await deliver(context, message.mail_id)
