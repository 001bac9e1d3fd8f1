"""Plugins only; fixtures live in tests/support."""

pytest_plugins = ["tests.support.database", "tests.support.web", "tests.support.people"]
