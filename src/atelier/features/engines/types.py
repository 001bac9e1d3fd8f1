"""What an engine can do, what it is asked for, and what it says it did."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from atelier.features.assets.ports import Frame, ImageFormat

Record = Mapping[str, object]
"""JSON that is stored beside the job."""


@dataclass(frozen=True)
class Capabilities:
    """An honest list; what is not on it is refused with `NotSupported` before anything is charged."""

    name: str
    version: str
    products: frozenset[str]
    tiers: frozenset[str]
    formats: frozenset[ImageFormat]
    max_longest_edge: int
    is_deterministic: bool
    is_local: bool
    can_follow_prompt: bool = False
    can_generate_from_text: bool = False


@dataclass(frozen=True)
class Health:
    is_ready: bool
    detail: str


@dataclass(frozen=True)
class Adjustments:
    """Which corrections are allowed. An allowed one is still made only where its fault was measured."""

    denoise: bool = True
    deblur: bool = True
    white_balance: bool = True
    exposure: bool = True
    look: float = 0.0


@dataclass(frozen=True)
class FrameRequest:
    """How the picture may be cut: straightened, and cropped to `aspect` (width / height) or, without one, as it is."""

    straighten: bool = False
    crop: bool = False
    aspect: float | None = None


@dataclass(frozen=True)
class FrameFound:
    """A suggested frame; `why` is a stable word such as `level`, `cues-disagree` or `subject`."""

    frame: Frame
    why: str


@dataclass(frozen=True)
class EnhanceRequest:
    """`longest_edge` is met exactly, by reducing or, never silently, by enlarging."""

    longest_edge: int
    format: ImageFormat
    quality: int
    seed: int
    frame: Frame = field(default_factory=Frame)
    adjustments: Adjustments = field(default_factory=Adjustments)
    prompt: str | None = None
    negative_prompt: str | None = None


@dataclass(frozen=True)
class StepLog:
    """One step: whether it was applied, a stable word for why (or why not), and the numbers behind it."""

    name: str
    was_applied: bool
    why: str
    measured: Record = field(default_factory=dict)


@dataclass(frozen=True)
class EnhanceResult:
    """What was made, and how. `cost_micro` is what the engine itself charged us, in millionths of a dollar."""

    path: Path
    width: int
    height: int
    size: int
    steps: Sequence[StepLog]
    scale: float
    engine: str
    version: str
    cost_micro: int = 0

    @property
    def is_enlarged(self) -> bool:
        return self.scale > 1

    def to_record(self) -> Record:
        return {**asdict(self), "path": self.path.name, "is_enlarged": self.is_enlarged}


class CallOutcome(StrEnum):
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True)
class CallRecord:
    """What is remembered of one call."""

    engine: str
    reference: str
    attempt: int
    started_at: datetime
    finished_at: datetime
    outcome: CallOutcome = CallOutcome.SUCCEEDED
    cost_micro: int = 0
    model: str | None = None
    request_id: str | None = None
