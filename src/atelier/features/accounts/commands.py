"""`atelier user`: people, for whoever runs the machine."""

from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from atelier.features.accounts import queries, service
from atelier.features.accounts.addresses import parse_address
from atelier.features.accounts.errors import AccountNotFound, AlreadySetUp
from atelier.features.accounts.password_rules import check_password
from atelier.features.accounts.types import AccountStatus, NewUser
from atelier.kernel.actor import Role
from atelier.kernel.clock import utc_now
from atelier.runtime.cli import CliContext
from atelier.runtime.crypto import Passwords
from atelier.runtime.db import DbRole, ReadSession

app = typer.Typer(name="user", help="People: make, list, appoint, suspend, help in.", no_args_is_help=True)

BY = "cli"
MOST = 1000

Email = Annotated[str, typer.Argument(help="The person's e-mail address.")]


@app.command()
def create(
    context: typer.Context,
    email: Email,
    *,
    name: Annotated[str, typer.Option(help="The person's name.")] = "",
    role: Annotated[Role, typer.Option(help="What the person may do.")] = Role.USER,
    password: Annotated[str, typer.Option(envvar="ATELIER_USER_PASSWORD", help="Empty: they choose by a link.")] = "",
    verified: Annotated[bool, typer.Option(help="Whether you vouch for the address.")] = True,
) -> None:
    """Make an account."""
    address = parse_address(email)
    if password:
        check_password(password, address)

    async def run(cli: CliContext) -> UUID:
        hashed = await cli.ports.get(Passwords).hash(password) if password else None
        user = NewUser(address, name, hashed, role, is_verified=verified)
        async with cli.sessions.begin(role=DbRole.SYSTEM) as session:
            return await service.create_user(session, user, by=BY, now=utc_now())

    typer.echo(f"{address}: made, {CliContext.run(context, run)}")


@app.command(name="list")
def list_(
    context: typer.Context,
    search: Annotated[str, typer.Argument(help="Part of a name or an address.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="How many at most.")] = 50,
) -> None:
    """Who there is, newest first."""

    async def run(cli: CliContext) -> Table:
        async with cli.sessions.read(role=DbRole.SYSTEM) as session:
            users = await queries.list_users(session, search=search, limit=limit)
        table = Table("E-mail", "Name", "Role", "State", "Confirmed", "Joined")
        for user in users[:limit]:
            confirmed = "yes" if user.email_verified_at else "no"
            joined = f"{user.created_at:%Y-%m-%d}"
            table.add_row(user.email or "", user.name or "", user.role, user.status, confirmed, joined)
        return table

    Console().print(CliContext.run(context, run))


@app.command()
def role(
    context: typer.Context, email: Email, role: Annotated[Role, typer.Argument(help="What they may do from now on.")]
) -> None:
    """Give somebody a role."""

    async def run(cli: CliContext) -> None:
        async with cli.sessions.begin(role=DbRole.SYSTEM) as session:
            await service.change_role(session, await _id_of(session, email), role, by=BY)

    CliContext.run(context, run)
    typer.echo(f"{email}: {role.value}")


@app.command()
def suspend(context: typer.Context, email: Email) -> None:
    """Close an account: its sessions end and its keys are refused."""
    _set_status(context, email, AccountStatus.SUSPENDED)


@app.command()
def activate(context: typer.Context, email: Email) -> None:
    """Open a suspended account again."""
    _set_status(context, email, AccountStatus.ACTIVE)


@app.command()
def reset_link(context: typer.Context, email: Email) -> None:
    """Print a link with which somebody can choose a password, once, within an hour."""

    async def run(cli: CliContext) -> str:
        async with cli.sessions.begin(role=DbRole.SYSTEM) as session:
            token = await service.make_reset_token(session, await _id_of(session, email))
        return f"{cli.settings.public_url}/reset/{token}"

    typer.echo(CliContext.run(context, run))


@app.command()
def setup_token(context: typer.Context) -> None:
    """Print the link that makes the first super administrator; earlier links end."""

    async def run(cli: CliContext) -> str:
        async with cli.sessions.begin(role=DbRole.SYSTEM) as session:
            token = await service.make_setup_token(session)
        if token is None:
            raise AlreadySetUp
        return f"{cli.settings.public_url}/setup?token={token}"

    typer.echo(CliContext.run(context, run))


def _set_status(context: typer.Context, email: str, status: AccountStatus) -> None:
    async def run(cli: CliContext) -> None:
        async with cli.sessions.begin(role=DbRole.SYSTEM) as session:
            await service.change_status(session, await _id_of(session, email), status, by=BY)

    CliContext.run(context, run)
    typer.echo(f"{email}: {status.value}")


async def _id_of(session: ReadSession, email: str) -> UUID:
    user = await queries.find_user_by_email(session, email)
    if user is None:
        raise AccountNotFound
    return user.id
