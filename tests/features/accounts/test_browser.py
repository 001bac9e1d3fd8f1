"""The pages of accounts, mails and the back office in a real browser."""

import re
from collections.abc import Iterator

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.live import LiveSite

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PASSWORD = "blue-kettle-under-rain"
WIDTHS = (1280, 390)


@pytest.fixture
def page(window: BrowserContext) -> Iterator[Page]:
    """A page that must not complain."""
    troubles: list[str] = []
    page = window.new_page()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    yield page
    assert troubles == []


def look(page: Page) -> None:
    """Axe finds nothing, and nothing is wider than the screen, on a desk and on a phone, light and dark."""
    page.wait_for_load_state()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url
            found = Axe().run(page)["violations"]
            assert [(item["id"], [node["html"] for node in item["nodes"]]) for item in found] == [], page.url
    page.set_viewport_size({"width": 1280, "height": 844})


def test_one_joins_by_the_mailbox_page_and_manages_the_account(live_site: LiveSite, page: Page) -> None:
    page.goto(live_site.address + "/sign-up")
    look(page)
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Make an account").click()
    expect(page).to_have_url(re.compile("/sign-up/sent"))
    look(page)
    page.goto(live_site.address + "/mailbox")
    for _ in range(40):
        if page.get_by_role("link", name="Confirm your address").count():
            break
        page.wait_for_timeout(250)
        page.reload()
    look(page)
    page.get_by_role("link", name="Confirm your address").click()
    expect(page).to_have_url(re.compile("/mailbox/"))
    look(page)
    page.frame_locator("iframe").get_by_role("link", name="Confirm my address").click()
    expect(page).to_have_url(re.compile("/verify"))
    look(page)
    page.get_by_role("button", name="Confirm my address").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    look(page)
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/studio"))
    page.goto(live_site.address + "/settings")
    look(page)
    page.get_by_label("What it is for").fill("backup")
    page.get_by_label("See jobs").check()
    page.get_by_role("button", name="Make the key").click()
    expect(page.locator("#new-key code")).to_have_text(re.compile("^atl_live_"))
    look(page)


def test_the_first_administrator_sets_up_and_opens_the_back_office(live_site: LiveSite, page: Page) -> None:
    page.goto(live_site.address + live_site.setup_path)
    look(page)
    page.get_by_label("E-mail").fill("first@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Make the administrator").click()
    expect(page).to_have_url(re.compile("/studio"))
    for path in ("/admin/people", "/admin/audit", "/admin/errors"):
        page.goto(live_site.address + path)
        look(page)
    page.goto(live_site.address + "/admin/people")
    page.get_by_role("link", name="first@example.com").click()
    expect(page).to_have_url(re.compile("/admin/people/"))
    look(page)


def test_the_reset_pages_are_fit_for_everybody(live_site: LiveSite, page: Page) -> None:
    for path in ("/reset", "/reset/sent", "/reset/some-token", "/sign-in/link/some-token"):
        page.goto(live_site.address + path)
        look(page)
