"""Making an account and proving its address."""

import httpx
from sqlalchemy import text

from atelier.features.accounts import hash_address
from atelier.runtime.db import DbRole, Sessions
from atelier.runtime.web.site import Site
from tests.support.people import Drain, letters, link_in

PASSWORD = "blue-kettle-under-rain"
FORM = {"email": "Ada@Example.com", "name": "Ada", "password": PASSWORD}


async def test_one_signs_up_verifies_by_mail_and_signs_in(client: httpx.AsyncClient, site: Site, drain: Drain) -> None:
    sent = await client.post("/sign-up", data=FORM)
    await drain()
    link = link_in(letters(site)[0])
    page = await client.get(link)
    confirmed = await client.post("/verify", data={"token": link.partition("=")[2]})
    entered = await client.post("/sign-in", data={"email": "ada@example.com", "password": PASSWORD})

    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-up/sent")
    assert page.status_code == 200
    assert (confirmed.status_code, confirmed.headers["location"]) == (303, "/sign-in")
    assert (entered.status_code, entered.headers["location"]) == (303, "/studio")
    assert "atelier_session" in client.cookies


async def test_the_event_carries_the_hash_of_the_mailbox(
    client: httpx.AsyncClient, site: Site, sessions: Sessions, drain: Drain
) -> None:
    await client.post("/sign-up", data=FORM | {"email": "A.d.a+news@GoogleMail.com"})
    await drain()
    await client.post("/verify", data={"token": link_in(letters(site)[0]).partition("=")[2]})

    async with sessions.read(role=DbRole.SYSTEM) as session:
        body = await session.scalar(text("SELECT body FROM events WHERE name = 'EmailVerified'"))
    assert body is not None
    assert body["address_hash"] == hash_address("ada@gmail.com")
