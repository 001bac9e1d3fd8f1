"""Jobs run, fail, are lost and found again; money follows each ending."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from atelier.features.assets import Gate
from atelier.features.engines import EngineFailed
from atelier.features.imaging import JobEnded, Stage, Worker, cancel_job
from atelier.kernel.clock import utc_now
from atelier.kernel.errors import Invalid
from atelier.runtime.db import DbRole, Sessions
from tests.support.factories import give_units, new_user
from tests.support.jobs import Stub, new_gate, new_image, new_worker, order, status_of
from tests.support.ledger import findings, spendable


@dataclass
class Room:
    """A customer with ten units and a photo, a product of the test's, and a worker."""

    sessions: Sessions
    stub: Stub
    gate: Gate
    worker: Worker
    user_id: UUID
    image_id: UUID

    async def order(self) -> UUID:
        return await order(self.sessions, self.stub.pipelines(), self.user_id, self.image_id)

    async def scalar(self, sql: str) -> object:
        async with self.sessions.begin(role=DbRole.SYSTEM) as session:
            return await session.scalar(text(sql))

    async def run(self, sql: str) -> None:
        async with self.sessions.begin(role=DbRole.SYSTEM) as session:
            await session.execute(text(sql))


@pytest.fixture
async def room(sessions: Sessions, tmp_path: Path) -> Room:
    stub, gate = Stub(), new_gate(tmp_path)
    user_id = await new_user(sessions)
    await give_units(sessions, user_id, 10)
    image_id = await new_image(sessions, gate, user_id, tmp_path)
    return Room(sessions, stub, gate, new_worker(sessions, stub.pipelines(), gate), user_id, image_id)


async def test_a_job_is_delivered_once_and_paid_once(room: Room) -> None:
    job_id = await room.order()
    assert await spendable(room.sessions, room.user_id) == 5

    assert await room.worker.run_due() == 1

    assert await status_of(room.sessions, job_id) == "succeeded"
    assert await room.scalar("SELECT count(*) FROM job_stages") == 6
    assert await room.scalar("SELECT count(*) FROM job_outputs WHERE image_id IS NOT NULL") == 1
    assert await room.scalar("SELECT cost_captured FROM jobs") == 5
    assert await spendable(room.sessions, room.user_id) == 5
    assert await findings(room.sessions) == []


async def test_a_job_that_fails_for_good_costs_nothing(room: Room) -> None:
    room.stub.steps[Stage.GENERATING].errors = [Invalid()]
    job_id = await room.order()

    await room.worker.run_due()

    assert await status_of(room.sessions, job_id) == "failed"
    assert await room.scalar("SELECT error_class FROM jobs") == "user"
    assert await spendable(room.sessions, room.user_id) == 10
    assert await findings(room.sessions) == []


async def test_a_passing_failure_is_tried_again_from_the_stage_where_it_happened(room: Room) -> None:
    room.stub.steps[Stage.GENERATING].errors = [EngineFailed(engine="stub")]
    job_id = await room.order()

    await room.worker.run_due()
    assert await status_of(room.sessions, job_id) == "queued"
    await room.run("UPDATE jobs SET available_at = now()")
    await room.worker.run_due()

    assert await status_of(room.sessions, job_id) == "succeeded"
    assert [room.stub.steps[stage].runs for stage in Stage] == [1, 1, 1, 2, 1, 1]
    assert await findings(room.sessions) == []


async def test_passing_failures_that_do_not_pass_end_the_job(room: Room) -> None:
    room.stub.steps[Stage.GENERATING].errors = [EngineFailed(engine="stub") for _ in range(9)]
    job_id = await room.order()

    for _ in range(4):
        await room.worker.run_due()
        await room.run("UPDATE jobs SET available_at = now()")

    assert await status_of(room.sessions, job_id) == "failed"
    assert room.stub.steps[Stage.GENERATING].runs == 3
    assert await spendable(room.sessions, room.user_id) == 10


async def test_a_soft_stage_that_fails_leaves_a_warning(room: Room) -> None:
    cropping = room.stub.steps[Stage.CROPPING]
    cropping.is_hard, cropping.errors = False, [Invalid()]
    job_id = await room.order()

    await room.worker.run_due()

    assert await status_of(room.sessions, job_id) == "succeeded"
    assert await room.scalar("SELECT stage FROM job_stages WHERE warning IS NOT NULL") == "cropping"


async def test_a_bug_is_tried_once_more_and_tells_no_secrets(room: Room) -> None:
    room.stub.steps[Stage.ANALYZING].errors = [RuntimeError("/secret/path"), RuntimeError("/secret/path")]
    await room.order()

    await room.worker.run_due()
    await room.run("UPDATE jobs SET available_at = now()")
    await room.worker.run_due()

    assert await room.scalar("SELECT error_class FROM jobs WHERE status = 'failed'") == "bug"
    assert "secret" not in str(await room.scalar("SELECT error_message FROM job_details"))
    assert await spendable(room.sessions, room.user_id) == 10


