"""Where a request comes from, as far as it can be known: what a client writes about itself is not believed."""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from starlette.requests import HTTPConnection

from atelier.runtime.web.site import site_of

USER_AGENT_LENGTH = 300
V4_PREFIX = 24
V6_PREFIX = 56
FORWARDING = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")


@dataclass(frozen=True)
class Client:
    """The other end of a request."""

    ip: str
    user_agent: str

    @property
    def network(self) -> str:
        """The neighbourhood of the address, which one visitor can hop about in."""
        address = ip_address(self.ip)
        return str(ip_network(f"{address}/{V4_PREFIX if address.version == 4 else V6_PREFIX}", strict=False))  # noqa: PLR2004


def client_of(connection: HTTPConnection) -> Client:
    """The peer, or what the trusted proxies in front of us say; each of them adds one address on the right."""
    peer = connection.client.host if connection.client else "0.0.0.0"  # noqa: S104 - no address known
    behind = site_of(connection).settings.web.trusted_proxies
    told = [part.strip() for part in connection.headers.get("x-forwarded-for", "").split(",") if part.strip()]
    chain = [*told, peer] if behind else [peer]
    found = chain[max(0, len(chain) - 1 - behind)]
    agent = "".join(letter for letter in connection.headers.get("user-agent", "") if letter.isprintable())
    return Client(found if _is_address(found) else _known(peer), agent[:USER_AGENT_LENGTH])


def is_from_this_machine(connection: HTTPConnection) -> bool:
    """Whether the peer is on this machine and speaks for itself: a proxy here brings in strangers."""
    peer = connection.client.host if connection.client else ""
    is_forwarded = any(name in connection.headers for name in FORWARDING)
    return not is_forwarded and _is_address(peer) and ip_address(peer).is_loopback


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _known(peer: str) -> str:
    return peer if _is_address(peer) else "0.0.0.0"  # noqa: S104 - a test's or a socket's name
