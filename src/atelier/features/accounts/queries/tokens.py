"""One-time tokens: used by one conditional statement, for their own purpose only."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update

from atelier.features.accounts.models import OneTimeToken, User
from atelier.features.accounts.types import AccountStatus, TokenPurpose
from atelier.kernel.ids import new_id
from atelier.runtime.db import ReadSession, Session


async def add_token(
    session: Session, purpose: TokenPurpose, token_hash: bytes, *, user_id: UUID | None, lives: timedelta
) -> None:
    identifier = str(user_id) if user_id else purpose.value
    expires_at = await session.scalar(select(func.clock_timestamp() + lives))
    session.add(
        OneTimeToken(
            id=new_id(),
            identifier=identifier,
            user_id=user_id,
            purpose=purpose,
            token_hash=token_hash,
            expires_at=expires_at,
        )
    )
    await session.flush()  # within the role that may write it


async def find_token(session: ReadSession, purpose: TokenPurpose, token_hash: bytes) -> OneTimeToken | None:
    """A token that could be used now."""
    statement = select(OneTimeToken).where(
        OneTimeToken.token_hash == token_hash,
        OneTimeToken.purpose == purpose,
        OneTimeToken.used_at.is_(None),
        OneTimeToken.expires_at > func.clock_timestamp(),
    )
    return await session.scalar(statement)


async def use_token(session: Session, purpose: TokenPurpose, token_hash: bytes) -> OneTimeToken | None:
    """Use a token up; None when it is not, or no longer, good for this. Whoever gets it has won."""
    active = select(User.id).where(User.id == OneTimeToken.user_id, User.status == AccountStatus.ACTIVE).exists()
    good = update(OneTimeToken).where(
        OneTimeToken.token_hash == token_hash,
        OneTimeToken.purpose == purpose,
        OneTimeToken.used_at.is_(None),
        OneTimeToken.expires_at > func.clock_timestamp(),
        OneTimeToken.user_id.is_(None) | active,
    )
    return await session.scalar(good.values(used_at=func.clock_timestamp()).returning(OneTimeToken))


async def delete_tokens(session: Session, *, days: int) -> None:
    """Forget tokens that have been of no use for so many days."""
    long_ago = func.now() - timedelta(days=days)
    await session.execute(delete(OneTimeToken).where(OneTimeToken.expires_at < long_ago))


async def end_tokens(session: Session, purpose: TokenPurpose, user_id: UUID | None) -> None:
    """The other tokens for the same end are of no use any more."""
    identifier = str(user_id) if user_id else purpose.value
    others = update(OneTimeToken).where(
        OneTimeToken.identifier == identifier, OneTimeToken.purpose == purpose, OneTimeToken.used_at.is_(None)
    )
    await session.execute(others.values(used_at=func.clock_timestamp()))
