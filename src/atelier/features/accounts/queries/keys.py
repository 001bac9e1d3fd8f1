"""API keys. Time is the database's."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, text, update

from atelier.features.accounts.api_keys import MadeKey
from atelier.features.accounts.models import ApiKey, User
from atelier.features.accounts.queries.sessions import person
from atelier.features.accounts.types import AccountStatus, NewKey, Person
from atelier.kernel.ids import new_id
from atelier.runtime.db import ReadSession, Session

TOUCH = timedelta(minutes=5)
CLAIM = text(
    """
    INSERT INTO idempotency_keys (user_id, scope, key, fingerprint, status, body)
    VALUES (:user_id, 'POST /api/v1/api-keys', :key, ''::bytea, 409, ''::bytea)
    ON CONFLICT DO NOTHING RETURNING key
    """
)


async def add_key(session: Session, user_id: UUID, key: NewKey, *, made: MadeKey) -> ApiKey:
    row = ApiKey(
        id=new_id(),
        user_id=user_id,
        name=key.name,
        key_hash=made.hash,
        key_prefix=made.prefix,
        scopes=sorted(key.scopes),
        budget=key.budget,
        expires_at=key.expires_at,
    )
    session.add(row)
    await session.flush()  # so that what the database fills in is there
    await session.refresh(row)
    return row


async def count_keys(session: Session, user_id: UUID) -> int:
    """How many keys a person has in use; makers of keys take turns."""
    await session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))
    live = select(func.count()).where(ApiKey.user_id == user_id, *_live())
    return await session.scalar(live) or 0


async def list_keys(session: ReadSession, user_id: UUID) -> Sequence[ApiKey]:
    mine = select(ApiKey).where(ApiKey.user_id == user_id, ApiKey.is_active).order_by(ApiKey.id.desc())
    return (await session.scalars(mine)).all()


async def revoke_key(session: Session, user_id: UUID, key_id: UUID) -> bool:
    """False when there is no such active key of this person."""
    mine = update(ApiKey).where(ApiKey.user_id == user_id, ApiKey.id == key_id, ApiKey.is_active)
    return await session.scalar(mine.values(is_active=False).returning(ApiKey.id)) is not None


async def revoke_keys(session: Session, user_id: UUID) -> int:
    mine = update(ApiKey).where(ApiKey.user_id == user_id, ApiKey.is_active)
    return len((await session.scalars(mine.values(is_active=False).returning(ApiKey.id))).all())


async def claim_once(session: Session, user_id: UUID, key: str) -> bool:
    """Take an idempotency key for the making of an API key; False when it was taken before. No answer is kept."""
    row = {"user_id": user_id, "key": key}
    return await session.scalar(CLAIM, row) is not None


async def find_key_holder(session: Session, key_hash: bytes) -> Person | None:
    """Whose key this is, if it is good, noting every few minutes that it is in use."""
    statement = (
        select(ApiKey, User)
        .join(User, User.id == ApiKey.user_id)
        .where(ApiKey.key_hash == key_hash, *_live(), User.status == AccountStatus.ACTIVE)
    )
    row = (await session.execute(statement)).first()
    if row is None:
        return None
    key, user = row
    long_ago = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < func.now() - TOUCH)
    await session.execute(update(ApiKey).where(ApiKey.id == key.id, long_ago).values(last_used_at=func.now()))
    return person(user, key.id, key.scopes)


def _live() -> tuple[ColumnElement[bool], ...]:
    return ApiKey.is_active.is_(True), or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > func.now())
