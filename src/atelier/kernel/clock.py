"""The current time, always aware and in UTC. Business code takes `now` as a parameter; only edges call this."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    return datetime.now(UTC)
