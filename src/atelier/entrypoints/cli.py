"""The command `atelier`."""

import asyncio
import ctypes
import os
import signal
import sys
from typing import Annotated

import typer

from atelier import __version__
from atelier.entrypoints import registry
from atelier.entrypoints.ledger import app as ledger
from atelier.entrypoints.program import AtelierProgram
from atelier.kernel.errors import (
    AppError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    PaymentRequired,
    RateLimited,
    Stale,
    TooLarge,
    Unauthenticated,
    Unavailable,
    Unsupported,
)
from atelier.runtime.telemetry import configure_logging

PR_SET_PDEATHSIG = 1
EXIT: dict[type[Exception], int] = {
    Invalid: 2,
    TooLarge: 2,
    Unsupported: 2,
    NotFound: 3,
    Unauthenticated: 4,
    Forbidden: 4,
    Conflict: 5,
    Stale: 5,
    PaymentRequired: 6,
    RateLimited: 75,
    Unavailable: 75,
}

app = typer.Typer(
    name="atelier",
    help="An AI image business in a box.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(ledger, name="ledger")


@app.callback(invoke_without_command=True)
def begin(
    context: typer.Context, *, version: Annotated[bool, typer.Option("--version", help="Say the version.")] = False
) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit
    context.obj = AtelierProgram()


@app.command()
def serve(context: typer.Context) -> None:
    """Run everything on this machine: database (unless DATABASE_URL is set), site and worker. Ctrl-C stops it."""
    from atelier.entrypoints import supervisor  # noqa: PLC0415 - CLI start-up

    settings = _begin(context)
    asyncio.run(supervisor.serve(settings.settings))


@app.command()
def site(context: typer.Context) -> None:
    """Run the site alone, over a database that is up to date."""
    import uvicorn  # noqa: PLC0415 - CLI start-up

    from atelier.entrypoints.web import build_app  # noqa: PLC0415 - CLI start-up

    program = _begin(context)
    settings = program.settings
    uvicorn.run(
        build_app(settings, program.database_url()),
        host=settings.web.host,
        port=settings.web.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=3,
    )


@app.command()
def worker(context: typer.Context) -> None:
    """Run a worker: jobs, tasks, schedules and events. On as many machines as wanted."""
    from atelier.entrypoints import work  # noqa: PLC0415 - CLI start-up

    program = _begin(context)
    asyncio.run(work.run_worker(program.settings, program.database_url()))


@app.command()
def demo(
    context: typer.Context, *, once: Annotated[bool, typer.Option(help="Stop after the delivery.")] = False
) -> None:
    """Start everything, enhance a bundled photo through the public API, and keep serving."""
    from atelier.entrypoints import demonstration  # noqa: PLC0415 - CLI start-up

    program = _begin(context)
    asyncio.run(demonstration.demonstrate(program.settings, once=once))


@app.command()
def doctor(context: typer.Context) -> None:
    """Look at everything that a healthy installation needs, and say what to do about the rest."""
    from atelier.entrypoints import health_check  # noqa: PLC0415 - CLI start-up

    program = _begin(context)
    if not health_check.examine(program):
        raise typer.Exit(1)


def _begin(context: typer.Context) -> AtelierProgram:
    if os.environ.get("ATELIER_SUPERVISED") and sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    program: AtelierProgram = context.obj
    configure_logging(program.settings.log_level, json=program.settings.log_json or program.settings.is_production)
    return program


for group in registry.command_groups():
    app.add_typer(group)


def main() -> None:
    """Run, and translate errors into one line and an exit status (the statuses of sysexits where one fits)."""
    try:
        app()
    except AppError as error:
        typer.echo(f"{error}", err=True)
        status = next((number for category, number in EXIT.items() if isinstance(error, category)), 1)
        sys.exit(status)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os._exit(0)
