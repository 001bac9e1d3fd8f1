"""The signed links to bytes."""

import hashlib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from atelier.features.assets import Gate, get_image, view_images
from atelier.kernel.ids import new_id
from atelier.runtime.crypto import Keys
from atelier.runtime.storage import LinkSigner
from atelier.runtime.web.site import Site
from tests.support.factories import new_user
from tests.support.jobs import new_image, photo


@pytest.fixture
async def link(site: Site, tmp_path: Path) -> str:
    """To the original of a photo, for nobody in particular."""
    user_id = await new_user(site.sessions)
    image_id = await new_image(site.sessions, site.ports.get(Gate), user_id, tmp_path)
    async with site.sessions.read(user_id=user_id) as session:
        image = await get_image(session, user_id, image_id)
        (view,) = await view_images(session, site.ports.get(LinkSigner), user_id, [image])
    return view.download_url


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    return photo(tmp_path).read_bytes()


async def test_the_bytes_come_whole_and_can_do_nothing(client: httpx.AsyncClient, link: str, content: bytes) -> None:
    answer = await client.get(link)

    assert answer.status_code == 200
    assert answer.content == content
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-length"] == str(len(content))
    assert answer.headers["etag"] == f'"{hashlib.sha256(content).hexdigest()}"'
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "same-site"
    assert answer.headers["cache-control"].startswith("private, max-age=")
    assert answer.headers["content-disposition"].startswith('attachment; filename="photo.jpg"')


async def test_head_says_the_same_without_the_bytes(client: httpx.AsyncClient, link: str, content: bytes) -> None:
    answer = await client.head(link)

    assert answer.status_code == 200
    assert answer.headers["content-length"] == str(len(content))
    assert answer.content == b""


async def test_what_is_known_is_not_sent_again(client: httpx.AsyncClient, link: str) -> None:
    etag = (await client.head(link)).headers["etag"]

    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = await client.get(link, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b""), known


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=10-", 10, None), ("bytes=-7", -7, None), ("bytes=5-99999", 5, None)],
)
async def test_a_part_is_sent_when_it_is_asked_for(
    client: httpx.AsyncClient, link: str, content: bytes, asked: str, start: int, end: int | None
) -> None:
    answer = await client.get(link, headers={"Range": asked})

    assert answer.status_code == 206
    assert answer.content == content[start:end]
    first = start % len(content)
    last = first + len(answer.content) - 1
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(content)}"


async def test_a_part_that_is_not_there_is_refused(client: httpx.AsyncClient, link: str, content: bytes) -> None:
    answer = await client.get(link, headers={"Range": f"bytes={len(content)}-"})

    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(content)}"


async def test_a_part_of_another_version_gets_the_whole(client: httpx.AsyncClient, link: str, content: bytes) -> None:
    answer = await client.get(link, headers={"Range": "bytes=0-9", "If-Range": '"older"'})

    assert (answer.status_code, answer.content) == (200, content)


async def test_a_link_works_for_its_own_file_and_name_alone(client: httpx.AsyncClient, link: str) -> None:
    query = urlsplit(link).query
    signature = parse_qs(query)["signature"][0]
    tampered = [
        f"/files/{new_id()}?{query}",
        link.replace("photo.jpg", "other.jpg"),
        link.replace("expires=", "expires=9"),
        link.replace(signature, "0" * len(signature)),
        link.replace(signature, "%C3%A4"),
        urlsplit(link).path,
        "/files/no-id-at-all?expires=9999999999&signature=x",
    ]

    answers = [await client.get(each) for each in tampered]

    assert {answer.status_code for answer in answers} == {403}


async def test_an_expired_link_is_refused(site: Site, client: httpx.AsyncClient, link: str) -> None:
    path = urlsplit(link).path
    signature = site.ports.get(Keys).sign(f"GET\n{path}\n1000000000\n")

    answer = await client.get(f"{path}?expires=1000000000&signature={signature}")

    assert answer.status_code == 403


async def test_names_in_any_script_are_carried(site: Site, client: httpx.AsyncClient, link: str) -> None:
    named = site.ports.get(LinkSigner).sign(urlsplit(link).path, download='Öğle "ışığı".jpg')

    disposition = (await client.get(named)).headers["content-disposition"]

    assert disposition.isascii()
    assert disposition.endswith("filename*=UTF-8''%C3%96%C4%9Fle%20%22%C4%B1%C5%9F%C4%B1%C4%9F%C4%B1%22.jpg")
