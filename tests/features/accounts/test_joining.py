"""Making an account and proving its address."""

import httpx
import pytest
from sqlalchemy import text

from atelier.features.accounts import hash_address
from atelier.runtime.db import DbRole, Sessions
from atelier.runtime.web.site import Site
from tests.support.people import Caller, Drain, letters, link_in, new_person

PASSWORD = "blue-kettle-under-rain"
FORM = {"email": "Ada@Example.com", "name": "Ada", "password": PASSWORD}


def token_of(link: str) -> str:
    return link.partition("=")[2]


async def scalar(sessions: Sessions, statement: str, **values: object) -> object:
    async with sessions.read(role=DbRole.SYSTEM) as session:
        return await session.scalar(text(statement), values)


async def age_tokens(sessions: Sessions, interval: str) -> None:
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        await session.execute(
            text("UPDATE one_time_tokens SET expires_at = expires_at - cast(:by AS interval)"), {"by": interval}
        )


async def test_one_signs_up_verifies_by_mail_and_signs_in(client: httpx.AsyncClient, site: Site, drain: Drain) -> None:
    sent = await client.post("/sign-up", data=FORM)
    await drain()
    link = link_in(letters(site)[0])
    waiting = await client.get(sent.headers["location"])
    page = await client.get(link)
    confirmed = await client.post("/verify", data={"token": token_of(link)})
    entered = await client.post("/sign-in", data={"email": "ada@example.com", "password": PASSWORD})

    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-up/sent")
    assert (waiting.status_code, page.status_code) == (200, 200)
    assert (confirmed.status_code, confirmed.headers["location"]) == (303, "/sign-in")
    assert (entered.status_code, entered.headers["location"]) == (303, "/studio")
    assert "atelier_session" in client.cookies


async def test_the_event_carries_the_hash_of_the_mailbox(
    client: httpx.AsyncClient, site: Site, sessions: Sessions, drain: Drain
) -> None:
    await client.post("/sign-up", data=FORM | {"email": "A.d.a+news@GoogleMail.com"})
    await drain()
    await client.post("/verify", data={"token": token_of(link_in(letters(site)[0]))})

    body = await scalar(sessions, "SELECT body FROM events WHERE name = 'EmailVerified'")
    assert isinstance(body, dict)
    assert body["address_hash"] == hash_address("ada@gmail.com")


async def test_looking_at_the_link_uses_nothing_up(client: httpx.AsyncClient, site: Site, drain: Drain) -> None:
    await client.post("/sign-up", data=FORM)
    await drain()
    link = link_in(letters(site)[0])

    for _ in range(3):
        await client.get(link)

    assert (await client.post("/verify", data={"token": token_of(link)})).status_code == 303


async def test_a_link_verifies_once(client: httpx.AsyncClient, site: Site, sessions: Sessions, drain: Drain) -> None:
    await client.post("/sign-up", data=FORM)
    await drain()
    token = token_of(link_in(letters(site)[0]))
    await client.post("/verify", data={"token": token})

    again = await client.post("/verify", data={"token": token})

    assert again.status_code == 422
    assert await scalar(sessions, "SELECT count(*) FROM events WHERE name = 'EmailVerified'") == 1


@pytest.mark.parametrize("token", ["", "x", "../..", "a" * 300])
async def test_a_made_up_link_verifies_nothing(client: httpx.AsyncClient, token: str) -> None:
    assert (await client.post("/verify", data={"token": token})).status_code == 422


async def test_a_link_dies_after_a_day(client: httpx.AsyncClient, site: Site, sessions: Sessions, drain: Drain) -> None:
    await client.post("/sign-up", data=FORM)
    await drain()
    await age_tokens(sessions, "24 hours")

    answer = await client.post("/verify", data={"token": token_of(link_in(letters(site)[0]))})

    assert answer.status_code == 422


async def test_a_verification_link_resets_no_password_and_signs_nobody_in(
    client: httpx.AsyncClient, site: Site, drain: Drain
) -> None:
    await client.post("/sign-up", data=FORM)
    await drain()
    token = token_of(link_in(letters(site)[0]))

    reset = await client.post(f"/reset/{token}", data={"password": "another-good-one"})
    entered = await client.post(f"/sign-in/link/{token}")

    assert (reset.status_code, entered.status_code) == (422, 422)
    assert (await client.post("/verify", data={"token": token})).status_code == 303


