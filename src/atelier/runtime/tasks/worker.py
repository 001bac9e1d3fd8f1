"""Running the chores: Procrastinate with a rescue of stalled tasks and a clean-up of finished ones."""

import random
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job

from atelier.kernel.errors import AppError
from atelier.runtime.tasks.handlers import HandledTask, Handlers, Schedule, TaskContext

log = structlog.get_logger(__name__)

STALLED_AFTER_SECONDS = 30
KEEP_FINISHED_HOURS = 72
LONGEST_WAIT_SECONDS = 600


class CategoryRetry(BaseRetryStrategy):
    """Business errors that cannot pass on a second try are not tried again; all else waits 2, 4, 8 … seconds."""

    def __init__(self, attempts: int) -> None:
        self._attempts = attempts

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        final = isinstance(exception, AppError) and not exception.retryable
        if final or job.attempts >= self._attempts:
            return None
        wait = min(LONGEST_WAIT_SECONDS, 2 ** (job.attempts + 1)) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
        return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=wait))


def build_app(url: str, handlers: Sequence[Handlers], context: TaskContext) -> App:
    """The queue's application with every handler and schedule of the product."""
    app = App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=4))
    for feature in handlers:
        for task in feature.tasks:
            app.task(name=task.message.__name__, retry=CategoryRetry(task.retry.attempts))(_task(task, context))
        for schedule in feature.schedules:
            _periodic(app, schedule.name, schedule.cron, _schedule(schedule, context))
    _periodic(app, "runtime.rescue_tasks", "* * * * * */15", _rescue(app))
    _periodic(app, "runtime.clean_up_tasks", "17 * * * *", _clean_up(app))
    return app


async def run_tasks(app: App, *, concurrency: int = 4, wait: bool = True) -> None:
    """Run tasks until cancelled, or (`wait=False`) until none is due."""
    async with app.open_async():
        await app.run_worker_async(
            concurrency=concurrency, wait=wait, install_signal_handlers=False, shutdown_graceful_timeout=10
        )


def _task(task: HandledTask, context: TaskContext) -> Callable[..., Coroutine[Any, Any, None]]:
    async def run(message: dict[str, Any]) -> None:
        await task.run(task.message.model_validate(message), context)

    return run


def _schedule(schedule: Schedule, context: TaskContext) -> Callable[..., Coroutine[Any, Any, None]]:
    async def run(timestamp: int) -> None:  # noqa: ARG001 - given by the queue
        await schedule.run(context)

    return run


def _periodic(app: App, name: str, cron: str, run: Callable[..., Coroutine[Any, Any, None]]) -> None:
    task = app.task(name=name, queueing_lock=name, pass_context=False)(run)
    app.periodic(cron=cron, periodic_id=name)(task)


def _rescue(app: App) -> Callable[..., Coroutine[Any, Any, None]]:
    async def rescue(timestamp: int) -> None:  # noqa: ARG001 - given by the queue
        """A task whose worker died is given to another one."""
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
            log.warning("task_rescued", task=job.task_name, attempts=job.attempts)
            await app.job_manager.retry_job(job)

    return rescue


def _clean_up(app: App) -> Callable[..., Coroutine[Any, Any, None]]:
    async def clean_up(timestamp: int) -> None:  # noqa: ARG001 - given by the queue
        """Finished tasks go after three days; failed ones too, their story is in the log."""
        await app.job_manager.delete_old_jobs(
            KEEP_FINISHED_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
        )

    return clean_up
