"""What commands of the features stand on: settings, a database, and one way to run something asynchronous."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import typer

from atelier.runtime.db import Sessions, connect
from atelier.runtime.ports import Ports
from atelier.runtime.settings import Settings

T = TypeVar("T")

STATEMENT_SECONDS = 600


class Program(ABC):
    """Made by the entrypoint: how to reach the database (started and migrated on demand) and the ports."""

    @property
    @abstractmethod
    def settings(self) -> Settings: ...

    @abstractmethod
    def database_url(self) -> str: ...

    @abstractmethod
    def ports(self) -> Ports: ...


@dataclass(frozen=True)
class CliContext:
    """What a command works with while it runs."""

    settings: Settings
    sessions: Sessions
    ports: Ports

    @staticmethod
    def run(context: typer.Context, work: "Callable[[CliContext], Awaitable[T]]") -> T:
        program = context.obj
        if not isinstance(program, Program):
            raise TypeError("commands run below the atelier entrypoint")
        url = program.database_url()

        async def run() -> T:
            sessions = connect(url, program.settings.database, statement_seconds=STATEMENT_SECONDS)
            try:
                return await work(CliContext(program.settings, sessions, program.ports()))
            finally:
                await sessions.close()

        return asyncio.run(run())
