"""The outbound client calls public addresses only, whatever they are dressed as."""

import socket
from typing import Any

import httpx
import pytest

from atelier.runtime.db import Sessions
from atelier.runtime.http import OutboundRefused, check_address, check_url, outbound_client

INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",  # noqa: S104 - an address to be refused
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "::1",
    "fe80::1",
    "fc00::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "2002:a00:1::",
    "ff02::1",
]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_refused(address: str) -> None:
    with pytest.raises(OutboundRefused):
        check_address(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_a_public_address_is_allowed(address: str) -> None:
    check_address(address)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "http://user:word@example.com/",
        "http://example.com:8080/",
        "http://",
        "http://example.com:99999999/",
        "javascript:alert(1)",
    ],
)
def test_a_strange_address_is_refused(url: str) -> None:
    with pytest.raises(OutboundRefused):
        check_url(url)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "localhost", "[::1]", "[::ffff:7f00:1]"]
)
async def test_however_it_is_written_this_machine_is_not_called(host: str) -> None:
    async with outbound_client() as outbound:
        with pytest.raises((OutboundRefused, httpx.InvalidURL)):
            await outbound.fetch("GET", f"http://{host}/")


async def test_a_name_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with a resolver of the attacker's: the address that is checked is the one that is called."""
    real = socket.getaddrinfo

    def rebinding(host: Any, *rest: Any, **more: Any) -> Any:  # noqa: ANN401 - the signature of the socket module
        return real("127.0.0.1" if host in {"rebind.example", b"rebind.example"} else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    async with outbound_client() as outbound:
        with pytest.raises(OutboundRefused):
            await outbound.fetch("GET", "http://rebind.example/")


async def test_nothing_is_fetched_while_a_transaction_is_open(sessions: Sessions) -> None:
    async with outbound_client() as outbound, sessions.begin():
        with pytest.raises(RuntimeError, match="transaction"):
            await outbound.fetch("GET", "http://example.com/")
