"""Declaring who handles a task, a schedule or an event. Each feature's `tasks.py` holds one `Handlers`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from atelier.runtime.db import Sessions
from atelier.runtime.events import Event
from atelier.runtime.ports import Ports
from atelier.runtime.tasks.messages import Message

M = TypeVar("M", bound=Message)
E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class TaskContext:
    """What a handler works with. It begins its own short transactions."""

    sessions: Sessions
    ports: Ports


@dataclass(frozen=True)
class Retry:
    """How often a retryable failure is tried again, with a wait that grows: 2, 4, 8 … seconds and jitter."""

    attempts: int = 5


TaskHandler = Callable[[Any, TaskContext], Awaitable[None]]
ScheduleHandler = Callable[[TaskContext], Awaitable[None]]
EventHandler = Callable[[Any, TaskContext], Awaitable[None]]


@dataclass(frozen=True)
class HandledTask:
    message: type[Message]
    run: TaskHandler
    retry: Retry


@dataclass(frozen=True)
class Schedule:
    name: str
    cron: str
    run: ScheduleHandler


@dataclass(frozen=True)
class Subscription:
    subscriber: str
    event: type[Event]
    run: EventHandler


@dataclass(frozen=True)
class Handlers:
    """One feature's handlers. All may run more than once: they look at the state first."""

    tasks: list[HandledTask] = field(default_factory=list)
    schedules: list[Schedule] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)

    def task(
        self,
        message: type[M],
        *,
        retry: Retry = Retry(),
    ) -> Callable[[Callable[[M, TaskContext], Awaitable[None]]], Callable[[M, TaskContext], Awaitable[None]]]:
        def declare(run: Callable[[M, TaskContext], Awaitable[None]]) -> Callable[[M, TaskContext], Awaitable[None]]:
            self.tasks.append(HandledTask(message, run, retry))
            return run

        return declare

    def schedule(self, cron: str) -> Callable[[ScheduleHandler], ScheduleHandler]:
        """Run at the times of `cron` (five fields, a sixth for seconds), in UTC, on one worker."""

        def declare(run: ScheduleHandler) -> ScheduleHandler:
            self.schedules.append(Schedule(f"{run.__module__}.{run.__qualname__}", cron, run))
            return run

        return declare

    def on(
        self, event: type[E]
    ) -> Callable[[Callable[[E, TaskContext], Awaitable[None]]], Callable[[E, TaskContext], Awaitable[None]]]:
        """Receive an event of a lower feature, in order, at least once."""

        def declare(run: Callable[[E, TaskContext], Awaitable[None]]) -> Callable[[E, TaskContext], Awaitable[None]]:
            self.subscriptions.append(Subscription(f"{run.__module__}.{run.__qualname__}", event, run))
            return run

        return declare
