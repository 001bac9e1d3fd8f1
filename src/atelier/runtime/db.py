"""The database as the features see it: table base, sessions that enter a role, and one way to begin."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, MetaData, Text, Uuid, func, text
from sqlalchemy import Enum as EnumType
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from atelier.kernel.ids import new_id
from atelier.runtime.settings import Database
from atelier.runtime.signals import Signals

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Json = dict[str, Any]


def _values(words: type[Enum]) -> list[str]:
    return [str(word.value) for word in words]


class Base(DeclarativeBase):
    """Every table: constraint names by convention, enumerations as text with a CHECK, aware times, JSONB."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[Mapping[Any, Any]] = {
        str: Text(),
        int: BigInteger(),
        datetime: DateTime(timezone=True),
        UUID: Uuid(),
        Json: JSONB(),
        StrEnum: EnumType(StrEnum, native_enum=False, create_constraint=True, values_callable=_values, length=40),
    }


class Identified:
    """A time-ordered id and the moment of creation."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Changing(Identified):
    """Also the moment of the last change, kept by the database's own trigger."""

    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DbRole(StrEnum):
    """`app` sees the rows of its person only; `system` claims, sweeps and serves the back office."""

    APP = "atelier_app"
    SYSTEM = "atelier_system"


class ReadSession(AsyncSession):
    """A session that may only read."""


class Session(ReadSession):
    """A session in one transaction, ended by the edge that began it."""

    def wake_after_commit(self, channel: str, payload: str = "") -> None:
        """Tell listening processes, once this transaction is durable. Polling stays the truth."""
        self.info.setdefault("wake", set()).add((channel, payload))


_open = ContextVar("open_transactions", default=0)

_ROLE = text("SELECT set_config('role', :role, true)")
_ENTER = text("SELECT set_config('role', :role, true), set_config('app.user_id', :user_id, true)")


def in_transaction() -> bool:
    """Whether this task holds a transaction open; outbound clients refuse to work then."""
    return _open.get() > 0


class Sessions:
    """Begins transactions. Entering a role and a person is part of beginning, so it cannot be forgotten."""

    def __init__(self, engine: AsyncEngine, signals: Signals, read_engine: AsyncEngine | None = None) -> None:
        self.engine = engine
        self.signals = signals
        self._read_engine = (read_engine or engine).execution_options(postgresql_readonly=True)

    @asynccontextmanager
    async def begin(self, *, role: DbRole = DbRole.APP, user_id: UUID | None = None) -> AsyncIterator[Session]:
        """One transaction as `role` for `user_id`; committed when the block ends well."""
        async with Session(self.engine, expire_on_commit=False) as session:
            async with _counted(), session.begin():
                await session.execute(_ENTER, {"role": role, "user_id": str(user_id or "")})
                session.info["role"] = role
                yield session
            wake: set[tuple[str, str]] = session.info.pop("wake", set())
            for channel, payload in wake:
                await self.signals.notify(channel, payload)

    @asynccontextmanager
    async def read(self, *, role: DbRole = DbRole.APP, user_id: UUID | None = None) -> AsyncIterator[ReadSession]:
        """One READ ONLY transaction as `role` for `user_id`."""
        async with ReadSession(self._read_engine, expire_on_commit=False) as session, _counted(), session.begin():
            await session.execute(_ENTER, {"role": role, "user_id": str(user_id or "")})
            yield session

    async def close(self) -> None:
        await self.signals.close()
        await self.engine.dispose()


@asynccontextmanager
async def as_system(session: Session) -> AsyncIterator[None]:
    """Step up within a person's transaction, for what people may cause but never write themselves: the ledger.

    The role is given back however the block ends; an error of the database loses the transaction, and it with it.
    """
    before: DbRole = session.info["role"]
    if before is DbRole.SYSTEM:
        yield
        return
    await session.execute(_ROLE, {"role": DbRole.SYSTEM})
    session.info["role"] = DbRole.SYSTEM
    try:
        yield
    finally:
        session.info["role"] = before
        with contextlib.suppress(DBAPIError):
            await session.execute(_ROLE, {"role": before})


@asynccontextmanager
async def _counted() -> AsyncIterator[None]:
    token = _open.set(_open.get() + 1)
    try:
        yield
    finally:
        _open.reset(token)


def sqlalchemy_url(url: str) -> str:
    """The same address in SQLAlchemy's spelling, by psycopg 3."""
    scheme, rest = url.split("://", 1)
    return f"postgresql+psycopg://{rest}" if scheme in {"postgres", "postgresql"} else url


def demand_tls(url: str) -> str:
    """The same address with verified TLS, for every driver and tool that is given it; its own `sslmode` stays."""
    if "sslmode=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}sslmode=verify-full"


def connect(url: str, settings: Database, *, statement_seconds: int = 30) -> Sessions:
    """Sessions over one pool. Statements, locks and idle transactions have an end (see docs/explanation)."""
    options = (
        f"-c statement_timeout={statement_seconds}s -c idle_in_transaction_session_timeout=10s"
        " -c lock_timeout=10s -c timezone=UTC"
    )
    arguments: dict[str, Any] = {
        "options": options,
        "connect_timeout": max(1, settings.connect_timeout_ms // 1000),
        "application_name": "atelier",
        "prepare_threshold": 5,
    }

    def engine(address: str) -> AsyncEngine:
        return create_async_engine(
            sqlalchemy_url(demand_tls(address) if settings.ssl else address),
            connect_args=arguments,
            hide_parameters=True,
            pool_size=settings.pool_max,
            max_overflow=0,
            pool_timeout=settings.connect_timeout_ms / 1000,
            pool_recycle=3600,
            pool_pre_ping=True,
        )

    read_url = settings.read_url
    read_engine = engine(read_url.get_secret_value()) if read_url else None
    return Sessions(engine(url), Signals(url), read_engine)
