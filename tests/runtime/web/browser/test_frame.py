"""The frame: palette, colours, messages, and a job that moves while one looks."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

Opener = Callable[..., Page]


def test_a_slash_opens_the_palette_and_enter_goes_there(open_page: Opener, troubles: list[str]) -> None:
    page = open_page("/p/ui")
    page.locator("h1").click()

    page.keyboard.press("/")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.type("stud")
    expect(page.locator(".palette-option:visible")).to_have_text("Studio")
    page.keyboard.press("Enter")

    page.wait_for_url("**/p/landing")
    assert troubles == []


def test_a_slash_in_a_field_is_only_a_slash(open_page: Opener) -> None:
    page = open_page("/p/ui")

    page.locator("#f-name").fill("")
    page.locator("#f-name").press_sequentially("a/b")

    expect(page.locator("#palette")).to_be_hidden()
    expect(page.locator("#f-name")).to_have_value("a/b")


def test_the_palette_says_when_nothing_fits(open_page: Opener) -> None:
    page = open_page("/p/ui")
    page.locator(".find").first.click()

    page.keyboard.type("zzz")

    expect(page.get_by_text("Nothing of that name.")).to_be_visible()


def test_the_colours_change_at_once_and_are_remembered(open_page: Opener) -> None:
    page = open_page("/p/landing")
    light = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")

    page.get_by_role("button", name="Dark").click()

    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != light
    assert "theme=dark" in page.evaluate("document.cookie")


def test_a_toast_is_said_and_can_be_sent_away(open_page: Opener) -> None:
    page = open_page("/p/ui")

    page.get_by_role("button", name="Toast: bad").click()
    toast = page.locator(".toast")
    expect(toast).to_have_text("The card was refused. Nothing was charged.")
    toast.get_by_role("button", name="Dismiss").click()

    expect(toast).to_have_count(0)


def test_a_dialog_gives_the_focus_back(open_page: Opener) -> None:
    page = open_page("/p/ui")
    opener = page.get_by_role("button", name="Delete this photo")
    opener.click()
    expect(page.get_by_role("button", name="Keep it")).to_be_focused()

    page.keyboard.press("Escape")

    expect(opener).to_be_focused()


def test_a_table_is_sorted_by_its_header(open_page: Opener) -> None:
    page = open_page("/p/ui")
    table = page.get_by_role("table", name="Wallet")

    table.get_by_role("button", name="Balance").click()

    expect(table.locator("tbody tr td:last-child")).to_have_text(["3", "48", "53"])
    expect(table.get_by_role("columnheader", name="Balance")).to_have_attribute("aria-sort", "ascending")


def test_a_job_moves_by_events_and_ends_in_its_result(open_page: Opener, troubles: list[str]) -> None:
    page = open_page("/p/live")

    expect(page.locator("#finished")).to_have_text("Here is your photo.")
    expect(page.locator("#live")).to_have_text("Your photo is ready.")
    assert page.locator("live-job").count() == 0
    assert troubles == []


def test_stages_move_while_one_looks_and_their_times_are_asked_for(open_page: Opener) -> None:
    page = open_page("/p/live?until=3")

    expect(page.locator("[data-stage=prompting]")).to_have_attribute("data-state", "done")
    expect(page.locator("[data-stage=prompting] [data-stage-time]")).to_have_text("1.3 s")
    expect(page.locator("[data-stage=generating]")).to_have_attribute("aria-current", "step")
    expect(page.locator("[data-stage=generating] [data-stage-state]")).to_have_text("in progress")
    expect(page.locator("[data-stage=checking]")).to_have_attribute("data-state", "pending")
    assert 50 < page.locator("[data-live-progress]").evaluate("bar => bar.value") < 60


def test_times_are_shown_in_the_reader_s_own_words(open_page: Opener) -> None:
    page = open_page("/p/ui")

    time = page.locator("#table time").first

    expect(time).not_to_contain_text("UTC")
    assert time.get_attribute("title")


def test_a_job_is_asked_for_when_events_fail(open_page: Opener) -> None:
    page = open_page("/p/live?refuse=1")

    expect(page.locator("#finished")).to_have_text("Here is your photo.", timeout=15_000)