async def test_a_known_address_is_answered_like_an_unknown_one_and_its_owner_is_told(
    client: httpx.AsyncClient, site: Site, sessions: Sessions, drain: Drain
) -> None:
    await new_person(sessions, email="ada@example.com")

    known = await client.post("/sign-up", data=FORM)
    unknown = await client.post("/sign-up", data=FORM | {"email": "other@example.com"})
    await drain()

    assert (known.status_code, known.headers["location"], known.text) == (
        unknown.status_code,
        unknown.headers["location"],
        unknown.text,
    )
    told = {str(letter["To"]): str(letter["Subject"]) for letter in letters(site)}
    assert told == {"ada@example.com": "You already have an account", "other@example.com": "Confirm your address"}


async def test_signing_up_again_changes_no_password(
    client: httpx.AsyncClient, sessions: Sessions, drain: Drain
) -> None:
    await client.post("/sign-up", data=FORM)
    await client.post("/sign-up", data=FORM | {"password": "the-attackers-choice"})

    entered = await client.post("/sign-in", data={"email": FORM["email"], "password": "the-attackers-choice"})

    assert entered.status_code == 422


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "short12"}, "at least 8"),
        ({"password": "x" * 64 + "y" * 65}, "at most 128"),
        ({"password": "Password123"}, "most common"),
        ({"password": "QWERTYUIOP!"}, "most common"),
        ({"password": "abababababab"}, "most common"),
        ({"email": "adalovelace@example.com", "password": "my-AdaLovelace-1"}, "contains your e-mail"),
        ({"email": "nobody"}, "Please enter an e-mail address"),
        ({"email": "a@b@c.example"}, "Please enter an e-mail address"),
        ({"email": "a\r\nBcc: x@example.com"}, "Please enter an e-mail address"),
        ({"email": ""}, "too short"),
        ({"password": ""}, "too short"),
    ],
)
async def test_what_is_wrong_is_said_at_the_field_and_the_password_is_not_repeated(
    client: httpx.AsyncClient, changes: dict[str, str], words: str
) -> None:
    form = FORM | changes

    answer = await client.post("/sign-up", data=form)

    assert answer.status_code == 422
    assert words in answer.text
    assert not form["password"] or form["password"] not in answer.text


async def test_any_letters_make_a_password(client: httpx.AsyncClient) -> None:
    password = "  çok güzel 🌊 " * 2

    sent = await client.post("/sign-up", data=FORM | {"password": password})
    entered = await client.post("/sign-in", data={"email": FORM["email"], "password": password})

    assert (sent.status_code, entered.status_code) == (303, 303)


async def test_one_address_gets_only_so_many_mails(client: httpx.AsyncClient) -> None:
    answers = [await client.post("/sign-up", data=FORM) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_the_link_is_sent_again_until_the_address_is_proven(
    client: httpx.AsyncClient, site: Site, drain: Drain
) -> None:
    await client.post("/sign-up", data=FORM)
    await client.post("/sign-in", data={"email": FORM["email"], "password": PASSWORD})
    page = await client.get("/settings")
    again = await client.post("/verify/again")
    await drain()
    first, second = (token_of(link_in(letter)) for letter in letters(site))

    assert "Please confirm your address" in page.text
    assert again.status_code == 303
    assert (await client.post("/verify", data={"token": second})).status_code == 303
    assert (await client.post("/verify", data={"token": first})).status_code == 422
    assert "Please confirm your address" not in (await client.get("/settings")).text
    await client.post("/verify/again")
    await drain()
    assert len(letters(site)) == 2


async def test_whoever_is_signed_in_needs_no_account(owner: Caller) -> None:
    answer = await owner.client.get("/sign-up")

    assert (answer.status_code, answer.headers["location"]) == (303, "/studio")


async def test_the_mail_is_in_the_language_of_the_one_who_signed_up(
    client: httpx.AsyncClient, sessions: Sessions
) -> None:
    await client.post("/sign-up", data=FORM, headers={"Accept-Language": "tr"})

    assert await scalar(sessions, "SELECT locale FROM users") == "tr"
    assert await scalar(sessions, "SELECT metadata->>'locale' FROM mails") == "tr"


async def test_no_secret_is_in_tasks_mails_or_the_trail(
    client: httpx.AsyncClient, site: Site, sessions: Sessions, drain: Drain, capfd: pytest.CaptureFixture[str]
) -> None:
    await client.post("/sign-up", data=FORM)
    await drain()
    token = token_of(link_in(letters(site)[0]))
    await client.get(f"/verify?token={token}")
    await client.post("/verify", data={"token": token})
    await client.post("/sign-in", data={"email": FORM["email"], "password": PASSWORD})
    cookie = client.cookies["atelier_session"]

    said = "".join(capfd.readouterr())
    for table in ("procrastinate_jobs", "mails", "audit_entries", "one_time_tokens", "sessions", "events"):
        said += str(await scalar(sessions, f"SELECT string_agg(t::text, ' ') FROM {table} t"))  # noqa: S608
    assert token not in said
    assert PASSWORD not in said
    assert cookie not in said
