"""A business is a file: what it may say, and what applying it does."""

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from atelier.features.catalog import (
    Catalogue,
    NotOnSale,
    UnknownProduct,
    apply_catalogue,
    current,
    price_of,
    read_catalogue,
)
from atelier.features.catalog.brand import WANTED_CONTRAST, contrast, current_brand
from atelier.runtime.db import DbRole, Sessions


def changed(**facts: object) -> Catalogue:
    return Catalogue.model_validate(read_catalogue("atelier").model_dump() | facts)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"sign_up": {"grants": [{"unit": "gold", "units": 1}]}}, "unit gold is used but not described"),
        ({"units": [{"code": "credit", "one": "c", "many": "cs"}] * 2}, "unit credit is there twice"),
        ({"regeneration": {"unit": "credit", "every_minutes": 5, "cap": 2, "start": 3}}, "start is more than cap"),
        ({"nonsense": 1}, "Extra inputs are not permitted"),
    ],
)
def test_a_mistake_is_named(facts: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        changed(**facts)


async def test_what_left_the_file_is_hidden_and_never_deleted(sessions: Sessions) -> None:
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        assert not await apply_catalogue(session, read_catalogue("atelier"))
        assert await apply_catalogue(session, changed(products=[]))
        row = (await session.execute(text("SELECT is_active FROM products WHERE code = 'enhancement'"))).one()
        prices = await session.scalar(text("SELECT count(*) FROM product_prices WHERE is_active"))
        versions = await session.scalar(text("SELECT count(*) FROM catalogues"))

    assert (row.is_active, prices, versions) == (False, 0, 2)


async def test_a_new_price_is_the_price_at_once(sessions: Sessions) -> None:
    dearer = read_catalogue("atelier").model_dump()
    dearer["products"][0]["prices"]["2k"] = [{"unit": "credit", "units": 7}]
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        await apply_catalogue(session, Catalogue.model_validate(dearer))
    async with sessions.read() as reader:
        _product, ways = await price_of(reader, "enhancement", {"tier": "2k"})
        with pytest.raises(NotOnSale):
            await price_of(reader, "enhancement", {"tier": "8k"})
        with pytest.raises(UnknownProduct):
            await price_of(reader, "sculpture", {})

    assert [way.units for way in ways] == [7]


async def test_two_who_apply_at_once_leave_one_current(sessions: Sessions) -> None:
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        for currency in ("EUR", "GBP"):
            await apply_catalogue(session, changed(currency=currency))
    async with sessions.read() as reader:
        assert (await current(reader)).currency == "GBP"
        assert await reader.scalar(text("SELECT count(*) FROM catalogues WHERE is_current")) == 1


@pytest.mark.parametrize("accent", ["#ffff00", "#000000", "#ffffff", "#8a4b2a", "#00ff99"])
async def test_whatever_the_accent_text_in_it_can_be_read(sessions: Sessions, accent: str) -> None:
    brand = read_catalogue("atelier").brand.model_copy(update={"accent": accent})
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        await apply_catalogue(session, changed(brand=brand.model_dump()))
    async with sessions.read() as reader:
        shown = await current_brand(reader)

    def ratio(one: str, other: str) -> float:
        first, second = (tuple(int(text[n : n + 2], 16) for n in (1, 3, 5)) for text in (one, other))
        return contrast(first, second)  # type: ignore[arg-type]

    assert ratio(shown.accent, "#faf8f5") >= WANTED_CONTRAST
    assert ratio(shown.accent_dark, "#181614") >= WANTED_CONTRAST
    assert ratio(shown.on_accent, shown.accent) >= WANTED_CONTRAST
    assert ratio(shown.on_accent_dark, shown.accent_dark) >= WANTED_CONTRAST
