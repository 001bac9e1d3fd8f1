"""The gate for untrusted images: cheap checks here, everything that parses in the child."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from atelier.adapters.local_engine.child.protocol import Refusal
from atelier.adapters.local_engine.child.sniff import HEAD, sniff
from atelier.adapters.local_engine.process import (
    GIBIBYTE,
    Allowance,
    ChildDied,
    ChildNotStarted,
    ChildRefused,
    ChildRunner,
    ChildTooSlow,
    absolute,
)
from atelier.features.assets import errors
from atelier.features.assets.ports import (
    Derivative,
    DerivativeSpec,
    Frame,
    ImageFacts,
    ImageFormat,
    ImageLimits,
    Likeness,
)
from atelier.kernel.errors import AppError

MEGABYTE = 1_000_000
ALLOWANCE = Allowance(seconds=60, cpu_seconds=30, memory=2 * GIBIBYTE)
REFUSALS: Mapping[str, type[AppError]] = {
    refusal.code(): refusal
    for refusal in (
        errors.NotAnImage,
        errors.SvgNotAccepted,
        errors.FormatNotAccepted,
        errors.HeicNotInstalled,
        errors.TruncatedImage,
        errors.DamagedImage,
        errors.TooManyPixels,
        errors.TooManyPages,
        errors.TooElongated,
        errors.AmbiguousFile,
    )
}


class LocalDecoder:
    """`ImageDecoder` by a child process on this machine."""

    def __init__(self, runner: ChildRunner, *, allowance: Allowance = ALLOWANCE) -> None:
        self._runner = runner
        self._allowance = allowance

    async def inspect(self, path: Path, limits: ImageLimits, *, name: str | None = None) -> ImageFacts:
        called = name or path.name
        size = _check_outside(path, limits, called)
        bounds = {key: value for key, value in asdict(limits).items() if key != "max_bytes"}
        found = await self._run({"command": "inspect", "path": absolute(path), "bounds": bounds}, called)
        return ImageFacts.from_record({**found, "size": size})

    async def derive(self, path: Path, wanted: Sequence[DerivativeSpec], folder: Path) -> Sequence[Derivative]:
        specs = [asdict(spec) for spec in wanted]
        command = {"command": "derive", "path": absolute(path), "folder": absolute(folder), "wanted": specs}
        made = (await self._run(command, path.name))["derivatives"]
        return [_derivative(entry) for entry in made]

    async def compare(self, source: Path, result: Path, *, frame: Frame | None = None) -> Likeness:
        paths = {"path": absolute(source), "result": absolute(result)}
        found = await self._run({"command": "compare", **paths, "frame": asdict(frame or Frame())}, result.name)
        return Likeness(**{**found, "metadata": tuple(found["metadata"])})

    async def _run(self, command: Mapping[str, object], name: str) -> Mapping[str, Any]:
        try:
            return (await self._runner.run(command, self._allowance)).result
        except ChildRefused as refusal:
            raise refused(refusal.code, refusal.context, name) from refusal
        except ChildTooSlow as error:
            raise errors.SlowImage(name=name) from error
        except ChildDied as error:
            raise errors.DamagedImage(name=name) from error
        except ChildNotStarted as error:
            raise errors.DecoderUnavailable from error


def refused(code: str, context: Mapping[str, Any], name: str) -> AppError:
    """The application's error for a refusal of the child's; what it did not foresee is a damaged image."""
    if code in REFUSALS:
        return REFUSALS[code](name=name, **context)
    return errors.DamagedImage(name=name)


def _check_outside(path: Path, limits: ImageLimits, name: str) -> int:
    size = path.stat().st_size
    if size == 0:
        raise errors.EmptyFile(name=name)
    if size > limits.max_bytes:
        megabytes = round(size / MEGABYTE, 1)
        raise errors.FileTooLarge(name=name, megabytes=megabytes, limit=limits.max_bytes // MEGABYTE)
    with path.open("rb") as file:
        head = file.read(HEAD)
    try:
        sniff(head)
    except Refusal as refusal:
        raise refused(refusal.code, refusal.context, name) from refusal
    return size


def _derivative(made: Mapping[str, Any]) -> Derivative:
    path = Path(made["path"])
    return Derivative(
        name=made["name"],
        path=path,
        format=ImageFormat(made["format"]),
        width=made["width"],
        height=made["height"],
        size=path.stat().st_size,
    )
