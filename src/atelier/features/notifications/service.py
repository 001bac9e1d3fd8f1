"""Writing mails, and what is needed to send one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from atelier.features import catalog
from atelier.features.notifications import queries
from atelier.features.notifications.letters import Addressed, MailTemplate, declared, write_letter
from atelier.features.notifications.messages import SendMail
from atelier.features.notifications.models import Mail
from atelier.features.notifications.types import MailStatus
from atelier.kernel.ids import new_id
from atelier.runtime.db import ReadSession, Session, as_system
from atelier.runtime.mail import Letter, Letterhead
from atelier.runtime.tasks import enqueue
from atelier.runtime.web.language import current_locale, use_locale


@dataclass(frozen=True)
class Recipient:
    """To whom, and in which language."""

    address: str
    user_id: UUID | None = None
    locale: str | None = None


async def write_mail(
    session: Session, template: MailTemplate, to: Recipient, *, values: Mapping[str, object] | None = None
) -> UUID:
    """Keep a mail to be sent by a task of the caller's own, because it needs a one-time link; the mail's id."""
    mail = Mail(
        id=new_id(),
        user_id=to.user_id,
        to=to.address,
        subject=template.subject,
        template=template.name,
        details={"locale": to.locale or current_locale(), "values": dict(values or {})},
    )
    async with as_system(session):
        session.add(mail)
        await session.flush()  # within the role that may write it
    return mail.id


async def send_mail(
    session: Session, *, template: MailTemplate, to: str, user_id: UUID | None = None, **values: str | int
) -> UUID:
    """Keep a mail and the task that sends it, with the caller's transaction; the mail's id."""
    locale = str(values.pop("locale", "")) or None
    mail_id = await write_mail(session, template, Recipient(to, user_id, locale), values=values)
    await enqueue(session, SendMail(mail_id=mail_id))
    return mail_id


async def is_waiting(session: ReadSession, mail_id: UUID) -> bool:
    mail = await queries.find_mail(session, mail_id)
    return mail is not None and mail.status is MailStatus.PENDING


async def prepare(
    session: Session, mail_id: UUID, head: Letterhead, *, link: str | None, now: datetime
) -> Letter | None:
    """The letter of a mail that waits; None when there is nothing to send. Also sets the language."""
    mail = await queries.find_mail(session, mail_id)
    if mail is None or mail.status is not MailStatus.PENDING:
        return None
    if await queries.is_suppressed(session, mail.to):
        await queries.end_mail(session, mail_id, MailStatus.FAILED, now=now)
        return None
    use_locale(str(mail.details.get("locale", "")))
    template = declared(mail.template)
    target = link or (head.public_url + template.path if template.path else None)
    sender = head.sender or (await catalog.current(session)).brand.mail_sender
    envelope = Addressed(to=mail.to, sender=sender, reference=str(mail.id))
    brand = await catalog.current_brand(session)
    return write_letter(template, envelope, mail.details.get("values", {}), brand=brand, link=target)


async def settle(session: Session, mail_id: UUID, provider_id: str, *, now: datetime) -> None:
    await queries.end_mail(session, mail_id, MailStatus.SENT, now=now, provider_id=provider_id)
