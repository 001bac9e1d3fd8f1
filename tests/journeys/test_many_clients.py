"""Many clients on one wallet through the API, and requests that are sent twice."""

import asyncio
from collections import Counter
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from atelier.features.assets import Gate
from atelier.kernel.ids import new_id
from atelier.runtime.db import DbRole, Sessions
from atelier.runtime.web.site import Site
from tests.support.factories import give_units
from tests.support.jobs import new_image
from tests.support.ledger import findings, spendable
from tests.support.people import Caller, bearer_client, new_api_key

CLIENTS = 32
MONEY_FOR = 10
PRICE = 2


@pytest.fixture
async def image_id(owner: Caller, site: Site, sessions: Sessions, tmp_path: Path) -> UUID:
    return await new_image(sessions, site.ports.get(Gate), owner.id, tmp_path)


def wish(image_id: UUID, tier: str = "1k") -> dict[str, object]:
    return {"product": "enhancement", "image": str(image_id), "options": {"tier": tier}}


async def test_thirty_two_clients_with_money_for_ten_get_exactly_ten_jobs(
    app: FastAPI, owner: Caller, image_id: UUID, sessions: Sessions
) -> None:
    await give_units(sessions, owner.id, PRICE * MONEY_FOR)
    clients = [bearer_client(app, (await new_api_key(sessions, owner))[1]) for _ in range(4)]

    async def order(number: int) -> int:
        answer = await clients[number % 4].post("/api/v1/jobs", json=wish(image_id))
        return answer.status_code

    statuses = Counter(await asyncio.gather(*(order(number) for number in range(CLIENTS))))

    assert statuses == {202: MONEY_FOR, 402: CLIENTS - MONEY_FOR}
    assert await spendable(sessions, owner.id) == 0
    async with sessions.read(role=DbRole.SYSTEM) as session:
        assert await session.scalar(text("SELECT count(*) FROM jobs")) == MONEY_FOR
        lowest = await session.scalar(text("SELECT min(posted - held) FROM ledger_accounts WHERE kind = 'wallet'"))
    assert lowest == 0
    assert await findings(sessions) == []
    for client in clients:
        await client.aclose()


async def test_the_same_key_twice_makes_one_job_and_gives_the_same_answer_byte_for_byte(
    owner: Caller, image_id: UUID, sessions: Sessions
) -> None:
    await give_units(sessions, owner.id, 10)
    headers = {"Idempotency-Key": str(new_id())}

    async def order() -> httpx.Response:
        return await owner.client.post("/api/v1/jobs", json=wish(image_id), headers=headers)

    first = await order()
    again = await asyncio.gather(*(order() for _ in range(5)))

    assert {answer.content for answer in again} == {first.content}
    assert {answer.headers["Idempotent-Replayed"] for answer in again} == {"true"}
    assert {answer.headers["Atelier-Balance"] for answer in again} == {first.headers["Atelier-Balance"]} == {"8"}
    assert await spendable(sessions, owner.id) == 8
    assert await findings(sessions) == []


async def test_the_same_key_at_the_same_time_makes_one_job(owner: Caller, image_id: UUID, sessions: Sessions) -> None:
    await give_units(sessions, owner.id, 10)
    headers = {"Idempotency-Key": str(new_id())}

    answers = await asyncio.gather(
        *(owner.client.post("/api/v1/jobs", json=wish(image_id), headers=headers) for _ in range(6))
    )

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await spendable(sessions, owner.id) == 8


async def test_the_same_key_with_another_body_is_refused(owner: Caller, image_id: UUID, sessions: Sessions) -> None:
    await give_units(sessions, owner.id, 10)
    headers = {"Idempotency-Key": str(new_id())}
    await owner.client.post("/api/v1/jobs", json=wish(image_id), headers=headers)

    refused = await owner.client.post("/api/v1/jobs", json=wish(image_id, "2k"), headers=headers)

    assert refused.status_code == 422
    assert refused.json()["code"] == "idempotency-key-reused"
    assert await spendable(sessions, owner.id) == 8


async def test_a_refused_order_leaves_its_key_free(owner: Caller, image_id: UUID, sessions: Sessions) -> None:
    headers = {"Idempotency-Key": str(new_id())}
    poor = await owner.client.post("/api/v1/jobs", json=wish(image_id), headers=headers)
    await give_units(sessions, owner.id, 10)

    rich = await owner.client.post("/api/v1/jobs", json=wish(image_id), headers=headers)

    assert (poor.status_code, poor.json()["code"]) == (402, "insufficient-credits")
    assert rich.status_code == 202


async def test_what_an_engine_cannot_do_is_refused_before_the_charge(
    owner: Caller, image_id: UUID, sessions: Sessions
) -> None:
    await give_units(sessions, owner.id, 50)
    order = wish(image_id)

    for body, code in (
        (order | {"options": {"tier": "16k"}}, "bad-options"),
        (order | {"options": {"tier": "1k", "nonsense": 1}}, "bad-options"),
        (order | {"product": "staging"}, "product-not-installed"),
        (order | {"image": str(new_id())}, "image-not-found"),
        (order | {"prompt": "x" * 501}, "prompt-too-long"),
    ):
        answer = await owner.client.post("/api/v1/jobs", json=body)
        assert (answer.json()["code"], answer.is_client_error) == (code, True), answer.text

    assert await spendable(sessions, owner.id) == 50
