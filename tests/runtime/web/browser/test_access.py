"""The parts and frames before axe, a narrow window and the strict content policy."""

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Page

AXE = (files("axe_core_python") / "axe.min.js").read_text()
OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"], "resultTypes": ["violations"]}
Opener = Callable[..., Page]


def faults(page: Page) -> list[str]:
    """What axe finds, one line for each place."""
    page.evaluate(AXE)
    result: dict[str, Any] = page.evaluate("options => axe.run(document, options)", OPTIONS)
    found = [(rule["id"], node) for rule in result["violations"] for node in rule["nodes"]]
    broken = [f"{rule['id']} did not run" for rule in result["incomplete"] if "error" in str(rule["nodes"][0]["any"])]
    return [f"{name}: {node['html'][:160]} {node['failureSummary']}" for name, node in found] + broken


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["ui", "landing", "card", "error"])
def test_axe_finds_nothing(open_page: Opener, troubles: list[str], name: str, width: int, scheme: str) -> None:
    page = open_page(f"/p/{name}?notices=1", width=width, scheme=scheme)

    assert faults(page) == []
    assert troubles == []


@pytest.mark.parametrize("opener", ["[data-dialog=d-confirm]", "[data-lightbox]", ".find", ".menu > summary"])
def test_axe_finds_nothing_in_what_opens_over_the_page(open_page: Opener, opener: str) -> None:
    page = open_page("/p/ui")

    page.locator(opener).first.click()

    assert faults(page) == []


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("name", ["ui", "landing", "card", "error"])
def test_nothing_is_wider_than_a_page_at_four_hundred_percent(open_page: Opener, name: str, direction: str) -> None:
    page = open_page(f"/p/{name}?dir={direction}", width=320)

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("name", ["ui", "landing", "card", "error"])
def test_every_target_has_room_for_a_finger(open_page: Opener, name: str) -> None:
    page = open_page(f"/p/{name}", width=390)

    small = page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, summary, nav a, a.button, [role=option]")]
            .filter((each) => each.checkVisibility() && !each.matches(".visually-hidden, [type=file], .compare-range"))
            .map((each) => [each.outerHTML.slice(0, 90), (each.closest("label") ?? each).getBoundingClientRect()])
            .filter(([, box]) => box.width < 24 || box.height < 24)
            .map(([html, box]) => `${html} ${box.width} x ${box.height}`)"""
    )

    assert "\n".join(small) == ""


def test_pictures_keep_their_place_while_they_load(open_page: Opener) -> None:
    page = open_page("/p/landing")

    shift = page.evaluate(
        """() => new Promise((done) => {
            let sum = 0;
            const observer = new PerformanceObserver((list) => {
              for (const entry of list.getEntries()) sum += entry.value;
            });
            observer.observe({ type: "layout-shift", buffered: true });
            setTimeout(() => done(sum), 200);
        })"""
    )

    assert shift < 0.02


def test_the_policy_is_really_in_force(open_page: Opener, troubles: list[str]) -> None:
    page = open_page("/p/landing")

    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.evaluate("document.body.append(document.createElement('script'))")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<i style=\"color: red\">x</i>')")

    assert any("style" in trouble for trouble in troubles)
