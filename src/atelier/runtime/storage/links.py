"""Signed links: whoever holds one may fetch one file for some minutes, and nobody can make one up."""

import hmac
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from atelier.kernel.errors import Forbidden
from atelier.kernel.text import _
from atelier.runtime.crypto import Keys

BUCKET_SECONDS = 300


class BadLink(Forbidden):
    message = _("This link has expired. Open the page again to get a fresh one.")


@dataclass(frozen=True)
class LinkSigner:
    """Signs (path, expiry, download name). The expiry is rounded up, so that equal links can be cached."""

    keys: Keys
    seconds: int

    def sign(self, path: str, *, download: str | None = None) -> str:
        now = int(time.time())
        expires = (now + self.seconds + BUCKET_SECONDS - 1) // BUCKET_SECONDS * BUCKET_SECONDS
        query = {"expires": str(expires)}
        if download:
            query["download"] = download
        query["signature"] = self._signature(path, str(expires), download or "")
        return f"{path}?{urlencode(query)}"

    def check(self, path: str, *, expires: str, signature: str, download: str = "") -> None:
        """Raises BadLink."""
        genuine = hmac.compare_digest(self._signature(path, expires, download), signature)
        if not genuine or not expires.isdigit() or int(expires) < time.time():
            raise BadLink

    def _signature(self, path: str, expires: str, download: str) -> str:
        return self.keys.sign(f"GET\n{path}\n{expires}\n{download}")
