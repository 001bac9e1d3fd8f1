"""Which names this site answers to: a page elsewhere may point its own name at us, and would then read what we say."""

from ipaddress import ip_address
from urllib.parse import urlsplit

LOCALHOST = "localhost"


class Hosts:
    """The public address, the one listened on, and this machine's own names when the public address is one of them."""

    def __init__(self, public_url: str, listening: tuple[str, int]) -> None:
        parts = urlsplit(public_url)
        self._public = _split(parts.netloc, parts.scheme)
        self._scheme = parts.scheme
        self._listening = (listening[0].lower(), listening[1])
        self._is_local = is_loopback_site(public_url)

    def allows(self, header: str) -> bool:
        found = _split(header, self._scheme)
        if found is None:
            return False
        if found in {self._public, self._listening} or _split(header, "http") == self._listening:
            return True
        name, port = found
        if self._is_local and is_loopback(name):
            return True
        return port == self._listening[1] and _is_anywhere(self._listening[0]) and _is_address(name)


def is_loopback_site(public_url: str) -> bool:
    return is_loopback(urlsplit(public_url).hostname or "")


def is_loopback(name: str) -> bool:
    return name == LOCALHOST or (_is_address(name) and ip_address(name).is_loopback)


def _is_anywhere(name: str) -> bool:
    """Listening on every address, ours are not known here; but an address, unlike a name, cannot be pointed at us."""
    return _is_address(name) and ip_address(name).is_unspecified


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _split(header: str, scheme: str) -> tuple[str, int] | None:
    """Name and port of a Host header, or None when it is none."""
    try:
        parts = urlsplit(f"//{header}")
        port = parts.port
    except ValueError:
        return None
    if parts.netloc != header or parts.username is not None or not parts.hostname:
        return None
    return parts.hostname, port or (443 if scheme == "https" else 80)