async def test_a_canceled_job_gives_its_units_back_and_stops_the_worker(room: Room) -> None:
    step = room.stub.steps[Stage.GENERATING]
    step.gate = asyncio.Event()
    job_id = await room.order()
    room.worker = new_worker(room.sessions, room.stub.pipelines(), room.gate, lease_seconds=0.6)
    running = asyncio.create_task(room.worker.run_due())
    await step.began.wait()

    async with room.sessions.begin(user_id=room.user_id) as session:
        await cancel_job(session, room.user_id, job_id, now=utc_now())
    await asyncio.wait_for(running, 10)

    assert await status_of(room.sessions, job_id) == "canceled"
    assert await room.scalar("SELECT count(*) FROM job_outputs") == 0
    assert await spendable(room.sessions, room.user_id) == 10
    assert await findings(room.sessions) == []


@pytest.mark.parametrize("attempt", range(5))
async def test_cancel_and_completion_at_once_have_one_winner_and_the_hold_follows(room: Room, attempt: int) -> None:
    step = room.stub.steps[Stage.DELIVERING]
    step.gate = asyncio.Event()
    job_id = await room.order()
    running = asyncio.create_task(room.worker.run_due())
    await step.began.wait()

    async def cancel() -> bool:
        await asyncio.sleep(0.04 * attempt)
        try:
            async with room.sessions.begin(user_id=room.user_id) as session:
                await cancel_job(session, room.user_id, job_id, now=utc_now())
        except JobEnded:
            return False
        return True

    canceling = asyncio.create_task(cancel())
    step.gate.set()
    was_canceled = await canceling
    await asyncio.wait_for(running, 20)

    assert await status_of(room.sessions, job_id) == ("canceled" if was_canceled else "succeeded")
    assert await spendable(room.sessions, room.user_id) == (10 if was_canceled else 5)
    assert await findings(room.sessions) == []


async def test_a_worker_that_went_silent_loses_its_job_and_its_late_writes_are_refused(room: Room) -> None:
    """As after SIGSTOP for longer than the lease, then SIGCONT: the first worker finds that it is too late."""
    step = room.stub.steps[Stage.GENERATING]
    step.gate = asyncio.Event()
    job_id = await room.order()
    stale = asyncio.create_task(room.worker.run_due())
    await step.began.wait()
    await room.run("UPDATE jobs SET lease_until = now() - interval '1 second'")

    await room.worker.sweep()
    assert await status_of(room.sessions, job_id) == "queued"
    step.gate.set()
    await asyncio.wait_for(stale, 20)

    assert await status_of(room.sessions, job_id) == "succeeded"
    assert await room.scalar("SELECT attempt FROM jobs") == 2
    assert await room.scalar("SELECT worker_deaths FROM jobs") == 1
    assert await room.scalar("SELECT count(*) FROM job_outputs") == 1
    assert await spendable(room.sessions, room.user_id) == 5
    assert await findings(room.sessions) == []


async def test_a_job_that_kills_workers_is_stopped(room: Room) -> None:
    job_id = await room.order()

    for _ in range(3):
        await room.run(
            "UPDATE jobs SET status = 'running', attempt = attempt + 1, lease_until = now() - interval '1 second'"
        )
        await room.worker.sweep()

    assert await status_of(room.sessions, job_id) == "failed"
    assert await room.scalar("SELECT error_class FROM jobs") == "worker_death"
    assert await spendable(room.sessions, room.user_id) == 10
    assert await findings(room.sessions) == []


async def test_a_job_past_its_deadline_fails_and_costs_nothing(room: Room) -> None:
    job_id = await room.order()
    await room.run("UPDATE jobs SET deadline_at = now() - interval '1 second'")

    await room.worker.sweep()

    assert await status_of(room.sessions, job_id) == "failed"
    assert await spendable(room.sessions, room.user_id) == 10
    assert await findings(room.sessions) == []


async def test_a_worker_that_stops_hands_its_job_back_without_using_a_try(room: Room) -> None:
    step = room.stub.steps[Stage.GENERATING]
    step.gate = asyncio.Event()
    job_id = await room.order()
    working = asyncio.create_task(room.worker.run())
    await asyncio.wait_for(step.began.wait(), 10)

    working.cancel()
    await asyncio.wait({working})

    assert await status_of(room.sessions, job_id) == "queued"
    assert await room.scalar("SELECT failures + worker_deaths FROM jobs") == 0


async def test_a_hiccup_of_the_database_is_tried_again_and_is_not_called_a_bug(room: Room) -> None:
    trouble = OperationalError("SELECT 1", {}, Exception("server closed the connection"))
    room.stub.steps[Stage.GENERATING].errors = [trouble, trouble]
    job_id = await room.order()

    for _ in range(3):
        await room.worker.run_due()
        await room.run("UPDATE jobs SET available_at = now()")

    assert await status_of(room.sessions, job_id) == "succeeded"
    assert await findings(room.sessions) == []
