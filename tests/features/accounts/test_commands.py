"""`atelier user`."""

import httpx
import pytest
from typer.testing import Result

from atelier.features.accounts.commands import app as command
from atelier.features.accounts.errors import AccountNotFound, AddressTaken, AlreadySetUp, LastSuperAdmin, WeakPassword
from atelier.runtime.cli import Program
from tests.support.people import Caller
from tests.support.programs import invoke

PASSWORD = "blue-kettle-under-rain"


async def atelier(program: Program, *words: str) -> Result:
    return await invoke(command, program, *words)


async def test_an_account_made_here_can_sign_in(program: Program, client: httpx.AsyncClient) -> None:
    made = await atelier(program, "create", "Ada@example.com", "--name", "Ada", "--password", PASSWORD)
    entered = await client.post("/sign-in", data={"email": "ada@example.com", "password": PASSWORD})
    listed = await atelier(program, "list", "ada")

    assert made.exit_code == 0
    assert entered.status_code == 303
    assert "ada@example.com" in listed.output


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("create", "owner@example.com", "--password", "short"), WeakPassword),
        (("role", "nobody@example.com", "admin"), AccountNotFound),
        (("suspend", "nobody@example.com"), AccountNotFound),
        (("reset-link", "nobody@example.com"), AccountNotFound),
    ],
)
async def test_what_cannot_be_is_refused(program: Program, words: tuple[str, ...], problem: type[Exception]) -> None:
    assert isinstance((await atelier(program, *words)).exception, problem)


async def test_people_are_appointed_suspended_and_opened_again(program: Program, owner: Caller) -> None:
    for words in (("role", owner.email, "super_admin"), ("role", owner.email, "super_admin")):
        assert (await atelier(program, *words)).exit_code == 0
    last = await atelier(program, "suspend", owner.email)
    twice = await atelier(program, "create", owner.email)

    assert isinstance(last.exception, LastSuperAdmin)
    assert isinstance(twice.exception, AddressTaken)
    assert (await owner.client.get("/admin/people")).status_code == 200


async def test_a_suspended_account_is_opened_again(program: Program, owner: Caller, client: httpx.AsyncClient) -> None:
    suspended = await atelier(program, "suspend", owner.email)
    link = await atelier(program, "reset-link", owner.email)
    refused = await client.post(link.output.strip(), data={"password": PASSWORD})
    opened = await atelier(program, "activate", owner.email)
    taken = await client.post(link.output.strip(), data={"password": PASSWORD})

    assert (suspended.exit_code, opened.exit_code) == (0, 0)
    assert (refused.status_code, taken.status_code) == (422, 303)


async def test_the_set_up_link_opens_the_page_until_there_is_an_administrator(
    program: Program, client: httpx.AsyncClient, owner: Caller
) -> None:
    link = await atelier(program, "setup-token")
    page = await client.get(link.output.strip())
    await atelier(program, "role", owner.email, "super_admin")
    late = await atelier(program, "setup-token")

    assert page.status_code == 200
    assert isinstance(late.exception, AlreadySetUp)
