"""What is forgotten in time."""

from atelier.features import catalog
from atelier.features.accounts import queries
from atelier.runtime.db import Session


async def forget_expired(session: Session) -> None:
    """Delete sessions and one-time tokens that have been over for as long as the catalogue keeps them."""
    kept = (await catalog.current(session)).retention
    sessions, tokens = kept.get("sessions", "keep"), kept.get("one_time_tokens", "keep")
    if sessions != "keep":
        await queries.delete_sessions(session, days=sessions)
    if tokens != "keep":
        await queries.delete_tokens(session, days=tokens)
