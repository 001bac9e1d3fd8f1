"""`atelier ledger`: here and not in `credits`, because every feature's invariants are checked."""

import typer
from rich.console import Console

from atelier.features import credits, imaging
from atelier.runtime.cli import CliContext
from atelier.runtime.db import DbRole

app = typer.Typer(help="The books.", no_args_is_help=True)

INVARIANTS = (*credits.LEDGER, *imaging.INVARIANTS)


@app.callback()
def begin() -> None:
    """The books."""


@app.command()
def verify(context: typer.Context) -> None:
    """Prove that the books are right: every invariant, each with an example when it is broken. Exit status 1 then."""

    async def run(cli: CliContext) -> "dict[str, credits.Finding]":
        async with cli.sessions.read(role=DbRole.SYSTEM) as session:
            found = await credits.verify_ledger(session, imaging.INVARIANTS)
        return {finding.invariant: finding for finding in found}

    findings = CliContext.run(context, run)
    console = Console()
    for invariant in sorted(INVARIANTS, key=lambda item: int(item.name[1:])):
        finding = findings.get(invariant.name)
        mark = "[green]✓[/]" if finding is None else "[red]✗[/]"
        console.print(f"{mark} {invariant.name:<4}{invariant.claim}")
        if finding:
            console.print(f"       [red]{finding.count} broken, for example {finding.example}[/]")
    if findings:
        raise typer.Exit(1)
    console.print(f"The books are right: {len(INVARIANTS)} invariants hold.")
