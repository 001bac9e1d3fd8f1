"""Comparing, looking closely and walking through pictures."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

Opener = Callable[..., Page]


def stage_of(page: Page) -> tuple[Locator, dict[str, float]]:
    """The comparison on the parts page, in view, and where it lies."""
    compare = page.locator("#compare image-compare")
    stage = compare.locator(".compare-stage")
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    assert box is not None
    return compare, {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}


def test_compare_follows_a_drag(open_page: Opener) -> None:
    page = open_page("/p/ui")
    compare, box = stage_of(page)

    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 100)
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 120)
    page.mouse.up()
    page.mouse.move(box["x"] + 10, box["y"] + 100)

    expect(compare).to_have_attribute("data-at", "75")


def test_compare_jumps_to_a_click(open_page: Opener) -> None:
    page = open_page("/p/ui")
    compare, box = stage_of(page)

    page.mouse.click(box["x"] + box["width"] * 0.2, box["y"] + 50)

    expect(compare).to_have_attribute("data-at", "20")
    expect(compare.locator("input[type=number]")).to_have_value("20")


def test_compare_moves_by_the_arrow_keys(open_page: Opener) -> None:
    page = open_page("/p/ui")
    compare, _box = stage_of(page)

    compare.locator("input[type=range]").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
    expect(compare).to_have_attribute("data-at", "42")

    page.keyboard.press("Home")
    expect(compare).to_have_attribute("data-at", "0")


@pytest.mark.parametrize(("typed", "shown"), [("65", "65"), ("200", "100"), ("0", "0")])
def test_compare_moves_by_number(open_page: Opener, typed: str, shown: str) -> None:
    page = open_page("/p/ui")
    compare, _box = stage_of(page)

    compare.locator("input[type=number]").fill(typed)
    compare.locator("input[type=number]").blur()

    expect(compare).to_have_attribute("data-at", shown)
    expect(compare.locator("input[type=number]")).to_have_value(shown)


def test_without_scripts_both_pictures_are_shown_one_under_the_other(open_page: Opener) -> None:
    page = open_page("/p/landing", scripts=False)

    after, before = (figure.bounding_box() for figure in page.locator("image-compare figure").all())

    assert after is not None
    assert before is not None
    assert before["y"] >= after["y"] + after["height"]
    assert not page.locator(".compare-tools").is_visible()


def test_arrows_walk_through_the_wall(open_page: Opener) -> None:
    page = open_page("/p/ui")
    links = page.locator("#wall .card-link")

    links.first.focus()
    page.keyboard.press("ArrowRight")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(links.last).to_be_focused()
    page.keyboard.press("Home")

    expect(links.first).to_be_focused()
    assert page.locator("#wall .card-link[tabindex='0']").count() == 1


def test_the_lightbox_walks_and_gives_the_focus_back(open_page: Opener) -> None:
    page = open_page("/p/ui")
    page.locator("#wall .card-link").first.click()

    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-lightbox-caption]")).to_have_text("Photo 2 · 2 / 10")
    page.keyboard.press("Escape")

    expect(page.locator("#lightbox")).to_be_hidden()
    expect(page.locator("#wall .card-link").nth(1)).to_be_focused()
