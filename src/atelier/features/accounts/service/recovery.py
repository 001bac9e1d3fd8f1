"""New passwords: by knowing the old one, or by a link to the address. Both end the other sessions."""

from datetime import datetime
from uuid import UUID

from atelier.features import audit
from atelier.features.accounts import queries
from atelier.features.accounts.addresses import parse_address
from atelier.features.accounts.mails import CHANGED, RESET
from atelier.features.accounts.messages import SendReset
from atelier.features.accounts.service.joining import prove_address
from atelier.features.accounts.service.links import use_link
from atelier.features.accounts.types import AccountStatus, TokenPurpose
from atelier.features.audit import AuditAction
from atelier.features.notifications import Recipient, send_mail, write_mail
from atelier.kernel.actor import Actor
from atelier.runtime.db import Session, as_system
from atelier.runtime.tasks import enqueue


async def request_reset(session: Session, email: str, *, ip: str | None = None) -> None:
    """Send a link to the address if there is an account; the caller cannot tell, and must not."""
    address = parse_address(email)
    async with as_system(session):
        user = await queries.find_user_by_email(session, address)
        if user is None or user.status is not AccountStatus.ACTIVE:
            return
        mail_id = await write_mail(session, RESET, Recipient(address, user.id, user.locale))
        await enqueue(session, SendReset(mail_id=mail_id, user_id=user.id))
        await audit.record(
            session,
            AuditAction.PASSWORD_RESET_REQUEST,
            actor="nobody",
            target_type="user",
            target_id=user.id,
            ip=ip,
        )


async def reset_password(
    session: Session, token: str, password_hash: str, *, now: datetime, ip: str | None = None
) -> UUID:
    """Set a password by the link, and end every session. Raises BadLink.

    The link also proves the address. Was it unproven, the account may have been made by a stranger: its keys go too.
    """
    async with as_system(session):
        user_id = await use_link(session, TokenPurpose.RESET, token)
        await queries.put_password(session, user_id, password_hash, now=now)
        await queries.end_sessions(session, user_id)
        await queries.end_tokens(session, TokenPurpose.MAGIC, user_id)
        if await prove_address(session, user_id, now=now, ip=ip):
            await queries.revoke_keys(session, user_id)
        await audit.record(
            session, AuditAction.PASSWORD_RESET, actor=user_id, target_type="user", target_id=user_id, ip=ip
        )
        await _tell(session, user_id)
        return user_id


async def change_password(
    session: Session, actor: Actor, password_hash: str, *, now: datetime, ip: str | None = None
) -> None:
    """Set another password for somebody who has just shown the old one, and end the other sessions."""
    async with as_system(session):
        await queries.put_password(session, actor.user_id, password_hash, now=now)
        await queries.end_sessions(session, actor.user_id, but=actor.credential_id)
        await queries.end_tokens(session, TokenPurpose.RESET, actor.user_id)
        await queries.end_tokens(session, TokenPurpose.MAGIC, actor.user_id)
        await audit.record(
            session, AuditAction.PASSWORD_CHANGE, actor=actor, target_type="user", target_id=actor.user_id, ip=ip
        )
        await _tell(session, actor.user_id)


async def _tell(session: Session, user_id: UUID) -> None:
    user = await queries.find_user(session, user_id)
    if user is not None and user.email is not None:
        await send_mail(session, template=CHANGED, to=user.email, user_id=user_id, locale=user.locale)
