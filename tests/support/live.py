"""The whole product as its own processes, and a real browser."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

CHROMIUM = os.environ.get("ATELIER_TEST_CHROMIUM", "/usr/bin/chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class LiveSite:
    """A system that serves on loopback."""

    address: str
    setup_path: str
    folder: Path


@pytest.fixture
def live_site(database_url: str, empty_database: None, tmp_path: Path) -> Iterator[LiveSite]:
    """`atelier serve` over this worker's database: site and worker as its children; stopped cleanly at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "ATELIER_DATA": str(tmp_path / "var"),
        "ATELIER_WEB__PORT": str(port),
        "ATELIER_LOG_LEVEL": "WARNING",
        "ATELIER_SECURITY__ARGON2_MEMORY_KIB": "64",
    }
    log = (tmp_path / "serve.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "atelier", "serve"], env=environment, stdout=subprocess.PIPE, stderr=log, text=True
    )
    assert process.stdout is not None
    lines = [process.stdout.readline(), process.stdout.readline()]
    setup = re.search(r"(/setup\?token=\S+)", lines[1])
    assert setup, f"{lines} {(tmp_path / 'serve.log').read_text()}"
    yield LiveSite(f"http://127.0.0.1:{port}", setup[1], tmp_path)
    process.send_signal(signal.SIGTERM)
    status = process.wait(40)
    process.stdout.close()
    log.close()
    assert status == 0, (tmp_path / "serve.log").read_text()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ends with its module: the event loop that Playwright keeps would trouble the asynchronous tests after it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def window(browser: Browser) -> Iterator[BrowserContext]:
    """A browser window of its own, without cookies."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True, locale="en-GB")
    context.set_default_timeout(20_000)
    yield context
    context.close()
