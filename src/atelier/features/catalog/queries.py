"""Reading and writing the applied catalogue."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from atelier.features.catalog.models import AppliedCatalogue, ProductPrice, ProductRow, RetentionRule
from atelier.runtime.db import Base, ReadSession, Session


async def find_current_hash(session: ReadSession) -> str | None:
    return await session.scalar(select(AppliedCatalogue.file_hash).where(AppliedCatalogue.is_current))


async def get_current_body(session: ReadSession) -> dict[str, Any]:
    return (await session.execute(select(AppliedCatalogue.body).where(AppliedCatalogue.is_current))).scalar_one()


async def lock_catalogue(session: Session) -> None:
    """Two appliers take turns; readers are not held up."""
    await session.execute(select(func.pg_advisory_xact_lock(0x41544354)))


async def replace_current(session: Session, applied: AppliedCatalogue) -> None:
    await session.execute(update(AppliedCatalogue).where(AppliedCatalogue.is_current).values(is_current=False))
    session.add(applied)
    await session.flush()  # the partial unique index wants the old one gone before the new one comes


async def put_rows(session: Session, model: type[Base], keys: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    """Insert or update by `keys`."""
    if not rows:
        return
    statement = insert(model).values(list(rows))
    changed = {name: statement.excluded[name] for name in rows[0] if name not in {*keys, "id"}}
    await session.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=changed))


async def hide_products(session: Session, *, except_codes: Sequence[str]) -> None:
    await session.execute(update(ProductRow).where(ProductRow.code.not_in(except_codes)).values(is_active=False))


async def hide_prices(session: Session) -> None:
    await session.execute(update(ProductPrice).values(is_active=False))


async def list_products(session: ReadSession) -> Sequence[ProductRow]:
    return (await session.scalars(select(ProductRow))).all()


async def list_retention(session: ReadSession) -> Sequence[RetentionRule]:
    return (await session.scalars(select(RetentionRule).order_by(RetentionRule.subject))).all()
