"""Choosing the implementation of each port by the settings."""

from atelier.runtime.crypto import Keys, Passwords
from atelier.runtime.mail import Letterhead, MailboxFolder, Mailer, SmtpMailer
from atelier.runtime.ports import Ports
from atelier.runtime.settings import Settings
from atelier.runtime.storage import Blobs, LinkSigner


def wire(settings: Settings, keys: Keys) -> Ports:
    ports = Ports()
    ports.provide(Keys, keys)
    ports.provide(Passwords, Passwords(settings.security))
    ports.provide(Blobs, Blobs.local(settings.files_root))
    ports.provide(LinkSigner, LinkSigner(keys, settings.storage.link_minutes * 60))
    ports.provide(Letterhead, Letterhead(settings.public_url, settings.mail.sender))
    mailbox = MailboxFolder(settings.data.absolute() / "mailbox")
    ports.provide(Mailer, SmtpMailer(settings.mail) if settings.mail.host else mailbox)  # type: ignore[type-abstract]
    if settings.mail.host is None:
        ports.provide(MailboxFolder, mailbox)
    return ports
