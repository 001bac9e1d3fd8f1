"""Commands, run over the test's database and ports."""

import asyncio

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from atelier.runtime.cli import Program
from atelier.runtime.ports import Ports
from atelier.runtime.settings import Settings


class OverTheTest(Program):
    """What the entrypoint hands to commands."""

    def __init__(self, settings: Settings, url: str, ports: Ports) -> None:
        self._settings, self._url, self._ports = settings, url, ports

    @property
    def settings(self) -> Settings:
        return self._settings

    def database_url(self) -> str:
        return self._url

    def ports(self) -> Ports:
        return self._ports


@pytest.fixture
def program(settings: Settings, database_url: str, ports: Ports) -> OverTheTest:
    return OverTheTest(settings, database_url, ports)


async def invoke(command: Typer, program: Program, *words: str) -> Result:
    """Run a command in a thread, because it brings a loop of its own."""
    return await asyncio.to_thread(lambda: CliRunner().invoke(command, words, obj=program))
