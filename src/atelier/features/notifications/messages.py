"""Chores of mail."""

from uuid import UUID

from atelier.runtime.tasks import Message


class SendMail(Message):
    """Send a mail that needs no one-time link."""

    mail_id: UUID
