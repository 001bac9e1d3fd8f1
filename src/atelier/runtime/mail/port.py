"""What mail is to the product."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from typing import Protocol


@dataclass(frozen=True)
class Letterhead:
    """What all letters of this installation share: where links begin, and who sends (None: the catalogue says)."""

    public_url: str
    sender: str | None = None


@dataclass(frozen=True)
class Letter:
    """One mail. `reference` is stable over retries and becomes the Message-ID."""

    to: str
    subject: str
    text: str
    html: str
    sender: str
    reference: str

    def as_message(self) -> EmailMessage:
        message = EmailMessage()
        message["To"] = self.to
        message["From"] = self.sender
        message["Subject"] = " ".join(self.subject.split())
        message["Date"] = formatdate()
        message["Message-ID"] = f"<{self.reference}@atelier>"
        message.set_content(self.text)
        message.add_alternative(self.html, subtype="html")
        return message


class Mailer(Protocol):
    """Delivers letters. Raises Unavailable when it may work later."""

    async def send(self, letter: Letter) -> str:
        """Deliver; the provider's id for it."""
