"""The record of calls, and the switches of engines."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from atelier.features.engines.models import EngineCall, EngineRow
from atelier.features.engines.types import CallRecord
from atelier.kernel.ids import new_id
from atelier.runtime.db import Session


async def add_call(session: Session, user_id: UUID, call: CallRecord) -> None:
    """Once for each attempt of a stage."""
    values = {"id": new_id(), "user_id": user_id, **asdict(call)}
    await session.execute(insert(EngineCall).values(values).on_conflict_do_nothing())


async def put_engine(session: Session, name: str, kind: str) -> None:
    """An engine that is wired has a row; its switches are left as they are."""
    await session.execute(insert(EngineRow).values(id=new_id(), name=name, kind=kind).on_conflict_do_nothing())
