"""The library by browser: uploading, naming, deleting and taking back; and who may see what."""

from pathlib import Path

import httpx
import pytest

from atelier.features.assets import Gate
from atelier.runtime.web.site import Site
from tests.support.jobs import new_image, photo
from tests.support.people import Caller


@pytest.fixture
async def image_url(site: Site, owner: Caller, tmp_path: Path) -> str:
    image_id = await new_image(site.sessions, site.ports.get(Gate), owner.id, tmp_path)
    return f"/images/{image_id}"


async def test_visitors_are_sent_to_sign_in(client: httpx.AsyncClient) -> None:
    answer = await client.get("/images")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fimages"


async def test_an_empty_library_starts_the_task(owner: Caller) -> None:
    answer = await owner.client.get("/images")

    assert answer.status_code == 200
    assert "No photos yet" in answer.text


async def test_a_form_without_javascript_brings_photos_in(owner: Caller, tmp_path: Path) -> None:
    files = [("file", (name, photo(tmp_path, name).read_bytes())) for name in ("hall.jpg", "kitchen.jpg")]

    answer = await owner.client.post("/images", files=files)

    assert answer.status_code == 303
    library = await owner.client.get("/images")
    assert "2 photos are here." in library.text
    assert "hall.jpg" in library.text
    assert "kitchen.jpg" in library.text


async def test_a_bad_file_is_refused_by_name_and_the_good_one_is_kept(owner: Caller, tmp_path: Path) -> None:
    files = [("file", ("hall.jpg", photo(tmp_path).read_bytes())), ("file", ("notes.txt", b"no picture at all"))]

    answer = await owner.client.post("/images", files=files)

    assert answer.status_code == 415
    assert "“notes.txt” is not an image" in answer.text
    assert "hall.jpg" in answer.text


async def test_an_image_shows_its_facts_to_its_owner_alone(owner: Caller, stranger: Caller, image_url: str) -> None:
    assert "96 × 64" in (await owner.client.get(image_url)).text
    for method in ("get", "post"):
        for path in ("", "/delete", "/restore") if method == "post" else ("",):
            answer = await stranger.client.request(method, image_url + path, data={"name": "mine"})
            assert answer.status_code == 404, (method, path)


async def test_a_name_and_a_description_are_kept(owner: Caller, image_url: str) -> None:
    saved = await owner.client.post(image_url, data={"name": "Hall at noon.jpg", "alt_text": "A hall"})

    assert saved.status_code == 303
    page = (await owner.client.get(image_url)).text
    assert "Hall at noon.jpg" in page
    assert 'alt="A hall"' in page


async def test_an_image_without_a_name_is_not_saved_and_nothing_typed_is_lost(owner: Caller, image_url: str) -> None:
    answer = await owner.client.post(image_url, data={"name": "", "alt_text": "A hall"})

    assert answer.status_code == 422
    assert "This is too short." in answer.text
    assert 'value="A hall"' in answer.text


async def test_a_deleted_image_is_taken_back_from_the_notice(owner: Caller, image_url: str) -> None:
    gone = await owner.client.post(f"{image_url}/delete")
    library = await owner.client.get(gone.headers["location"])

    assert f'action="{image_url}/restore"' in library.text
    assert (await owner.client.get(image_url)).status_code == 404

    await owner.client.post(f"{image_url}/restore")
    assert (await owner.client.get(image_url)).status_code == 200


async def test_a_long_library_comes_in_parts(site: Site, owner: Caller, tmp_path: Path) -> None:
    for _number in range(25):
        await new_image(site.sessions, site.ports.get(Gate), owner.id, tmp_path)

    first = await owner.client.get("/images")
    more = first.text.split('hx-get="/images?')[1].split('"')[0].replace("&amp;", "&")
    rest = await owner.client.get(f"/images?{more}", headers={"HX-Request": "true"})

    assert first.text.count("card-link") == 24
    assert rest.text.count("card-link") == 1
    assert "<html" not in rest.text
