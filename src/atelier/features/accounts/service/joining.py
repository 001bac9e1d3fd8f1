"""Making accounts and proving addresses."""

from datetime import datetime
from uuid import UUID

from atelier.features import audit
from atelier.features.accounts import queries
from atelier.features.accounts.addresses import hash_address, parse_address
from atelier.features.accounts.errors import AddressTaken
from atelier.features.accounts.mails import ALREADY, VERIFY
from atelier.features.accounts.messages import EmailVerified, SendVerification
from atelier.features.accounts.service.links import use_link
from atelier.features.accounts.types import NewUser, TokenPurpose
from atelier.features.audit import AuditAction
from atelier.features.notifications import Recipient, send_mail, write_mail
from atelier.kernel.actor import Actor
from atelier.runtime.db import Session, as_system
from atelier.runtime.events import publish
from atelier.runtime.tasks import enqueue


async def create_user(session: Session, user: NewUser, *, by: Actor | str, now: datetime) -> UUID:
    """Make an account without any mail; its id. Raises AddressTaken or BadAddress."""
    email = parse_address(user.email)
    async with as_system(session):
        user_id = await _add(session, user, email, now=now)
        if user_id is None:
            raise AddressTaken(field="email")
        await audit.record(
            session,
            AuditAction.USER_CREATE,
            actor=by,
            target_type="user",
            target_id=user_id,
            details={"role": user.role},
        )
        if user.is_verified:
            await publish(session, EmailVerified(user_id=user_id, address_hash=hash_address(email)))
        return user_id


async def sign_up(session: Session, user: NewUser, *, now: datetime, ip: str | None = None) -> None:
    """Make an account and send the link that proves its address; one who has an account gets a mail that says so.

    The caller cannot tell which of both happened, and must not.
    """
    email = parse_address(user.email)
    async with as_system(session):
        user_id = await _add(session, user, email, now=now)
        if user_id is None:
            await _tell_owner(session, email)
            return
        await audit.record(session, AuditAction.SIGN_UP, actor=user_id, target_type="user", target_id=user_id, ip=ip)
        await _send_verification(session, user_id, email, locale=user.locale)


async def resend_verification(session: Session, user_id: UUID) -> None:
    """Send the link again, unless the address is proven already."""
    async with as_system(session):
        user = await queries.find_user(session, user_id)
        if user is not None and user.email is not None and user.email_verified_at is None:
            await _send_verification(session, user_id, user.email, locale=user.locale)


async def verify(session: Session, token: str, *, now: datetime, ip: str | None = None) -> UUID:
    """Prove an address by the link that was sent there. Raises BadLink."""
    async with as_system(session):
        user_id = await use_link(session, TokenPurpose.VERIFY, token)
        await prove_address(session, user_id, now=now, ip=ip)
        return user_id


async def prove_address(session: Session, user_id: UUID, *, now: datetime, ip: str | None) -> bool:
    """Note that this person reads the account's address; False when that was known."""
    email = await queries.verify_email(session, user_id, now=now)
    if email is None:
        return False
    await audit.record(session, AuditAction.EMAIL_VERIFY, actor=user_id, target_type="user", target_id=user_id, ip=ip)
    await publish(session, EmailVerified(user_id=user_id, address_hash=hash_address(email)))
    return True


async def _add(session: Session, user: NewUser, email: str, *, now: datetime) -> UUID | None:
    name = " ".join((user.name or "").split()) or None
    neat = NewUser(email, name, user.password_hash, user.role, user.locale, user.is_verified)
    user_id = await queries.add_user(session, neat, now=now)
    if user_id is not None and user.password_hash is not None:
        await queries.put_password(session, user_id, user.password_hash, now=now)
    return user_id


async def _tell_owner(session: Session, email: str) -> None:
    owner = await queries.find_user_by_email(session, email)
    if owner is not None:
        await send_mail(session, template=ALREADY, to=email, user_id=owner.id, locale=owner.locale)


async def _send_verification(session: Session, user_id: UUID, email: str, *, locale: str) -> None:
    mail_id = await write_mail(session, VERIFY, Recipient(email, user_id, locale))
    await enqueue(session, SendVerification(mail_id=mail_id, user_id=user_id))
