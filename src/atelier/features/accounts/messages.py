"""Chores of accounts, and what accounts say upward. No payload carries a secret."""

from uuid import UUID

from atelier.runtime.events import Event
from atelier.runtime.tasks import Message


class SendVerification(Message):
    """Send the link that proves an address."""

    mail_id: UUID
    user_id: UUID


class SendReset(Message):
    """Send the link that lets somebody choose a new password."""

    mail_id: UUID
    user_id: UUID


class EmailVerified(Event):
    """A person proved to read an address. The hash is the same for all spellings of one mailbox."""

    user_id: UUID
    address_hash: str
