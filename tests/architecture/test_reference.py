"""The reference pages that are written from the code say what the code says."""

import pytest

from dev.reference import FOLDER, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_the_code_says(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name](), "run: make docs"
