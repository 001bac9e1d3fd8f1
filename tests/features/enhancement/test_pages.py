"""The front door, the studio, and ordering by form, with and without JavaScript."""

from pathlib import Path
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from atelier.features.assets import Gate
from atelier.features.imaging import Pace, Pipelines, Worker
from atelier.kernel.ids import new_id
from atelier.runtime.db import DbRole
from atelier.runtime.web.site import Site
from tests.support.factories import give_units
from tests.support.jobs import new_image, photo
from tests.support.ledger import findings, spendable
from tests.support.people import Caller, new_person, sign_in


@pytest.fixture
async def image_id(site: Site, owner: Caller, tmp_path: Path) -> UUID:
    await give_units(site.sessions, owner.id, 12)
    return await new_image(site.sessions, site.ports.get(Gate), owner.id, tmp_path)


async def jobs_of(site: Site, owner: Caller) -> int:
    async with site.sessions.read(role=DbRole.SYSTEM) as session:
        return int(await session.scalar(text("SELECT count(*) FROM jobs WHERE user_id = :id"), {"id": owner.id}) or 0)


def wish(*images: UUID, **changes: str) -> dict[str, str | list[str]]:
    return {"key": str(new_id()), "tier": "2k", "image": [str(image) for image in images], **changes}


async def test_the_front_door_shows_the_catalogues_prices(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text

    assert "<h1>" in page
    assert "20 credits to start with." in page
    for price in ("2 credits", "5 credits", "10 credits", "free"):
        assert f'<span class="price-total">{price}</span>' in page
    assert 'href="/sign-up"' in page


async def test_the_front_door_offers_the_studio_to_those_who_are_in(owner: Caller) -> None:
    page = (await owner.client.get("/")).text

    assert "Open the studio" in page
    assert 'href="/sign-up"' not in page


async def test_a_new_studio_starts_the_task_and_a_used_one_shows_photos(
    site: Site, owner: Caller, image_id: UUID
) -> None:
    assert "Enhance your first photo" in (await owner.client.get("/studio")).text

    await owner.client.post("/new", data=wish(image_id))
    ports = site.ports
    await Worker(site.sessions, ports.get(Pipelines), ports.get(Gate), Pace()).run_due()
    page = (await owner.client.get("/studio")).text

    assert "photo.jpg" in page
    assert "1 this month" in page
    assert '<dd class="stat-value">5 credits</dd>' in page


async def test_the_form_shows_price_and_balance_before_the_button(owner: Caller, image_id: UUID) -> None:
    page = (await owner.client.get("/new", params={"image": str(image_id)})).text

    assert '<span class="price-total">5 credits</span>' in page
    assert "Left afterwards" in page
    assert f'name="image" value="{image_id}"' in page
    assert "Enhance 1 photo" in page


async def test_the_price_follows_the_size_and_the_number_of_photos(owner: Caller, image_id: UUID) -> None:
    two = await owner.client.get("/new/price", params={"tier": "2k", "image": ["a", "b"]})
    dear = await owner.client.get("/new/price", params={"tier": "4k", "image": ["a", "b"]})
    free = await owner.client.get("/new/price", params={"tier": "free"})

    assert '<span class="price-total">10 credits</span>' in two.text
    assert "<dt>Missing</dt><dd>8 credits</dd>" in dear.text
    assert "Your balance does not cover this." in dear.text
    assert " disabled" in dear.text
    assert '<span class="price-total">Free</span>' in free.text
    assert "<html" not in two.text


async def test_the_form_suggests_a_size_that_the_balance_covers(site: Site, owner: Caller) -> None:
    assert 'value="free" checked' in (await owner.client.get("/new")).text

    await give_units(site.sessions, owner.id, 2)
    assert 'value="1k" checked' in (await owner.client.get("/new")).text

    await give_units(site.sessions, owner.id, 3)
    assert 'value="2k" checked' in (await owner.client.get("/new")).text


async def test_a_form_that_is_sent_twice_is_one_order(site: Site, owner: Caller, image_id: UUID) -> None:
    form = wish(image_id)

    first = await owner.client.post("/new", data=form)
    second = await owner.client.post("/new", data=form)

    assert first.headers["location"] == second.headers["location"]
    assert first.headers["location"].startswith("/jobs/")
    assert await jobs_of(site, owner) == 1
    assert await spendable(site.sessions, owner.id) == 7


async def test_a_form_that_was_changed_and_sent_again_is_another_order(
    site: Site, owner: Caller, image_id: UUID
) -> None:
    form = wish(image_id)

    await owner.client.post("/new", data=form)
    await owner.client.post("/new", data=form | {"tier": "1k"})

    assert await jobs_of(site, owner) == 2
    assert await spendable(site.sessions, owner.id) == 5


async def test_a_plain_form_uploads_and_orders_each_photo(site: Site, owner: Caller, tmp_path: Path) -> None:
    await give_units(site.sessions, owner.id, 4)
    sizes = {"hall.jpg": (96, 64), "yard.jpg": (64, 96)}
    files = [("file", (name, photo(tmp_path, name, size).read_bytes())) for name, size in sizes.items()]

    answer = await owner.client.post("/new", data=wish(tier="1k"), files=files)

    assert answer.headers["location"] == "/jobs"
    assert "2 photos are on their way." in (await owner.client.get("/jobs")).text
    assert await spendable(site.sessions, owner.id) == 0
    assert await findings(site.sessions) == []


async def test_a_broken_file_is_refused_by_name_and_nothing_is_ordered_or_lost(
    site: Site, owner: Caller, tmp_path: Path
) -> None:
    await give_units(site.sessions, owner.id, 20)
    whole = photo(tmp_path, size=(640, 480)).read_bytes()
    files = [("file", ("hall.jpg", whole)), ("file", ("torn.jpg", whole[: len(whole) // 2]))]

    answer = await owner.client.post("/new", data=wish(prompt="Warm evening light"), files=files)

    assert answer.status_code == 422
    assert "“torn.jpg” is incomplete" in answer.text
    assert "hall.jpg" in answer.text
    assert "Warm evening light</textarea>" in answer.text
    assert await jobs_of(site, owner) == 0


async def test_an_order_that_cannot_be_paid_is_refused_whole_with_what_is_missing(
    site: Site, owner: Caller, image_id: UUID, tmp_path: Path
) -> None:
    files = [("file", (f"{width}.jpg", photo(tmp_path, size=(width, 64)).read_bytes())) for width in (80, 112)]

    answer = await owner.client.post("/new", data=wish(image_id, tier="4k"), files=files)

    assert answer.status_code == 402
    assert "This costs 30 credits, and you have 12 credits. 18 credits short" in answer.text
    assert await jobs_of(site, owner) == 0
    assert await spendable(site.sessions, owner.id) == 12
    assert await findings(site.sessions) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"prompt": "x" * 501}, "the limit is 500"),
        ({"tier": "8k"}, 'class="error"'),
        ({"aspect": "1:1"}, "crop: auto"),
        ({"tier": "free", "format": "png"}, "The free size is delivered as a JPEG."),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_ordered(
    site: Site, owner: Caller, image_id: UUID, changes: dict[str, str], words: str
) -> None:
    answer = await owner.client.post("/new", data=wish(image_id, **changes))

    assert answer.status_code == 422
    assert words in answer.text
    assert await jobs_of(site, owner) == 0


async def test_without_a_photo_the_form_asks_for_one(owner: Caller) -> None:
    answer = await owner.client.post("/new", data=wish())

    assert answer.status_code == 422
    assert "Please choose at least one photo." in answer.text


async def test_a_strangers_photo_cannot_be_ordered(site: Site, stranger: Caller, image_id: UUID) -> None:
    await give_units(site.sessions, stranger.id, 20)

    answer = await stranger.client.post("/new", data=wish(image_id))

    assert answer.status_code == 404
    assert "photo.jpg" not in answer.text
    assert await jobs_of(site, stranger) == 0


async def test_the_form_begins_from_an_earlier_job_with_its_settings(owner: Caller, image_id: UUID) -> None:
    made = await owner.client.post("/new", data=wish(image_id, tier="1k", format="webp", prompt="Calm"))
    job_id = made.headers["location"].rpartition("/")[2]

    page = (await owner.client.get("/new", params={"job": job_id})).text

    assert 'value="1k" checked' in page
    assert '<option value="webp" selected>' in page
    assert ">Calm</textarea>" in page
    assert str(image_id) in page


async def test_an_unverified_person_reads_why_the_button_does_nothing(app: FastAPI, site: Site) -> None:
    person = await new_person(site.sessions, verified=False)
    browser = await sign_in(app, person)

    page = (await browser.get("/new")).text
    await browser.aclose()

    assert "Please verify your e-mail address first" in page
    assert " disabled" in page


async def test_visitors_are_sent_to_sign_in(client: httpx.AsyncClient) -> None:
    for path in ("/studio", "/new", "/new/price"):
        assert (await client.get(path)).status_code == 303
