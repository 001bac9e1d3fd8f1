"""Where people are signed in. Time is the database's."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update

from atelier.features.accounts.models import SignedIn, User
from atelier.features.accounts.types import AccountStatus, Person, Visitor
from atelier.kernel.ids import new_id
from atelier.runtime.db import ReadSession, Session

LIFETIME = timedelta(days=30)
IDLE = timedelta(days=14)
TOUCH = timedelta(minutes=5)


async def add_session(session: Session, user_id: UUID, token_hash: bytes, *, visitor: Visitor, now: datetime) -> UUID:
    row = SignedIn(
        id=new_id(),
        user_id=user_id,
        token_hash=token_hash,
        expires_at=now + LIFETIME,
        ip=visitor.ip,
        user_agent=visitor.user_agent,
    )
    session.add(row)
    await session.flush()  # within the role that may write it
    return row.id


async def find_session_holder(session: Session, token_hash: bytes) -> Person | None:
    """Who holds a live session, noting every few minutes that it is in use."""
    statement = (
        select(SignedIn.id, SignedIn.last_seen_at < func.now() - TOUCH, User)
        .join(User, User.id == SignedIn.user_id)
        .where(SignedIn.token_hash == token_hash, *_live(), User.status == AccountStatus.ACTIVE)
    )
    row = (await session.execute(statement)).first()
    if row is None:
        return None
    session_id, is_stale, user = row
    if is_stale:
        await session.execute(update(SignedIn).where(SignedIn.id == session_id).values(last_seen_at=func.now()))
    return person(user, session_id)


def person(user: User, credential_id: UUID, scopes: Sequence[str] = ()) -> Person:
    return Person(
        user_id=user.id,
        credential_id=credential_id,
        role=user.role,
        name=user.name or "",
        email=user.email,
        locale=user.locale,
        is_verified=user.email_verified_at is not None,
        scopes=frozenset(scopes),
    )


async def list_sessions(session: ReadSession, user_id: UUID) -> Sequence[SignedIn]:
    live = select(SignedIn).where(SignedIn.user_id == user_id, *_live())
    return (await session.scalars(live.order_by(SignedIn.last_seen_at.desc(), SignedIn.id.desc()))).all()


async def end_session(session: Session, user_id: UUID, session_id: UUID) -> bool:
    """False when there is no such live session of this person."""
    live = update(SignedIn).where(SignedIn.user_id == user_id, SignedIn.id == session_id, *_live())
    return await session.scalar(live.values(revoked_at=func.now()).returning(SignedIn.id)) is not None


async def end_session_by_token(session: Session, token_hash: bytes) -> None:
    held = update(SignedIn).where(SignedIn.token_hash == token_hash, SignedIn.revoked_at.is_(None))
    await session.execute(held.values(revoked_at=func.now()))


async def end_sessions(session: Session, user_id: UUID, *, but: UUID | None = None) -> int:
    """End all sessions of a person, but for the one in use; how many were live."""
    live = update(SignedIn).where(SignedIn.user_id == user_id, *_live())
    if but is not None:
        live = live.where(SignedIn.id != but)
    return len((await session.scalars(live.values(revoked_at=func.now()).returning(SignedIn.id))).all())


async def delete_sessions(session: Session, *, days: int) -> None:
    """Forget sessions that have been over for so many days."""
    long_ago = func.now() - timedelta(days=days)
    over = (SignedIn.expires_at < long_ago) | (SignedIn.revoked_at < long_ago)
    await session.execute(delete(SignedIn).where(over))


def _live() -> tuple[ColumnElement[bool], ...]:
    return (
        SignedIn.revoked_at.is_(None),
        SignedIn.expires_at > func.now(),
        SignedIn.last_seen_at > func.now() - IDLE,
    )
