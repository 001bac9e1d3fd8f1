"""The record of calls, and the switches of engines."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from atelier.features.engines.models import EngineCall, EngineRow
from atelier.features.engines.types import CallRecord
from atelier.kernel.ids import new_id
from atelier.runtime.db import ReadSession, Session


async def add_call(session: Session, user_id: UUID, call: CallRecord) -> None:
    """Once for each attempt of a stage."""
    values = {"id": new_id(), "user_id": user_id, **asdict(call)}
    await session.execute(insert(EngineCall).values(values).on_conflict_do_nothing())


async def list_calls(session: ReadSession, user_id: UUID, reference: str) -> Sequence[EngineCall]:
    calls = select(EngineCall).where(EngineCall.user_id == user_id, EngineCall.reference == reference)
    return (await session.scalars(calls.order_by(EngineCall.attempt))).all()


async def put_engine(session: Session, name: str, kind: str) -> None:
    """An engine that is wired has a row; its switches are left as they are."""
    await session.execute(insert(EngineRow).values(id=new_id(), name=name, kind=kind).on_conflict_do_nothing())


async def find_engine(session: ReadSession, name: str) -> EngineRow | None:
    return await session.scalar(select(EngineRow).where(EngineRow.name == name))
