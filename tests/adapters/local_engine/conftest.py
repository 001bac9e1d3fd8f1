"""The decoder and the engine as they run in production: with real children."""

from pathlib import Path

import pytest

from atelier.adapters.local_engine.decoder import LocalDecoder
from atelier.adapters.local_engine.engine import LocalEngine
from atelier.adapters.local_engine.process import ChildRunner
from tests.adapters.local_engine.images import DEMO


@pytest.fixture
def runner() -> ChildRunner:
    return ChildRunner()


@pytest.fixture
def decoder(runner: ChildRunner) -> LocalDecoder:
    return LocalDecoder(runner)


@pytest.fixture
def engine(runner: ChildRunner) -> LocalEngine:
    return LocalEngine(runner)


@pytest.fixture
def demo() -> Path:
    return DEMO
