"""The hash of an audit entry: over the entry before it and everything that this one says."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from atelier.features.audit.models import AuditEntry
from atelier.kernel.actor import Actor, Via

BEGINNING = bytes(32)
By = Actor | UUID | str
"""Who did it: someone signed in, a person who is not yet, or a program."""


def described(by: By) -> tuple[UUID | None, str]:
    """The person, and the way they came; ids only, so that an erased person leaves nothing here."""
    if isinstance(by, Actor):
        is_key = by.via is Via.API_KEY
        return by.user_id, f"api_key:{by.credential_id}" if is_key else f"{by.role}:{by.user_id}"
    if isinstance(by, UUID):
        return by, f"user:{by}"
    return None, by


def plain(details: Mapping[str, object] | None) -> dict[str, Any]:
    """Details as the database will give them back."""
    read: dict[str, Any] = json.loads(json.dumps(details or {}, default=str))
    return read


def hash_of(entry: AuditEntry, previous: bytes) -> bytes:
    said = [
        entry.number,
        str(entry.id),
        _moment(entry.created_at),
        str(entry.user_id or ""),
        entry.actor,
        str(entry.action),
        entry.target_type,
        entry.target_id,
        entry.details,
        entry.ip_address,
    ]
    return hashlib.sha256(previous + json.dumps(said, sort_keys=True, ensure_ascii=True).encode()).digest()


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")
