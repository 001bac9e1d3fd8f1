"""A mailbox for development: letters become files, and a page shows them. Refused in production."""

import asyncio
import email
import email.policy
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from atelier.runtime.mail.port import Letter


@dataclass(frozen=True)
class MailboxFolder:
    folder: Path

    async def send(self, letter: Letter) -> str:
        await asyncio.to_thread(self._write, letter)
        return letter.reference

    def letters(self, limit: int = 50) -> Sequence[tuple[str, EmailMessage]]:
        """The newest letters with their names."""
        files = sorted(self.folder.glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True)[:limit]
        return [(path.stem, self._read(path)) for path in files]

    def letter(self, name: str) -> EmailMessage | None:
        for path in self.folder.glob("*.eml"):
            if path.stem == name:
                return self._read(path)
        return None

    def _write(self, letter: Letter) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        aside = self.folder / f".{letter.reference}"
        aside.write_bytes(letter.as_message().as_bytes(policy=email.policy.SMTP))
        aside.replace(self.folder / f"{letter.reference}.eml")

    def _read(self, path: Path) -> EmailMessage:
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if not isinstance(message, EmailMessage):
            raise TypeError(path)
        return message
