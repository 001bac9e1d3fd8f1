"""The one outbound HTTP client: it resolves once, refuses private addresses, and connects to what it checked."""

from atelier.runtime.http.client import Outbound, OutboundRefused, outbound_client
from atelier.runtime.http.guard import check_address, check_url

__all__ = ["Outbound", "OutboundRefused", "check_address", "check_url", "outbound_client"]
