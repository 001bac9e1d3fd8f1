"""Which addresses may be called: public ones, on the web's ports, without a user name in them."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from atelier.kernel.errors import Invalid
from atelier.kernel.text import _

PORTS = frozenset({80, 443})
# Ranges that `is_global` lets through although they lead inside: NAT64, 6to4 and Teredo carry IPv4 addresses.
TUNNELS = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))


class OutboundRefused(Invalid):
    message = _("This address may not be called: {reason}.")


def check_url(url: str) -> SplitResult:
    """Raises OutboundRefused for what is refused whatever the name resolves to."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise OutboundRefused(reason="it cannot be read") from error
    if parts.scheme not in {"http", "https"}:
        raise OutboundRefused(reason="only http and https are allowed")
    if parts.username or parts.password:
        raise OutboundRefused(reason="it carries a user name")
    if not parts.hostname:
        raise OutboundRefused(reason="it names no host")
    if port not in PORTS:
        raise OutboundRefused(reason="only ports 80 and 443 are allowed")
    return parts


def check_address(address: str) -> None:
    """Raises OutboundRefused for anything but a public unicast address."""
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    tunneled = any(ip.version == net.version and ip in net for net in TUNNELS)
    if not ip.is_global or ip.is_multicast or tunneled:
        raise OutboundRefused(reason="it is not a public address")
