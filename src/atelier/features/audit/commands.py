"""`atelier audit`: proving that the trail is whole."""

import typer

from atelier.features.audit import service
from atelier.features.audit.errors import BrokenTrail
from atelier.features.audit.types import Breach
from atelier.runtime.cli import CliContext
from atelier.runtime.db import DbRole

app = typer.Typer(name="audit", help="The audit trail.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """The audit trail."""


@app.command()
def verify(context: typer.Context) -> None:
    """Follow the chain of the audit trail and name every entry that was changed, removed or moved."""

    async def run(cli: CliContext) -> list[Breach]:
        async with cli.sessions.read(role=DbRole.SYSTEM) as session:
            return list(await service.verify_chain(session))

    breaches = CliContext.run(context, run)
    for breach in breaches:
        typer.echo(f"entry {breach.number}: {breach.problem}")
    if breaches:
        raise BrokenTrail(count=len(breaches))
    typer.echo("The audit trail is whole.")
