"""The pages of jobs: one that waits, one that was delivered, one that failed; who may see and change them."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from atelier.features.assets import Gate
from atelier.features.imaging import Pace, Pipelines, Worker
from atelier.kernel.ids import new_id
from atelier.runtime.db import DbRole
from atelier.runtime.web.site import Site
from tests.support.factories import give_units
from tests.support.jobs import new_image, order
from tests.support.ledger import findings, spendable
from tests.support.people import Caller


@dataclass(frozen=True)
class Desk:
    """A customer with ten units and a job that waits."""

    site: Site
    owner: Caller
    job_id: UUID

    @property
    def url(self) -> str:
        return f"/jobs/{self.job_id}"

    async def work(self) -> None:
        ports = self.site.ports
        assert await Worker(self.site.sessions, ports.get(Pipelines), ports.get(Gate), Pace()).run_due() == 1

    async def fail(self) -> None:
        async with self.site.sessions.begin(role=DbRole.SYSTEM) as session:
            await session.execute(
                text(
                    "UPDATE jobs SET status = 'failed', error_class = 'transient', error_code = 'engine-failed',"
                    " finished_at = now() WHERE id = :id"
                ),
                {"id": self.job_id},
            )


@pytest.fixture
async def desk(site: Site, owner: Caller, tmp_path: Path) -> Desk:
    await give_units(site.sessions, owner.id, 10)
    image_id = await new_image(site.sessions, site.ports.get(Gate), owner.id, tmp_path)
    job_id = await order(site.sessions, site.ports.get(Pipelines), owner.id, image_id)
    return Desk(site, owner, job_id)


async def test_a_waiting_job_says_what_is_set_aside_and_its_place(desk: Desk) -> None:
    page = (await desk.owner.client.get(desk.url)).text

    assert "5 credits set aside. You pay only when the photo is delivered." in page
    assert "Number 1 in the queue" in page
    assert f'poll="/api/v1/jobs/{desk.job_id}"' in page


async def test_a_delivered_job_shows_before_and_after_and_how_it_was_made(desk: Desk) -> None:
    await desk.work()

    page = (await desk.owner.client.get(desk.url)).text

    assert "5 credits charged for the delivered photo." in page
    assert "<image-compare" in page
    assert "How this was made" in page
    assert "enhancement/1" in page
    assert "A correction is made only where its fault was measured." in page
    assert "Enhance again · 5 credits" in page


async def test_the_part_that_takes_the_live_ones_place_is_no_whole_page(desk: Desk) -> None:
    part = await desk.owner.client.get(f"{desk.url}?fragment=1")
    card = await desk.owner.client.get(f"{desk.url}/card")

    assert "<html" not in part.text + card.text
    assert "photo.jpg" in part.text
    assert "photo.jpg" in card.text


async def test_a_failed_job_says_what_happened_what_it_cost_and_what_to_do(desk: Desk) -> None:
    await desk.fail()

    page = (await desk.owner.client.get(desk.url)).text

    assert "This photo did not work" in page
    assert "Nothing. The 5 credits set aside are back in your balance." in page
    assert "Try again · 5 credits" in page


async def test_a_cancelled_job_gives_its_price_back(desk: Desk) -> None:
    answer = await desk.owner.client.post(f"{desk.url}/cancel")

    assert answer.status_code == 303
    assert "Cancelled. Nothing was charged." in (await desk.owner.client.get(desk.url)).text
    assert await spendable(desk.site.sessions, desk.owner.id) == 10
    assert await findings(desk.site.sessions) == []


async def test_pressing_again_twice_makes_one_job(desk: Desk) -> None:
    await desk.work()
    form = {"key": str(new_id())}

    first = await desk.owner.client.post(f"{desk.url}/retry", data=form)
    second = await desk.owner.client.post(f"{desk.url}/retry", data=form)

    assert first.status_code == 303
    assert first.headers["location"] == second.headers["location"] != desk.url
    assert await spendable(desk.site.sessions, desk.owner.id) == 0


async def test_what_cannot_be_paid_again_is_refused_in_words(desk: Desk) -> None:
    await desk.work()
    await desk.owner.client.post(f"{desk.url}/retry", data={"key": str(new_id())})

    answer = await desk.owner.client.post(f"{desk.url}/retry", data={"key": str(new_id())})

    assert answer.headers["location"] == desk.url
    page = (await desk.owner.client.get(desk.url)).text
    assert "This costs 5 credits, and you have 0 credits. 5 credits short; nothing was charged." in page


async def test_the_list_shows_jobs_by_state(desk: Desk) -> None:
    for status, is_there in (("", True), ("queued", True), ("failed", False), ("nonsense", True)):
        page = (await desk.owner.client.get("/jobs", params={"status": status})).text
        assert (f"/jobs/{desk.job_id}" in page) is is_there, status


async def test_strangers_find_nothing_and_visitors_sign_in(
    desk: Desk, stranger: Caller, client: httpx.AsyncClient
) -> None:
    for method, path in (("get", ""), ("get", "/card"), ("post", "/cancel"), ("post", "/retry")):
        data = {"key": str(new_id())} if method == "post" else None
        assert (await stranger.client.request(method, desk.url + path, data=data)).status_code == 404, path
        assert (await client.request(method, desk.url + path, data=data)).status_code == 303, path
    assert "No jobs yet" in (await stranger.client.get("/jobs")).text
