"""People and their passwords."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from atelier.features.accounts.models import Password, User
from atelier.features.accounts.types import AccountStatus, NewUser
from atelier.kernel.actor import Role
from atelier.kernel.ids import new_id
from atelier.runtime.db import ReadSession, Session

LOCK = 0x41434354


class SignIn(NamedTuple):
    """What signing in compares with. An unknown address has no row and so no hash."""

    user_id: UUID
    status: AccountStatus
    role: Role
    hash: str | None


async def add_user(session: Session, user: NewUser, *, now: datetime) -> UUID | None:
    """The new person's id; None when the address is taken."""
    statement = insert(User).values(
        id=new_id(),
        email=user.email,
        name=user.name,
        role=user.role,
        locale=user.locale,
        email_verified_at=now if user.is_verified else None,
    )
    return await session.scalar(statement.on_conflict_do_nothing().returning(User.id))


async def find_user(session: ReadSession, user_id: UUID) -> User | None:
    return await session.scalar(select(User).where(User.id == user_id).execution_options(populate_existing=True))


async def find_user_by_email(session: ReadSession, email: str) -> User | None:
    return await session.scalar(select(User).where(func.lower(User.email) == email.lower()))


async def find_sign_in(session: ReadSession, email: str) -> SignIn | None:
    statement = (
        select(User.id, User.status, User.role, Password.hash)
        .outerjoin(Password, Password.user_id == User.id)
        .where(func.lower(User.email) == email.lower())
    )
    row = (await session.execute(statement)).first()
    return SignIn(*row) if row else None


async def find_password(session: ReadSession, user_id: UUID) -> str | None:
    return await session.scalar(select(Password.hash).where(Password.user_id == user_id))


async def put_password(session: Session, user_id: UUID, hash_: str, *, now: datetime) -> None:
    statement = insert(Password).values(id=new_id(), user_id=user_id, hash=hash_, changed_at=now)
    changed = {"hash": statement.excluded.hash, "changed_at": statement.excluded.changed_at}
    await session.execute(statement.on_conflict_do_update(index_elements=[Password.user_id], set_=changed))


async def verify_email(session: Session, user_id: UUID, *, now: datetime) -> str | None:
    """The address that is proven now; None when it was before."""
    open_ = update(User).where(User.id == user_id, User.email_verified_at.is_(None), User.email.is_not(None))
    return await session.scalar(open_.values(email_verified_at=now).returning(User.email))


async def note_sign_in(session: Session, user_id: UUID, *, now: datetime) -> bool:
    """Remember the time; False when the account is not active."""
    active = update(User).where(User.id == user_id, User.status == AccountStatus.ACTIVE)
    return await session.scalar(active.values(last_login_at=now).returning(User.id)) is not None


async def update_profile(session: Session, user_id: UUID, *, name: str | None, locale: str) -> None:
    await session.execute(update(User).where(User.id == user_id).values(name=name, locale=locale))


async def lock_administration(session: Session) -> None:
    """Changes of roles and states take turns, so that the last super administrator cannot be lost between two."""
    await session.execute(select(func.pg_advisory_xact_lock(LOCK)))


async def count_super_admins(session: ReadSession) -> int:
    active = select(func.count()).where(User.role == Role.SUPER_ADMIN, User.status == AccountStatus.ACTIVE)
    return await session.scalar(active) or 0


async def change_role(session: Session, user_id: UUID, role: Role) -> None:
    await session.execute(update(User).where(User.id == user_id).values(role=role))


async def change_status(session: Session, user_id: UUID, status: AccountStatus) -> None:
    await session.execute(update(User).where(User.id == user_id).values(status=status))


async def list_users(
    session: ReadSession, *, search: str = "", before: UUID | None = None, limit: int = 50
) -> Sequence[User]:
    """The newest people, one more than `limit`; `search` is a part of the name or the address."""
    statement = select(User).order_by(User.id.desc()).limit(limit + 1)
    if search:
        statement = statement.where(
            User.email.icontains(search, autoescape=True) | User.name.icontains(search, autoescape=True)
        )
    if before is not None:
        statement = statement.where(User.id < before)
    return (await session.scalars(statement)).all()
