"""The first administrator: whoever holds the token that the server printed."""

from datetime import datetime
from uuid import UUID

from atelier.features import audit
from atelier.features.accounts import queries
from atelier.features.accounts.errors import AlreadySetUp
from atelier.features.accounts.service.joining import create_user
from atelier.features.accounts.service.links import use_token
from atelier.features.accounts.types import NewUser, TokenPurpose
from atelier.features.audit import AuditAction
from atelier.kernel.actor import Role
from atelier.runtime.db import Session, as_system


async def set_up(session: Session, token: str, user: NewUser, *, now: datetime, ip: str | None = None) -> UUID:
    """Make the first super administrator. Raises AlreadySetUp, BadLink or AddressTaken."""
    async with as_system(session):
        await queries.lock_administration(session)
        if await queries.count_super_admins(session):
            raise AlreadySetUp
        await use_token(session, TokenPurpose.SETUP, token)
        first = NewUser(user.email, user.name, user.password_hash, Role.SUPER_ADMIN, user.locale, is_verified=True)
        user_id = await create_user(session, first, by="setup", now=now)
        await audit.record(session, AuditAction.SETUP, actor=user_id, target_type="user", target_id=user_id, ip=ip)
        return user_id
