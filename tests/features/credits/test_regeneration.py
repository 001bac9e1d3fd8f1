"""How a well refills, over any time and any way of looking at it."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from atelier.features.credits.regeneration import Well, next_refill_at, refill

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
EVERY = timedelta(minutes=15)
waits = st.lists(st.integers(0, 100_000).map(lambda seconds: timedelta(seconds=seconds)), max_size=20)


def well(level: int, clock: datetime, *, cap: int = 10, units: int = 1) -> Well:
    return Well(level, cap, units, EVERY, clock)


@given(level=st.integers(0, 9), looks=waits)
def test_looking_often_gives_the_same_as_looking_once(level: int, looks: list[timedelta]) -> None:
    now, seen, clock = BEGIN, level, BEGIN
    for wait in looks:
        now += wait
        found = refill(well(seen, clock), now)
        seen, clock = seen + found.added, found.clock

    assert seen == level + refill(well(level, BEGIN), now).added


@given(level=st.integers(0, 10), wait=st.integers(0, 10**7))
def test_a_well_never_holds_more_than_its_cap(level: int, wait: int) -> None:
    found = refill(well(level, BEGIN), BEGIN + timedelta(seconds=wait))

    assert 0 <= found.added <= 10 - level


def test_a_full_well_does_not_bank_time() -> None:
    later = BEGIN + timedelta(days=3)

    found = refill(well(10, BEGIN), later)

    assert found.added == 0
    assert refill(well(0, found.clock), later + timedelta(minutes=14, seconds=59)).added == 0
    assert refill(well(0, found.clock), later + timedelta(minutes=15)).added == 1


def test_a_part_of_an_interval_is_not_lost() -> None:
    first = refill(well(0, BEGIN), BEGIN + timedelta(minutes=29, seconds=59))
    second = refill(well(first.added, first.clock), BEGIN + timedelta(minutes=30))

    assert (first.added, second.added) == (1, 1)


def test_the_next_refill_is_named_until_the_well_is_full() -> None:
    assert next_refill_at(well(9, BEGIN)) == BEGIN + EVERY
    assert next_refill_at(well(10, BEGIN)) is None
