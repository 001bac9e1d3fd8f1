"""The first visit in a real browser: sign up, verify, drop a photo, watch, compare, download, read the bill."""

import os
import re
from importlib import resources
from pathlib import Path
from typing import Literal

import pytest
from axe_core_python.sync_playwright import Axe
from PIL import Image as Pillow
from playwright.sync_api import BrowserContext, Page, expect

from atelier.runtime.crypto.tokens import new_token
from tests.support.live import LiveSite

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SHOTS = os.environ.get("ATELIER_SCREENSHOTS")
"""A folder to keep screenshots in; `make screenshots` refreshes those of the documentation."""
SHOWN = {"landing", "new", "job", "wallet", "studio", "images", "settings"}


class Visitor:
    """Somebody with a browser, a password and two files."""

    def __init__(self, site: LiveSite, window: BrowserContext) -> None:
        self.site = site
        self.page: Page = window.new_page()
        self.trouble: list[str] = []
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.email = "ada@example.com"
        self.password = f"a long {new_token().text[:12]}"

    def open(self, path: str) -> None:
        self.page.goto(self.site.address + path)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=re.compile(name)).first.click()

    def look(self, name: str) -> None:
        """Axe finds nothing, at phone and desktop width, light and dark; nothing is wider than the screen."""
        for scheme in SCHEMES:
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for width, (wide, high) in SIZES.items():
                self.page.set_viewport_size({"width": wide, "height": high})
                if SHOTS and name in SHOWN:
                    self.page.wait_for_timeout(150)
                    self.page.screenshot(path=Path(SHOTS, f"{name}-{width}-{scheme}.jpg"), type="jpeg", quality=80)
                overflow = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert overflow <= 0, f"{name} is {overflow} px too wide at {wide} px"
                found = Axe().run(self.page)["violations"]
                assert [f"{name} {scheme} {width}: {item['id']}" for item in found] == []
        self.page.set_viewport_size({"width": 1280, "height": 800})
        self.page.emulate_media(color_scheme="light", reduced_motion="no-preference")


@pytest.fixture
def visitor(live_site: LiveSite, window: BrowserContext) -> Visitor:
    return Visitor(live_site, window)


def photo(folder: Path) -> Path:
    """The bundled photo: dark and noisy."""
    path = folder / "dandelions.jpg"
    path.write_bytes((resources.files("atelier.entrypoints") / "demo" / "photo.jpg").read_bytes())
    return path


def broken(folder: Path) -> Path:
    """The same, cut off in the middle."""
    path = folder / "torn.jpg"
    path.write_bytes(photo(folder).read_bytes()[:90_000])
    return path


def sign_up(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("/sign-up")
    visitor.look("sign-up")
    page.get_by_label("E-mail").fill(visitor.email)
    page.get_by_label("Password", exact=True).fill(visitor.password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/sign-up/sent*")
    for _attempt in range(60):
        visitor.open("/mailbox")
        if page.locator("a[href^='/mailbox/']").count():
            break
        page.wait_for_timeout(250)
    visitor.look("mailbox")
    page.locator("a[href^='/mailbox/']").first.click()
    page.locator("a[href*='/verify?']").first.click()
    visitor.press("Confirm")
    if page.get_by_label("Password", exact=True).count() == 0:
        visitor.open("/sign-in")
    if "/sign-in" in page.url:
        page.get_by_label("E-mail").fill(visitor.email)
        page.get_by_label("Password", exact=True).fill(visitor.password)
        page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/studio")


def wait_for_the_gift(visitor: Visitor) -> None:
    for _attempt in range(60):
        visitor.open("/studio")
        if visitor.page.get_by_text("20 credits").count():
            return
        visitor.page.wait_for_timeout(250)
    raise AssertionError("the welcome gift did not come")


def test_from_the_first_visit_to_the_bill(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.page
    visitor.open("/")
    visitor.look("landing")
    sign_up(visitor)
    wait_for_the_gift(visitor)
    visitor.look("studio-empty")

    visitor.open("/new")
    page.locator("input[type=file]:not([capture])").first.set_input_files([str(photo(tmp_path)), str(broken(tmp_path))])
    expect(page.locator(".file[data-state=done]")).to_have_count(1)
    refused = page.locator(".file[data-state=failed]")
    expect(refused).to_contain_text("torn.jpg")
    expect(refused).to_contain_text("incomplete")
    refused.get_by_role("button", name=re.compile("Remove")).click()
    page.get_by_role("radio", name=re.compile("4K")).check()
    expect(page.locator("#price")).to_contain_text("10 credits")
    visitor.look("new")
    visitor.press("Enhance 1 photo")

    page.wait_for_url("**/jobs/*")
    expect(page.locator("image-compare")).to_be_visible(timeout=60_000)
    visitor.look("job")
    handle = page.locator("image-compare input[type=range]")
    handle.focus()
    page.keyboard.press("ArrowRight")
    assert handle.input_value() != "50"
    page.locator("image-compare input[type=number]").fill("20")
    assert handle.input_value() == "20"
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").first.click()
    with Pillow.open(download.value.path()) as result:
        assert max(result.size) == 4096

    visitor.open("/wallet")
    expect(page.locator("main")).to_contain_text("10 credits")
    expect(page.locator("main")).to_contain_text("Welcome gift")
    visitor.look("wallet")
    for path, name in (("/studio", "studio"), ("/jobs", "jobs"), ("/images", "images"), ("/settings", "settings")):
        visitor.open(path)
        visitor.look(name)
    assert visitor.trouble == []


def test_reading_and_downloading_need_no_script(visitor: Visitor, tmp_path: Path) -> None:
    sign_up(visitor)
    wait_for_the_gift(visitor)
    browser = visitor.page.context.browser
    assert browser is not None
    plain = browser.new_context(
        java_script_enabled=False, storage_state=visitor.page.context.storage_state(), accept_downloads=True
    )
    page = plain.new_page()

    page.goto(f"{visitor.site.address}/new")
    page.locator("input[type=file]:not([capture])").first.set_input_files(str(photo(tmp_path)))
    page.get_by_role("button", name=re.compile("Enhance")).first.click()
    page.wait_for_url("**/jobs/*")
    for _attempt in range(100):
        page.reload()
        if page.get_by_role("link", name="Download").count():
            break
        page.wait_for_timeout(300)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").first.click()

    assert download.value.path().stat().st_size > 10_000
    plain.close()
