"""Plugins only; fixtures live in tests/support."""

pytest_plugins = [
    "tests.support.database",
    "tests.support.settings",
    "tests.support.web",
    "tests.support.people",
    "tests.support.programs",
    "tests.support.live",
]
