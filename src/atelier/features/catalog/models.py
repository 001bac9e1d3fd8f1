"""Applied catalogues, and what they say as rows: products, prices, retention."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from atelier.runtime.db import Base, Changing, Identified, Json


class AppliedCatalogue(Identified, Base):
    """Every version that was ever applied; one is current."""

    __tablename__ = "catalogues"
    __table_args__ = (Index("uq_catalogues_current", "is_current", unique=True, postgresql_where=text("is_current")),)

    name: Mapped[str]
    file_hash: Mapped[str]
    body: Mapped[Json]
    is_current: Mapped[bool] = mapped_column(server_default=text("false"))
    applied_at: Mapped[datetime] = mapped_column(server_default=func.now())
    applied_by: Mapped[str | None]


class ProductRow(Changing, Base):
    """What is on sale. A product that left the file is hidden, never deleted: jobs refer to its code."""

    __tablename__ = "products"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    description: Mapped[str]
    engine: Mapped[str]
    option: Mapped[str]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    sort_order: Mapped[int] = mapped_column(server_default=text("0"))


class ProductPrice(Changing, Base):
    """One way to pay for one choice of a product's option."""

    __tablename__ = "product_prices"
    __table_args__ = (
        UniqueConstraint("product_id", "choice", "rank"),
        CheckConstraint("units >= 0", name="units_not_negative"),
    )

    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"))
    choice: Mapped[str]
    rank: Mapped[int]
    unit: Mapped[str]
    units: Mapped[int]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))


class RetentionRule(Changing, Base):
    """How long a subject is kept; NULL is for ever."""

    __tablename__ = "retention_rules"
    __table_args__ = (CheckConstraint("keep_days > 0", name="keep_days_positive"),)

    subject: Mapped[str] = mapped_column(unique=True)
    keep_days: Mapped[int | None]
    source: Mapped[str]
    last_run_at: Mapped[datetime | None]
    last_count: Mapped[int | None]
