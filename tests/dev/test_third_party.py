"""The page of third parties follows the lock."""

from dev.third_party import Entry, find_problems, locked_packages, read_page, write

LOCK = """
[[package]]
name = "atelier-studio"
dependencies = [{ name = "direct" }]
[package.optional-dependencies]
heic = [{ name = "optional" }]
[package.dev-dependencies]
dev = [{ name = "tool" }]

[[package]]
name = "direct"
dependencies = [{ name = "indirect" }]

[[package]]
name = "indirect"

[[package]]
name = "optional"

[[package]]
name = "tool"
"""


def test_what_the_product_needs_is_listed_and_the_tools_are_not() -> None:
    assert locked_packages(LOCK) == ["direct", "indirect", "optional"]


def test_what_is_missing_superfluous_or_unexplained_is_named() -> None:
    listed = {"direct": Entry("direct", "MIT", "?"), "gone": Entry("gone", "MIT", "was here")}

    assert find_problems(["direct", "indirect"], listed) == [
        "indirect is locked and not listed",
        "gone is listed and not locked",
        "direct lacks its licence or its purpose",
    ]


def test_purposes_survive_a_new_page() -> None:
    page = write(["jinja2"], {"jinja2": Entry("jinja2", "?", "templates")})

    entry = read_page(page)["jinja2"]
    assert entry.purpose == "templates"
    assert "BSD" in entry.licence
