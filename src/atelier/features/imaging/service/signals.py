"""The channels that jobs are announced on."""

from uuid import UUID

from atelier.runtime.db import Session

WORK = "atelier_work"
"""Wakes workers: there is something to claim."""

LIVE = "atelier_live"
"""Wakes the streams of one person, whose id is the payload."""


def announce(session: Session, user_id: UUID, *, has_work: bool = False) -> None:
    """Tell the person's pages, and the workers when there is work, once this transaction is durable."""
    session.wake_after_commit(LIVE, str(user_id))
    if has_work:
        session.wake_after_commit(WORK)
