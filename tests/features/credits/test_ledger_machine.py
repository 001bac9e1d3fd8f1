"""The ledger against a model of five numbers: any order of grants, holds, captures, releases, expiries, repeats."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from atelier.features import catalog
from atelier.features.credits import (
    BucketKind,
    Grant,
    InsufficientCredits,
    NewHold,
    TransferKind,
    adjust,
    capture_hold,
    expire_due,
    grant,
    place_hold,
    release_hold,
    spendable,
)
from atelier.kernel.ids import new_id
from atelier.runtime.db import DbRole, Sessions, connect
from atelier.runtime.settings import Database
from tests.support.factories import UNIT, new_user
from tests.support.ledger import findings

T = TypeVar("T")
BEGIN = datetime.fromisoformat("2026-01-01T00:00:00+00:00")


@dataclass
class ModelHold:
    id: UUID
    amount: int
    is_open: bool = True


class LedgerMachine(RuleBasedStateMachine):
    """Compares what can be spent after each step, and proves the books at the end."""

    holds: Bundle[ModelHold] = Bundle("holds")
    url = ""

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.sessions: Sessions = self.run(self.open())
        self.user_id = self.run(new_user(self.sessions))
        self.now = BEGIN
        self.granted = self.spent = self.held = self.gone = 0
        self.keys: list[Grant] = []

    async def open(self) -> Sessions:
        sessions = connect(self.url, Database())
        plain = catalog.read_catalogue("atelier").model_copy(update={"regeneration": None})
        async with sessions.begin(role=DbRole.SYSTEM) as session:
            await catalog.apply_catalogue(session, plain)
        return sessions

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    @rule(units=st.integers(1, 30), bucket=st.sampled_from([BucketKind.BONUS, BucketKind.PURCHASED, BucketKind.TRIAL]))
    def give(self, units: int, bucket: BucketKind) -> None:
        gift = Grant(UNIT, units, TransferKind.BONUS, bucket, "machine", str(new_id()))
        assert self.run(self._grant(gift))
        self.keys.append(gift)
        self.granted += units

    @rule(data=st.data())
    def give_the_same_again(self, data: st.DataObject) -> None:
        if self.keys:
            assert not self.run(self._grant(data.draw(st.sampled_from(self.keys))))

    @rule(target=holds, amount=st.integers(1, 25))
    def hold(self, amount: int) -> ModelHold:
        possible = amount <= self.expected()
        try:
            hold_id = self.run(self._hold(amount))
        except InsufficientCredits:
            assert not possible
            return ModelHold(new_id(), amount, is_open=False)
        assert possible
        self.held += amount
        return ModelHold(hold_id, amount)

    @rule(hold=holds, part=st.floats(0, 1))
    def capture(self, hold: ModelHold, part: float) -> None:
        amount = round(hold.amount * part)
        won = self.run(self._capture(hold.id, amount))
        assert won == hold.is_open
        if won:
            hold.is_open = False
            self.held -= hold.amount
            self.spent += amount

    @rule(hold=holds)
    def release(self, hold: ModelHold) -> None:
        won = self.run(self._release(hold.id))
        assert won == hold.is_open
        if won:
            hold.is_open = False
            self.held -= hold.amount

    @rule(units=st.integers(1, 20))
    def take_back(self, units: int) -> None:
        possible = units <= self.expected()
        try:
            assert self.run(self._adjust(-units))
        except InsufficientCredits:
            assert not possible
            return
        assert possible
        self.gone += units

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.run(self._expire())

    @invariant()
    def what_can_be_spent_is_what_the_model_says(self) -> None:
        if hasattr(self, "sessions"):
            assert self.run(self._spendable()) == self.expected()

    def teardown(self) -> None:
        if hasattr(self, "sessions"):
            wrong = self.run(findings(self.sessions))
            self.run(self.sessions.close())
            self.loop.close()
            assert wrong == []

    def expected(self) -> int:
        return self.granted - self.spent - self.held - self.gone

    async def _grant(self, gift: Grant) -> bool:
        async with self.sessions.begin(role=DbRole.SYSTEM) as session:
            return await grant(session, self.user_id, gift, now=self.now)

    async def _hold(self, amount: int) -> UUID:
        hold = NewHold(UNIT, amount, str(new_id()), self.now + timedelta(hours=1))
        async with self.sessions.begin(user_id=self.user_id) as session:
            return await place_hold(session, self.user_id, hold, now=self.now)

    async def _capture(self, hold_id: UUID, amount: int) -> bool:
        async with self.sessions.begin(role=DbRole.SYSTEM) as session:
            return await capture_hold(session, hold_id, amount, product="enhancement", now=self.now)

    async def _release(self, hold_id: UUID) -> bool:
        async with self.sessions.begin(role=DbRole.SYSTEM) as session:
            return await release_hold(session, hold_id, now=self.now)

    async def _adjust(self, units: int) -> bool:
        async with self.sessions.begin(role=DbRole.SYSTEM) as session:
            facts = {"reason": "machine", "actor": "machine", "key": str(new_id())}
            return await adjust(session, self.user_id, unit=UNIT, units=units, now=self.now, **facts)

    async def _expire(self) -> None:
        await expire_due(self.sessions, now=self.now)

    async def _spendable(self) -> int:
        async with self.sessions.read(role=DbRole.SYSTEM) as session:
            return await spendable(session, self.user_id, UNIT, now=self.now)


@pytest.mark.timeout(300)
def test_any_order_of_steps_leaves_right_books(database_url: str, empty_database: None) -> None:
    LedgerMachine.url = database_url
    machine = LedgerMachine.TestCase
    machine.settings = settings(
        max_examples=50, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
    )
    machine().runTest()
