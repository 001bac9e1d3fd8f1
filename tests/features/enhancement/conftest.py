"""What `ctx.obj` offers on the command line, and a place for a pipeline to run."""

from pathlib import Path

import pytest

from atelier.adapters.local_engine.decoder import LocalDecoder
from atelier.adapters.local_engine.engine import LocalEngine
from atelier.adapters.local_engine.process import ChildRunner


class Workshop:
    """The local engine, as the entrypoint gives it to the command."""

    def __init__(self) -> None:
        self._runner = ChildRunner()

    def engine(self) -> LocalEngine:
        return LocalEngine(self._runner)

    def decoder(self) -> LocalDecoder:
        return LocalDecoder(self._runner)


@pytest.fixture
def workshop() -> Workshop:
    return Workshop()


@pytest.fixture
def demo() -> Path:
    return Path("src/atelier/entrypoints/demo/photo.jpg")
