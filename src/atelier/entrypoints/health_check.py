"""`atelier doctor`: what a healthy installation needs, part by part."""

import asyncio
import platform
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psycopg
from rich.console import Console
from rich.table import Table

from atelier import __version__
from atelier.entrypoints.program import AtelierProgram
from atelier.kernel.errors import AppError
from atelier.runtime.migrate import grant_script

FREE_BYTES = 2_000_000_000


@dataclass(frozen=True)
class Result:
    part: str
    is_good: bool
    detail: str


def examine(program: AtelierProgram) -> bool:
    """Print the findings; whether all is well."""
    checks: Sequence[tuple[str, Callable[[AtelierProgram], str]]] = (
        ("program", _program),
        ("data folder", _data),
        ("database", _database),
        ("roles", _roles),
        ("catalogue", _catalogue),
        ("image engine", _engine),
        ("mail", _mail),
    )
    results = [_run(program, part, check) for part, check in checks]
    table = Table("", "Part", "Finding", box=None)
    for result in results:
        table.add_row("[green]✓[/]" if result.is_good else "[red]✗[/]", result.part, result.detail)
    Console().print(table)
    return all(result.is_good for result in results)


def _run(program: AtelierProgram, part: str, check: Callable[[AtelierProgram], str]) -> Result:
    try:
        return Result(part, is_good=True, detail=check(program))
    except (AppError, OSError, psycopg.Error) as error:
        return Result(part, is_good=False, detail=str(error))


def _program(_program: AtelierProgram) -> str:
    return f"Atelier {__version__}, Python {platform.python_version()} on {sys.platform}"


def _data(program: AtelierProgram) -> str:
    folder = program.settings.data.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES:
        raise OSError(f"{folder} has only {free // 1_000_000} MB left")
    return f"{folder}, {free // 1_000_000_000} GB free"


def _database(program: AtelierProgram) -> str:
    with psycopg.connect(program.database_url()) as connection:
        version = connection.info.server_version // 10_000
    kind = "from DATABASE_URL" if program.settings.database.url else "embedded"
    return f"PostgreSQL {version}, {kind}, schema up to date"


def _roles(program: AtelierProgram) -> str:
    with psycopg.connect(program.database_url()) as connection:
        try:
            connection.execute("SET LOCAL ROLE atelier_app")
        except psycopg.Error as error:
            raise OSError(f"the login may not enter its roles; let an administrator run:\n{grant_script()}") from error
    return "row security binds the application"


def _catalogue(program: AtelierProgram) -> str:
    with psycopg.connect(program.database_url()) as connection:
        row = connection.execute("SELECT name, applied_at FROM catalogues WHERE is_current").fetchone()
    return f"{row[0]}, applied {row[1]:%Y-%m-%d %H:%M}" if row else "none applied yet; `atelier serve` applies one"


def _engine(program: AtelierProgram) -> str:
    health = asyncio.run(program.engine().health())
    if not health.is_ready:
        raise OSError(f"the local engine does not work: {health.detail}")
    return "local, ready"


def _mail(program: AtelierProgram) -> str:
    mail = program.settings.mail
    return f"SMTP {mail.host}:{mail.port}" if mail.host else "none configured: mails go to the page /mailbox"
