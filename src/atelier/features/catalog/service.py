"""Reading a catalogue file, applying it, and the current business."""

import hashlib
import json
import tomllib
from importlib import resources
from pathlib import Path

from pydantic import ValidationError

from atelier.features.catalog import queries
from atelier.features.catalog.errors import BadCatalogue, CatalogueNotFound, NoCatalogue, NotOnSale, UnknownProduct
from atelier.features.catalog.models import AppliedCatalogue, ProductPrice, ProductRow, RetentionRule
from atelier.features.catalog.types import Amount, Catalogue, Product
from atelier.kernel.ids import new_id
from atelier.runtime.db import ReadSession, Session

_parsed: dict[str, Catalogue] = {}
"""By content hash, so it is never out of date."""


def shipped_names() -> list[str]:
    folder = resources.files("atelier") / "catalogs"
    return sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml"))


def read_catalogue(name: str) -> Catalogue:
    """Parse a shipped catalogue or a file. Raises CatalogueNotFound, or BadCatalogue with every mistake."""
    shipped = resources.files("atelier") / "catalogs" / f"{name}.toml"
    path = Path(name)
    if name in shipped_names():
        text = shipped.read_text(encoding="utf-8")
    elif path.is_file():
        text = path.read_text(encoding="utf-8")
    else:
        raise CatalogueNotFound(name=name, shipped=", ".join(shipped_names()))
    try:
        return Catalogue.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadCatalogue(name=name, problems=f"  {error}") from error
    except ValidationError as error:
        lines = [f"  {'.'.join(map(str, item['loc'])) or 'catalogue'}: {item['msg']}" for item in error.errors()]
        raise BadCatalogue(name=name, problems="\n".join(lines)) from error


async def apply_catalogue(session: Session, catalogue: Catalogue, *, by: str | None = None) -> bool:
    """Make this the current business; whether anything changed. What left the file is hidden, never deleted."""
    body = catalogue.model_dump(mode="json")
    file_hash = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    await queries.lock_catalogue(session)
    if await queries.find_current_hash(session) == file_hash:
        return False
    await queries.replace_current(
        session, AppliedCatalogue(name=catalogue.name, file_hash=file_hash, body=body, is_current=True, applied_by=by)
    )
    await _apply_products(session, catalogue)
    rules = [
        {"id": new_id(), "subject": subject, "keep_days": None if days == "keep" else days, "source": catalogue.name}
        for subject, days in catalogue.retention.items()
    ]
    await queries.put_rows(session, RetentionRule, ["subject"], rules)
    return True


async def _apply_products(session: Session, catalogue: Catalogue) -> None:
    rows = [
        {
            "id": new_id(),
            "code": product.code,
            "name": product.name,
            "description": product.description,
            "engine": product.engine,
            "option": product.option,
            "is_active": True,
            "sort_order": place,
        }
        for place, product in enumerate(catalogue.products)
    ]
    await queries.put_rows(session, ProductRow, ["code"], rows)
    await queries.hide_products(session, except_codes=[product.code for product in catalogue.products])
    await queries.hide_prices(session)
    ids = {row.code: row.id for row in await queries.list_products(session)}
    prices = [
        {
            "id": new_id(),
            "product_id": ids[product.code],
            "choice": choice,
            "rank": rank,
            "unit": way.unit,
            "units": way.units,
            "is_active": True,
        }
        for product in catalogue.products
        for choice, ways in product.prices.items()
        for rank, way in enumerate(ways)
    ]
    await queries.put_rows(session, ProductPrice, ["product_id", "choice", "rank"], prices)


async def current(session: ReadSession) -> Catalogue:
    """The business as applied. Raises NoCatalogue."""
    file_hash = await queries.find_current_hash(session)
    if file_hash is None:
        raise NoCatalogue
    if file_hash not in _parsed:
        _parsed[file_hash] = Catalogue.model_validate(await queries.get_current_body(session))
    return _parsed[file_hash]


async def is_applied(session: ReadSession) -> bool:
    """Whether there is a business at all."""
    return await queries.find_current_hash(session) is not None


async def price_of(
    session: ReadSession, product: str, options: dict[str, object]
) -> tuple[Product, tuple[Amount, ...]]:
    """The product and the ways to pay for it with these options. Raises UnknownProduct or NotOnSale."""
    found = (await current(session)).product(product)
    if found is None:
        raise UnknownProduct(field="product", product=product)
    ways = found.price(options)
    if ways is None:
        value = options.get(found.option)
        choices = ", ".join(found.prices)
        raise NotOnSale(
            field=f"options.{found.option}", product=product, option=found.option, value=value, choices=choices
        )
    return found, ways
