"""Jobs: the narrow hot table, and the rest beside it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from atelier.features.imaging.types import ErrorClass, InputRole, JobSource, JobStatus, Stage, Tier, Verdict
from atelier.runtime.db import Base, Changing, Identified, Json

OPEN = text("status IN ('queued', 'running')")


class Job(Changing, Base):
    """Paid image work. `attempt` fences: every write of a worker carries the attempt that it claimed."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_ready", "turn", "id", postgresql_where=text("status = 'queued'")),
        Index("ix_jobs_running", "lease_until", postgresql_where=text("status = 'running'")),
        Index("ix_jobs_deadline", "deadline_at", postgresql_where=OPEN),
        Index("ix_jobs_user_id_id", "user_id", "id"),
        Index("ix_jobs_user_id_updated_at", "user_id", "updated_at"),
        UniqueConstraint("user_id", "submission_key"),
        UniqueConstraint("hold_id"),
        CheckConstraint("(status IN ('queued', 'running')) = (finished_at IS NULL)", name="finished_when_final"),
        CheckConstraint("cost_captured BETWEEN 0 AND cost_held", name="never_more_than_held"),
        CheckConstraint("(status = 'running') = (lease_until IS NOT NULL)", name="leased_while_running"),
        CheckConstraint("progress BETWEEN 0 AND 1000", name="progress_in_permille"),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    product: Mapped[str]
    tier: Mapped[Tier | None]
    status: Mapped[JobStatus] = mapped_column(server_default=JobStatus.QUEUED)
    stage: Mapped[Stage | None]
    progress: Mapped[int] = mapped_column(server_default=text("0"))
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    turn: Mapped[int]
    available_at: Mapped[datetime] = mapped_column(server_default=func.now())
    deadline_at: Mapped[datetime]
    attempt: Mapped[int] = mapped_column(server_default=text("0"))
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    max_attempts: Mapped[int] = mapped_column(server_default=text("3"))
    worker_deaths: Mapped[int] = mapped_column(server_default=text("0"))
    lease_until: Mapped[datetime | None]
    worker_id: Mapped[str | None]
    unit: Mapped[str]
    cost_held: Mapped[int] = mapped_column(server_default=text("0"))
    cost_captured: Mapped[int] = mapped_column(server_default=text("0"))
    hold_id: Mapped[UUID | None] = mapped_column(ForeignKey("credit_holds.id", ondelete="RESTRICT"))
    submission_key: Mapped[str | None]
    error_class: Mapped[ErrorClass | None]
    error_code: Mapped[str | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class JobDetails(Base):
    """What is read with one job, and written once."""

    __tablename__ = "job_details"
    __table_args__ = (CheckConstraint("char_length(prompt) <= 4000", name="prompt_length"),)

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    parameters: Mapped[Json]
    prompt: Mapped[str | None]
    recipe: Mapped[str]
    engine: Mapped[str]
    model: Mapped[str | None]
    temperature: Mapped[str | None]
    seed: Mapped[int]
    source: Mapped[JobSource]
    api_key_id: Mapped[UUID | None] = mapped_column(ForeignKey("api_keys.id", ondelete="SET NULL"), index=True)
    retry_of: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"), index=True)
    output_count: Mapped[int] = mapped_column(server_default=text("1"))
    workflow_run_id: Mapped[str | None]
    error_message: Mapped[str | None]


class JobInput(Identified, Base):
    """A picture that a job works on."""

    __tablename__ = "job_inputs"
    __table_args__ = (UniqueConstraint("job_id", "role"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    role: Mapped[InputRole]
    image_id: Mapped[UUID | None] = mapped_column(ForeignKey("images.id", ondelete="SET NULL"), index=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id", ondelete="RESTRICT"), index=True)


class JobStage(Identified, Base):
    """What a stage recorded. There is one for each stage of a job: a second attempt cannot record it again."""

    __tablename__ = "job_stages"
    __table_args__ = (UniqueConstraint("job_id", "stage"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    stage: Mapped[Stage]
    attempt: Mapped[int]
    output: Mapped[Json]
    files: Mapped[Json]
    source: Mapped[str]
    warning: Mapped[str | None]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]


class JobOutput(Identified, Base):
    """A delivered picture, and what was paid for it."""

    __tablename__ = "job_outputs"
    __table_args__ = (UniqueConstraint("job_id", "number"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    number: Mapped[int]
    image_id: Mapped[UUID | None] = mapped_column(ForeignKey("images.id", ondelete="SET NULL"), index=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id", ondelete="RESTRICT"), index=True)
    is_chosen: Mapped[bool] = mapped_column(server_default=text("false"))
    verdict: Mapped[Verdict] = mapped_column(server_default=Verdict.PASSED)
    captured_units: Mapped[int]
