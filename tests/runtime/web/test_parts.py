"""The parts as files: every one renders, none breaks the content policy, what is vendored is what was fetched."""

import re
from pathlib import Path

import pytest

from dev import vendor
from tests.runtime.web.browser.harness import ENVIRONMENT, WEB

STATIC = WEB / "static"
TEMPLATES = WEB / "templates"
PARTS = sorted(path.stem for path in (TEMPLATES / "ui").glob("*.html") if path.stem not in {"brand", "toast"})
KIB = 1024


def render(source: str) -> str:
    """A template from its text."""
    return ENVIRONMENT.from_string(source).render()


@pytest.mark.parametrize("name", PARTS)
def test_every_part_is_shown_on_the_parts_page(name: str) -> None:
    shown = [path for path in TEMPLATES.rglob("*.html") if f'from "ui/{name}.html"' in path.read_text()]

    assert shown


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_template_carries_inline_style_or_script(path: Path) -> None:
    text = path.read_text()

    assert not re.search(r"\sstyle=|\son[a-z]+=\"|javascript:|<script(?![^>]*\ssrc=)", text)
    assert len(text.splitlines()) <= 150


def test_styles_stay_under_forty_six_kibibytes() -> None:
    assert sum(path.stat().st_size for path in (STATIC / "css").glob("*.css")) < 46 * KIB


@pytest.mark.parametrize("path", sorted((STATIC / "js").glob("*.js")), ids=lambda path: path.name)
def test_a_script_is_small_and_needs_no_page_code(path: Path) -> None:
    text = path.read_text()

    assert len(text.splitlines()) <= 150
    assert not re.search(r"\beval\(|innerHTML|document\.write|new Function", text)


def test_what_is_vendored_is_what_was_fetched() -> None:
    assert vendor.faults(vendor.VENDOR) == []


def test_a_changed_vendored_file_is_noticed(tmp_path: Path) -> None:
    for package in vendor.PACKAGES:
        folder = tmp_path / package.name
        folder.mkdir()
        for name in (*package.files.values(), "SOURCE.toml"):
            (folder / name).write_bytes((vendor.VENDOR / package.name / name).read_bytes())
    with (tmp_path / "htmx/htmx.min.js").open("a") as file:
        file.write("// changed")

    assert vendor.faults(tmp_path) == ["htmx: files or version differ from SOURCE.toml"]


def test_every_icon_that_a_template_names_exists() -> None:
    drawn = set(re.findall(r'<symbol id="([a-z-]+)"', (STATIC / "icons.svg").read_text()))
    named = set()
    for path in TEMPLATES.rglob("*.html"):
        named |= set(re.findall(r'icon\("([a-z-]+)"', path.read_text()))
        named |= set(re.findall(r'icon(?:_name)?="([a-z-]+)"', path.read_text()))

    assert named - drawn == set()


def test_a_field_ties_its_help_and_its_error_to_the_input() -> None:
    html = render(
        '{% from "ui/field.html" import field %}'
        '{{ field("email", "E-mail", help="Only you see this.", error="This is not right.") }}'
    )

    assert 'aria-describedby="f-email-error f-email-help"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="f-email-error"' in html
    assert 'id="f-email-help"' in html


def test_what_people_typed_is_escaped() -> None:
    html = render(
        '{% from "ui/field.html" import field %}{% from "ui/button.html" import copy_button %}'
        """{{ field("name", "<b>", value='"><script>') }}{{ copy_button('" onclick="x') }}"""
    )

    assert "<script>" not in html
    assert "<b>" not in html
    assert 'onclick="x' not in html


def test_a_busy_button_says_so() -> None:
    html = render('{% from "ui/button.html" import button %}{{ button("Save", kind="primary", busy=true) }}')

    assert 'class="button button-primary"' in html
    assert 'aria-busy="true"' in html


def test_a_chart_has_its_numbers_behind_it() -> None:
    html = render(
        '{% from "ui/chart.html" import bar_chart %}'
        '{{ bar_chart("Photos", [("Mon", 0, "0"), ("Tue", 5, "5")], "From 0 to 5") }}'
    )

    assert 'role="img" aria-label="From 0 to 5"' in html
    assert '<th scope="row">Tue</th><td class="is-number">5</td>' in html


def test_an_empty_table_says_what_to_do() -> None:
    html = render(
        '{% from "ui/table.html" import table %}'
        '{% call table("Keys", [{"label": "Name"}], empty="No keys yet.") %}{% endcall %}'
    )

    assert "No keys yet." in html


def test_the_reference_names_every_part() -> None:
    reference = (WEB.parents[3] / "docs/reference/parts.md").read_text()

    macros = [
        name
        for path in (TEMPLATES / "ui").glob("*.html")
        for name in re.findall(r"{% macro ([a-z_]+)\(", path.read_text())
    ]
    inner = {"below", "described", "label_of", "row_button", "status_words", "data_table", "frame_chart", "rules"}

    assert [name for name in macros if name not in inner and f"`{name}(" not in reference] == []
