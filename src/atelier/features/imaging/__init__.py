"""Paid image work: ordered and paid in advance, run stage by stage by workers, delivered once or not charged.

A product gives a `Pipeline`; `submit_job` makes the job and its hold in one transaction; a `Worker` claims, works and
delivers, every write fenced by the attempt that it claimed.
"""

from atelier.features.imaging.errors import JobEnded, JobNotFound, LostLease
from atelier.features.imaging.invariants import INVARIANTS
from atelier.features.imaging.messages import JobDelivered, JobFailed
from atelier.features.imaging.ports import Deed, Pipeline, Pipelines, StageContext, Step, Story
from atelier.features.imaging.queries import count_delivered
from atelier.features.imaging.service import (
    JobLine,
    JobView,
    cancel_job,
    list_jobs,
    quote_job,
    retry_job,
    submit_job,
    sweep_jobs,
    view_job,
)
from atelier.features.imaging.types import JobSource, JobStatus, Quote, Record, Stage, StageResult, Tier, Wish
from atelier.features.imaging.words import JobCard
from atelier.features.imaging.worker import Pace, Worker

__all__ = [
    "INVARIANTS",
    "Deed",
    "JobCard",
    "JobDelivered",
    "JobEnded",
    "JobFailed",
    "JobLine",
    "JobNotFound",
    "JobSource",
    "JobStatus",
    "JobView",
    "LostLease",
    "Pace",
    "Pipeline",
    "Pipelines",
    "Quote",
    "Record",
    "Stage",
    "StageContext",
    "StageResult",
    "Step",
    "Story",
    "Tier",
    "Wish",
    "Worker",
    "cancel_job",
    "count_delivered",
    "list_jobs",
    "quote_job",
    "retry_job",
    "submit_job",
    "sweep_jobs",
    "view_job",
]
