"""The wallet's page, its table for spreadsheets, and adjusting by hand."""

import csv
import io

import httpx
from sqlalchemy import text

from atelier.kernel.ids import new_id
from atelier.runtime.db import DbRole
from atelier.runtime.web.site import Site
from tests.support.factories import give_units
from tests.support.ledger import findings, spendable
from tests.support.people import Caller


def adjustment(units: int, **changes: str) -> dict[str, str]:
    return {"units": str(units), "unit": "credit", "reason": "A photo came late", "key": str(new_id())} | changes


async def test_the_wallet_explains_its_balance_line_by_line(site: Site, owner: Caller) -> None:
    await give_units(site.sessions, owner.id, 20, description="For your patience")

    page = (await owner.client.get("/wallet")).text

    assert "20 <span>credits</span>" in page
    assert "For your patience" in page
    assert "+20" in page
    assert "does not expire" in page


async def test_an_empty_wallet_says_what_will_be_here(owner: Caller) -> None:
    assert "No movements yet" in (await owner.client.get("/wallet")).text


async def test_the_wallet_turns_its_pages(site: Site, owner: Caller) -> None:
    for units in range(1, 28):
        await give_units(site.sessions, owner.id, units)

    first = (await owner.client.get("/wallet")).text
    older = first.split('href="/wallet?')[1].split('"')[0]
    second = (await owner.client.get(f"/wallet?{older}")).text

    assert "+27<" in first
    assert "+2<" not in first
    assert "+2<" in second
    assert 'rel="prev"' in second


async def test_every_movement_is_in_the_table_and_none_is_a_formula(
    site: Site, owner: Caller, stranger: Caller
) -> None:
    await give_units(site.sessions, stranger.id, 7)
    for number in range(3):
        await give_units(site.sessions, owner.id, 5, description=f"=1+{number}")

    answer = await owner.client.get("/wallet/entries.csv")

    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert [row["amount"] for row in rows] == ["5", "5", "5"]
    assert [row["balance_after"] for row in rows] == ["15", "10", "5"]
    assert rows[0]["description"] == "'=1+2"


async def test_visitors_see_no_wallet(client: httpx.AsyncClient) -> None:
    for path in ("/wallet", "/wallet/entries.csv", f"/admin/people/{new_id()}/adjust"):
        assert (await client.get(path)).status_code == 303


async def test_an_administrator_adjusts_once_with_a_reason_that_is_kept(
    site: Site, owner: Caller, admin: Caller
) -> None:
    url, form = f"/admin/people/{owner.id}/adjust", adjustment(12)

    for _time in range(2):
        assert (await admin.client.post(url, data=form)).status_code == 303

    assert await spendable(site.sessions, owner.id) == 12
    assert "A photo came late" in (await owner.client.get("/wallet")).text
    async with site.sessions.read(role=DbRole.SYSTEM) as session:
        deeds = (
            await session.execute(text("SELECT metadata FROM audit_entries WHERE action = 'token_adjustment'"))
        ).all()
    assert [row.metadata["units"] for row in deeds] == [12]
    assert await findings(site.sessions) == []


async def test_nobody_is_overdrawn_and_a_reason_is_wanted(site: Site, owner: Caller, admin: Caller) -> None:
    url = f"/admin/people/{owner.id}/adjust"
    await give_units(site.sessions, owner.id, 5)

    for form in (adjustment(-6), adjustment(3, reason=""), adjustment(0)):
        answer = await admin.client.post(url, data=form)
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text

    assert await spendable(site.sessions, owner.id) == 5


async def test_only_administrators_adjust(site: Site, owner: Caller, admin: Caller) -> None:
    url = f"/admin/people/{owner.id}/adjust"

    assert (await owner.client.get(url)).status_code == 403
    assert (await owner.client.post(url, data=adjustment(1000))).status_code == 403
    assert (await admin.client.get(f"/admin/people/{new_id()}/adjust")).status_code == 404
    assert await spendable(site.sessions, owner.id) == 0
