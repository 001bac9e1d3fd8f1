"""`atelier catalog`: check a file, apply it, see what is on sale."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from atelier.features.catalog import queries, service
from atelier.runtime.cli import CliContext
from atelier.runtime.db import DbRole

app = typer.Typer(name="catalog", help="The business: brand, products, prices, limits.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="A shipped catalogue's name, or the path of a TOML file.")]


@app.command()
def check(name: Name = "atelier") -> None:
    """Read a catalogue and say all that is wrong with it; nothing is changed."""
    catalogue = service.read_catalogue(name)
    console = Console()
    console.print(f"[green]✓[/] {catalogue.name}: {len(catalogue.products)} products, nothing wrong")


@app.command()
def apply(context: typer.Context, name: Name = "atelier") -> None:
    """Make a catalogue the current business. Applying it again changes nothing."""
    catalogue = service.read_catalogue(name)

    async def run(cli: CliContext) -> bool:
        async with cli.sessions.begin(role=DbRole.SYSTEM) as session:
            return await service.apply_catalogue(session, catalogue, by="cli")

    changed = CliContext.run(context, run)
    typer.echo(f"{catalogue.name}: {'applied' if changed else 'already applied, nothing to do'}")


@app.command()
def show(context: typer.Context) -> None:
    """What is on sale now, and how long things are kept."""

    async def run(cli: CliContext) -> Table:
        async with cli.sessions.read(role=DbRole.SYSTEM) as session:
            catalogue = await service.current(session)
            rules = await queries.list_retention(session)
        table = Table("Product", "Choice", "Price", title=f"{catalogue.brand.name} ({catalogue.name})")
        for product in catalogue.products:
            for choice, ways in product.prices.items():
                price = " or ".join(f"{way.units} {catalogue.unit(way.unit).many}" for way in ways)
                table.add_row(product.name, choice, price)
        table.caption = "Kept: " + ", ".join(f"{rule.subject} {rule.keep_days or 'for ever'}" for rule in rules)
        return table

    Console().print(CliContext.run(context, run))
