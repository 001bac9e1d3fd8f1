"""Mail over SMTP with STARTTLS."""

from dataclasses import dataclass

import aiosmtplib

from atelier.kernel.errors import Unavailable
from atelier.kernel.text import _
from atelier.runtime.mail.port import Letter
from atelier.runtime.settings import Mail


class MailNotSent(Unavailable):
    message = _("The mail server did not take the message.")


@dataclass(frozen=True)
class SmtpMailer:
    settings: Mail

    async def send(self, letter: Letter) -> str:
        password = self.settings.password
        try:
            await aiosmtplib.send(
                letter.as_message(),
                hostname=self.settings.host,
                port=self.settings.port,
                username=self.settings.user,
                password=password.get_secret_value() if password else None,
                start_tls=self.settings.tls,
                timeout=20,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailNotSent from error
        return letter.reference
