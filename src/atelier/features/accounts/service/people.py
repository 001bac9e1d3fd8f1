"""What people change about themselves, and administrators about others."""

from uuid import UUID

from atelier.features import audit
from atelier.features.accounts import queries
from atelier.features.accounts.errors import AboveYourRole, AccountNotFound, LastSuperAdmin, NotYourself
from atelier.features.accounts.models import User
from atelier.features.accounts.types import AccountStatus
from atelier.features.audit import AuditAction
from atelier.kernel.actor import Actor, Role, Via
from atelier.runtime.db import Session, as_system


async def change_profile(session: Session, actor: Actor, *, name: str | None, locale: str) -> None:
    await queries.update_profile(session, actor.user_id, name=name, locale=locale)
    await audit.record(session, AuditAction.PROFILE_CHANGE, actor=actor, target_type="user", target_id=actor.user_id)


async def change_role(session: Session, user_id: UUID, role: Role, *, by: Actor | str, ip: str | None = None) -> None:
    """Give somebody a role. Only super administrators (and the command line) touch administrators.

    Raises AccountNotFound, AboveYourRole, NotYourself or LastSuperAdmin.
    """
    async with as_system(session):
        user = await _lock(session, user_id, by)
        if user.role is role:
            return
        if role is not Role.USER and not _is_super(by):
            raise AboveYourRole
        await queries.change_role(session, user_id, role)
        await _someone_is_left(session, user)
        if role is Role.USER:
            await queries.end_sessions(session, user_id)
        details = {"from": user.role, "to": role}
        await audit.record(
            session, AuditAction.ROLE_CHANGE, actor=by, target_type="user", target_id=user_id, details=details, ip=ip
        )


async def change_status(
    session: Session, user_id: UUID, status: AccountStatus, *, by: Actor | str, ip: str | None = None
) -> None:
    """Suspend an account (its sessions end, its keys are refused) or open it again."""
    async with as_system(session):
        user = await _lock(session, user_id, by)
        if user.status is status:
            return
        await queries.change_status(session, user_id, status)
        await _someone_is_left(session, user)
        is_closed = status is not AccountStatus.ACTIVE
        if is_closed:
            await queries.end_sessions(session, user_id)
        action = AuditAction.USER_SUSPEND if is_closed else AuditAction.USER_ACTIVATE
        await audit.record(session, action, actor=by, target_type="user", target_id=user_id, ip=ip)


async def _lock(session: Session, user_id: UUID, by: Actor | str) -> User:
    """The person about to be changed, if this administrator may."""
    await queries.lock_administration(session)
    user = await queries.find_user(session, user_id)
    if user is None:
        raise AccountNotFound
    if isinstance(by, Actor) and by.user_id == user_id:
        raise NotYourself
    if user.role is not Role.USER and not _is_super(by):
        raise AboveYourRole
    session.expunge(user)  # what it was before stays readable
    return user


def _is_super(by: Actor | str) -> bool:
    return not isinstance(by, Actor) or by.via is Via.CLI or by.role is Role.SUPER_ADMIN


async def _someone_is_left(session: Session, before: User) -> None:
    if before.role is Role.SUPER_ADMIN and not await queries.count_super_admins(session):
        raise LastSuperAdmin
