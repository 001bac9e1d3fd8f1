"""Plugins only; fixtures live in tests/support."""

pytest_plugins = ["tests.support.database"]
