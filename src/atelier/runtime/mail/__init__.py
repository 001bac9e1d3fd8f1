"""Sending mail: the port, SMTP, and a folder that a page shows where no server is configured."""

from atelier.runtime.mail.folder import MailboxFolder
from atelier.runtime.mail.port import Letter, Letterhead, Mailer
from atelier.runtime.mail.smtp import SmtpMailer

__all__ = ["Letter", "Letterhead", "MailboxFolder", "Mailer", "SmtpMailer"]
