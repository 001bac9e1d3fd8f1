"""Photos by the API: what is let in, and what is refused by name, costs nothing and harms nothing."""

import io
import os
from collections.abc import Mapping

import pytest
from PIL import Image as Pillow
from sqlalchemy import text

from atelier.runtime.db import DbRole, Sessions
from tests.adapters.local_engine.images import jpeg, png_bomb, zipped
from tests.support.factories import give_units
from tests.support.ledger import spendable
from tests.support.people import Caller

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
BAD: Mapping[str, tuple[bytes, int, str]] = {
    "a text file": (b"Dear sir or madam,\n", 415, "not-an-image"),
    "a torn JPEG": (jpeg()[:700], 422, "truncated-image"),
    "a bomb of 900 megapixels": (png_bomb(), 413, "too-many-pixels"),
    "a polyglot": (jpeg() + zipped(), 415, "ambiguous-file"),
    "a drawing": (SVG, 415, "svg-not-accepted"),
    "nothing": (b"", 422, "empty-file"),
}


@pytest.mark.parametrize("kind", BAD)
async def test_a_bad_file_is_refused_by_name_and_costs_nothing(kind: str, owner: Caller, sessions: Sessions) -> None:
    content, status, code = BAD[kind]
    await give_units(sessions, owner.id, 5)

    answer = await owner.client.post("/api/v1/uploads", files={"file": ("holiday.jpg", content, "image/jpeg")})

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert "holiday.jpg" in problem["detail"]
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert await spendable(sessions, owner.id) == 5
    assert (await owner.client.get("/api/v1/images")).json()["items"] == []


async def test_a_hundred_megabytes_are_refused(owner: Caller) -> None:
    big = io.BytesIO(jpeg() + bytes(100_000_000))

    answer = await owner.client.post("/api/v1/uploads", files={"file": ("big.jpg", big, "image/jpeg")})

    assert answer.status_code == 413
    assert answer.json()["code"] in {"file-too-large", "too-large"}


async def test_one_bad_file_does_not_stop_the_others(owner: Caller) -> None:
    files = [("file", ("good.jpg", jpeg(), "image/jpeg")), ("file", ("bad.txt", b"hello", "text/plain"))]

    answer = await owner.client.post("/api/v1/uploads", files=files)

    body = answer.json()
    assert answer.status_code == 201
    assert [image["name"] for image in body["images"]] == ["good.jpg"]
    assert [(refused["name"], refused["code"]) for refused in body["refused"]] == [("bad.txt", "not-an-image")]


async def test_the_original_is_kept_byte_for_byte_and_what_is_shown_carries_no_metadata(owner: Caller) -> None:
    exif = Pillow.Exif()
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0)}
    exif[0x010F] = "Secret Camera"
    original = jpeg(exif=exif)

    image = (await owner.client.post("/api/v1/uploads", files={"file": ("a.jpg", original)})).json()["images"][0]
    kept = (await owner.client.get(image["download"])).content
    shown = (await owner.client.get(image["preview"])).content

    assert kept == original
    assert b"Secret Camera" not in shown
    assert not dict(Pillow.open(io.BytesIO(shown)).getexif())


async def test_a_name_with_folders_and_control_characters_becomes_a_plain_name(owner: Caller) -> None:
    files = {"file": ("..\\..\\etc/pass\nwd.jpg", jpeg(), "image/jpeg")}

    image = (await owner.client.post("/api/v1/uploads", files=files)).json()["images"][0]

    assert "/" not in image["name"]
    assert "\n" not in image["name"]


async def test_the_library_pages_by_cursor_and_a_wrong_cursor_is_refused(owner: Caller) -> None:
    for number in range(3):
        await owner.client.post("/api/v1/uploads", files={"file": (f"{number}.jpg", jpeg())})

    first = (await owner.client.get("/api/v1/images?limit=2")).json()
    second = (await owner.client.get(f"/api/v1/images?limit=2&cursor={first['next_cursor']}")).json()

    assert [image["name"] for image in first["items"] + second["items"]] == ["2.jpg", "1.jpg", "0.jpg"]
    assert second["next_cursor"] is None
    assert (await owner.client.get("/api/v1/images?cursor=!!")).json()["code"] == "invalid-cursor"


async def test_the_bin_gives_back(owner: Caller) -> None:
    image = (await owner.client.post("/api/v1/uploads", files={"file": ("a.jpg", jpeg())})).json()["images"][0]
    path = f"/api/v1/images/{image['id']}"

    assert (await owner.client.delete(path)).status_code == 204
    assert (await owner.client.get(path)).status_code == 404
    assert (await owner.client.post(f"{path}/restore")).status_code == 200
    assert (await owner.client.get(path)).status_code == 200


async def test_the_same_photo_twice_is_stored_once(owner: Caller, sessions: Sessions) -> None:
    content = jpeg(comment=os.urandom(8).hex().encode())
    for _again in range(2):
        await owner.client.post("/api/v1/uploads", files={"file": ("a.jpg", content)})

    async with sessions.read(role=DbRole.SYSTEM) as session:
        assert await session.scalar(text("SELECT count(*) FROM images")) == 2
        assert await session.scalar(text("SELECT count(*) FROM files")) == 3  # the original, the thumbnail, the preview
