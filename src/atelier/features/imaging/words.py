"""A job in words for people: its card, its money, and what to do when it failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from atelier.features.assets import Picture
from atelier.features.assets.ports import Frame
from atelier.features.catalog import Catalogue, say_amount
from atelier.features.imaging.models import Job
from atelier.features.imaging.service import JobLine, JobView
from atelier.features.imaging.types import ErrorClass, JobStatus, Stage
from atelier.kernel.text import _
from atelier.runtime.web.language import gettext

PERMILLE = 1000
FULL = 100
TIER_LABELS = {"free": _("Preview"), "1k": "1K", "2k": "2K", "4k": "4K"}
REMEDIES = {
    ErrorClass.USER: _("Choose another photo, or other settings."),
    ErrorClass.CONTENT: _("Try it with other settings, or with another photo."),
    ErrorClass.NEEDS_INPUT: _("Look at the photo and its settings, then order it again."),
}
REMEDY = _("Try it again; the photo is kept. If it fails once more, write to us with the reference below.")
CAUSES = {
    ErrorClass.DEADLINE: _("We did not get to it in time."),
    ErrorClass.WORKER_DEATH: _("The machine that worked on it stopped, more than once."),
}
CAUSE = _("Something went wrong on our side.")


@dataclass(frozen=True)
class JobCard:
    """A job in a list."""

    id: UUID
    name: str
    status: JobStatus
    picture: Picture | None
    size: str
    price: str
    created_at: datetime
    percent: int

    @property
    def is_open(self) -> bool:
        return not self.status.is_final

    @classmethod
    def of(cls, catalogue: Catalogue, line: JobLine) -> "JobCard":
        job = line.job
        shown = line.source or line.result
        return cls(
            id=job.id,
            name=shown.name if shown else gettext("A photo that was deleted"),
            status=job.status,
            picture=Picture.of(line.picture) if line.picture else None,
            size=gettext(TIER_LABELS[job.tier]) if job.tier else "",
            price=_price(catalogue, job),
            created_at=job.created_at,
            percent=_percent(job),
        )


@dataclass(frozen=True)
class Window:
    """The part of a source that a result shows, as SVG says it, so that before and after lie on each other."""

    box: str
    turn: str

    @classmethod
    def of(cls, source: Picture, frame: Frame) -> "Window | None":
        if frame.keeps_all:
            return None
        x, y, across, down = frame.box
        sides = (x * source.width, y * source.height, across * source.width, down * source.height)
        middle = f"{source.width / 2:g} {source.height / 2:g}"
        return cls(" ".join(f"{side:.2f}" for side in sides), f"rotate({-frame.angle:g} {middle})")


def say_money(catalogue: Catalogue, job: Job) -> str:
    """What happened with the price."""
    held = say_amount(catalogue.unit(job.unit), job.cost_held)
    if job.cost_held == 0:
        return gettext("This size is free.")
    if job.status is JobStatus.SUCCEEDED:
        taken = say_amount(catalogue.unit(job.unit), job.cost_captured)
        return gettext("{amount} charged for the delivered photo.").format(amount=taken)
    if job.status.is_final:
        return gettext("Nothing. The {amount} set aside are back in your balance.").format(amount=held)
    return gettext("{amount} set aside. You pay only when the photo is delivered.").format(amount=held)


def say_failure(job: Job, message: str | None) -> str:
    """The reason that was kept, in the reader's language, else one for its kind."""
    if message:
        return gettext(message)
    return gettext(CAUSES.get(job.error_class, CAUSE) if job.error_class else CAUSE)


def say_remedy(job: Job) -> str:
    return gettext(REMEDIES.get(job.error_class, REMEDY) if job.error_class else REMEDY)


def stage_track(view: JobView) -> Sequence[dict[str, object]]:
    """The stages as the part of the page takes them."""
    return [
        {
            "name": line.stage.value,
            "label": gettext(line.stage.label),
            "state": line.state,
            "seconds": line.seconds,
            "note": gettext(line.warning) if line.warning else "",
        }
        for line in view.stages
    ]


def _price(catalogue: Catalogue, job: Job) -> str:
    """What it cost, costs, or nothing."""
    gone = {JobStatus.FAILED, JobStatus.CANCELED}
    if job.status in gone and job.cost_held:
        return gettext("not charged")
    return say_amount(catalogue.unit(job.unit), job.cost_held) if job.cost_held else gettext("free")


def _percent(job: Job) -> int:
    """All stages together."""
    stages = list(Stage)
    if job.status is JobStatus.SUCCEEDED:
        return FULL
    if job.stage is None:
        return 0
    return round(FULL * (stages.index(job.stage) + job.progress / PERMILLE) / len(stages))
