"""Ordering, running and ending jobs."""

from atelier.features.imaging.service.ending import cancel_job, sweep_jobs
from atelier.features.imaging.service.ordering import quote_job, retry_job, submit_job
from atelier.features.imaging.service.running import (
    Failure,
    claim_jobs,
    complete_job,
    finish_stage,
    get_work,
    give_up,
    hand_back,
    keep_lease,
    say_progress,
)
from atelier.features.imaging.service.views import JobLine, JobView, list_jobs, view_job, view_lines

__all__ = [
    "Failure",
    "JobLine",
    "JobView",
    "cancel_job",
    "claim_jobs",
    "complete_job",
    "finish_stage",
    "get_work",
    "give_up",
    "hand_back",
    "keep_lease",
    "list_jobs",
    "quote_job",
    "retry_job",
    "say_progress",
    "submit_job",
    "sweep_jobs",
    "view_job",
    "view_lines",
]
