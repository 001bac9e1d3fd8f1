"""How a well refills: a pure function of time."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Well:
    """So many `units` at each whole interval, up to `cap`; `clock` is when the running interval began."""

    level: int
    cap: int
    units: int
    every: timedelta
    clock: datetime


@dataclass(frozen=True)
class Refill:
    added: int
    clock: datetime


def refill(well: Well, now: datetime) -> Refill:
    """What came since the clock. Part intervals are never lost, and a full well does not bank time."""
    if well.level >= well.cap:
        return Refill(0, max(well.clock, now))
    intervals = max(0, (now - well.clock) // well.every)
    added = min(intervals * well.units, well.cap - well.level)
    if well.level + added >= well.cap:
        return Refill(added, max(well.clock, now))
    return Refill(added, well.clock + intervals * well.every)


def next_refill_at(well: Well) -> datetime | None:
    """When the next units come; None for a full well."""
    return None if well.level >= well.cap else well.clock + well.every
