"""An httpx client over a guarded transport. Redirects are followed by hand, each hop checked again."""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import httpx

from atelier.runtime.db import in_transaction
from atelier.runtime.http.guard import OutboundRefused, check_address, check_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MAX_REDIRECTS = 3
MAX_BYTES = 50_000_000
TIMEOUT = httpx.Timeout(30, connect=5)

__all__ = ["Outbound", "OutboundRefused", "outbound_client"]


class Outbound:
    """Fetches from the outside world, never while a transaction is open."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def fetch(
        self, method: str, url: str, *, max_bytes: int = MAX_BYTES, content: bytes | None = None
    ) -> httpx.Response:
        """The answer with its body, at most `max_bytes` of it. Raises OutboundRefused or httpx errors."""
        if in_transaction():
            raise RuntimeError("a remote call while a transaction is open")
        for _hop in range(MAX_REDIRECTS + 1):
            response = await self._once(method, url, max_bytes, content=content)
            if not response.is_redirect:
                return response
            url = urljoin(url, response.headers["location"])
        raise OutboundRefused(reason="it redirects too often")

    async def _once(self, method: str, url: str, max_bytes: int, *, content: bytes | None) -> httpx.Response:
        check_url(url)
        async with self._client.stream(method, url, content=content) as response:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > max_bytes:
                    raise OutboundRefused(reason="its answer is too large")
            return httpx.Response(
                response.status_code, headers=response.headers, content=bytes(body), request=response.request
            )


class _PinnedTransport(httpx.AsyncHTTPTransport):
    """Resolves the name once, checks every address, and connects to a checked one with the right SNI and Host."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        addresses = await _resolve(host, request.url.port or (443 if request.url.scheme == "https" else 80))
        for address in addresses:
            check_address(address)
        request.headers["Host"] = request.url.netloc.decode()
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=addresses[0])
        return await super().handle_async_request(request)


async def _resolve(host: str, port: int) -> Sequence[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise OutboundRefused(reason="its name does not resolve") from error
    return [str(entry[4][0]) for entry in found]


@asynccontextmanager
async def outbound_client() -> "AsyncIterator[Outbound]":
    async with httpx.AsyncClient(transport=_PinnedTransport(retries=0), timeout=TIMEOUT, trust_env=False) as client:
        yield Outbound(client)
