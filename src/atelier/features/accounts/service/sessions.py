"""Being signed in: sessions begin with a fresh random token and end when their time or their person says so."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from atelier.features import audit
from atelier.features.accounts import queries
from atelier.features.accounts.errors import SessionNotFound, WrongCredentials
from atelier.features.accounts.service.links import use_link
from atelier.features.accounts.types import TokenPurpose, Visitor
from atelier.features.audit import AuditAction
from atelier.kernel.actor import Actor, Role
from atelier.runtime.crypto import hash_token, new_token
from atelier.runtime.db import Session, as_system


@dataclass(frozen=True)
class Started:
    """A session that began. The token goes into the cookie and nowhere else."""

    token: str
    user_id: UUID
    session_id: UUID


async def sign_in(  # noqa: PLR0913 - each is a fact of the session
    session: Session,
    user_id: UUID,
    *,
    visitor: Visitor,
    now: datetime,
    action: AuditAction = AuditAction.SIGN_IN,
    replacing: str | None = None,
    new_hash: str | None = None,
) -> Started:
    """Begin a session for somebody who proved who they are; the one that the browser held before ends.

    Raises WrongCredentials when the account is closed.
    """
    token = new_token()
    async with as_system(session):
        if not await queries.note_sign_in(session, user_id, now=now):
            raise WrongCredentials
        if replacing:
            await queries.end_session_by_token(session, hash_token(replacing))
        if new_hash is not None:
            await queries.put_password(session, user_id, new_hash, now=now)
        session_id = await queries.add_session(session, user_id, token.hash, visitor=visitor, now=now)
        user = await queries.find_user(session, user_id)
        is_admin = user is not None and user.role is not Role.USER
        await audit.record(
            session,
            AuditAction.ADMIN_LOGIN if is_admin and action is AuditAction.SIGN_IN else action,
            actor=user_id,
            target_type="session",
            target_id=session_id,
            ip=visitor.ip,
        )
    return Started(token.text, user_id, session_id)


async def sign_in_by_link(
    session: Session, token: str, *, visitor: Visitor, now: datetime, replacing: str | None = None
) -> Started:
    """Begin a session by a one-time link. Raises BadLink."""
    user_id = await use_link(session, TokenPurpose.MAGIC, token)
    return await sign_in(
        session, user_id, visitor=visitor, now=now, action=AuditAction.SIGN_IN_LINK, replacing=replacing
    )


async def refuse_sign_in(session: Session, user_id: UUID | None, *, visitor: Visitor) -> None:
    """Record an attempt that failed. The address itself is not kept: people type passwords into that field."""
    await audit.record(
        session,
        AuditAction.SIGN_IN_REFUSED,
        actor="nobody",
        target_type="user" if user_id else None,
        target_id=user_id,
        ip=visitor.ip,
    )


async def sign_out(session: Session, actor: Actor, *, ip: str | None = None) -> None:
    """End the session in use."""
    if actor.credential_id is not None:
        async with as_system(session):
            await queries.end_session(session, actor.user_id, actor.credential_id)
        await _record(session, actor, AuditAction.SIGN_OUT, session_id=actor.credential_id, ip=ip)


async def end_session(session: Session, actor: Actor, session_id: UUID, *, ip: str | None = None) -> None:
    """End one of one's own sessions, at once. Raises SessionNotFound."""
    if not await queries.end_session(session, actor.user_id, session_id):
        raise SessionNotFound
    await _record(session, actor, AuditAction.SESSION_REVOKE, session_id=session_id, ip=ip)


async def end_other_sessions(session: Session, actor: Actor, *, ip: str | None = None) -> int:
    """End all of one's sessions but the one in use; how many."""
    ended = await queries.end_sessions(session, actor.user_id, but=actor.credential_id)
    if ended:
        await audit.record(session, AuditAction.SESSION_REVOKE, actor=actor, details={"ended": ended}, ip=ip)
    return ended


async def _record(session: Session, actor: Actor, action: AuditAction, *, session_id: UUID, ip: str | None) -> None:
    await audit.record(session, action, actor=actor, target_type="session", target_id=session_id, ip=ip)
