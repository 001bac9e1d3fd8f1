"""Cursor paging: an opaque, URL-safe cursor over a (time-ordered) id, and one page of results."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from atelier.kernel.errors import Invalid
from atelier.kernel.text import _

T = TypeVar("T")

DEFAULT_LIMIT = 24
MAX_LIMIT = 100


class InvalidCursor(Invalid):
    message = _("This page link is not valid. Start again from the first page.")


def encode_cursor(last: UUID) -> str:
    return base64.urlsafe_b64encode(last.bytes).rstrip(b"=").decode()


def decode_cursor(cursor: str | None) -> UUID | None:
    if not cursor:
        return None
    try:
        return UUID(bytes=base64.urlsafe_b64decode(cursor + "=="))
    except (ValueError, binascii.Error) as error:
        raise InvalidCursor(field="cursor") from error


@dataclass(frozen=True)
class Slice(Generic[T]):
    """One page of a list that grows, and where the next one begins."""

    items: Sequence[T]
    next_cursor: str | None

    @classmethod
    def of(cls, rows: Sequence[T], limit: int, key: Callable[[T], UUID]) -> "Slice[T]":
        """`rows` holds up to limit + 1 items; the one too many only says that there is more."""
        more = len(rows) > limit
        return cls(rows[:limit], encode_cursor(key(rows[limit - 1])) if more else None)
