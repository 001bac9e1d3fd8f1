"""API keys: made once, shown once, revoked at once."""

from datetime import datetime
from uuid import UUID

from atelier.features import audit, catalog
from atelier.features.accounts import queries
from atelier.features.accounts.api_keys import make_key
from atelier.features.accounts.errors import ApiKeyNotFound, ExpiryInThePast, TooManyApiKeys
from atelier.features.accounts.models import ApiKey
from atelier.features.accounts.types import NewKey
from atelier.features.audit import AuditAction
from atelier.kernel.actor import Actor
from atelier.runtime.db import Session


async def create_api_key(
    session: Session, user_id: UUID, key: NewKey, *, by: Actor | str, now: datetime, ip: str | None = None
) -> tuple[ApiKey, str]:
    """A new key and its text, which is not kept. Raises TooManyApiKeys or ExpiryInThePast."""
    if key.expires_at is not None and key.expires_at <= now:
        raise ExpiryInThePast(field="expires_at")
    limit = (await catalog.current(session)).limits.api_keys
    if await queries.count_keys(session, user_id) >= limit:
        raise TooManyApiKeys(limit=limit)
    made = make_key()
    row = await queries.add_key(session, user_id, key, made=made)
    await audit.record(
        session,
        AuditAction.API_KEY_CREATE,
        actor=by,
        target_type="api_key",
        target_id=row.id,
        details={"name": key.name, "prefix": made.prefix, "scopes": sorted(key.scopes)},
        ip=ip,
    )
    return row, made.text


async def revoke_api_key(session: Session, actor: Actor, key_id: UUID, *, ip: str | None = None) -> None:
    """Make a key useless from this moment on. Raises ApiKeyNotFound."""
    if not await queries.revoke_key(session, actor.user_id, key_id):
        raise ApiKeyNotFound
    await audit.record(session, AuditAction.API_KEY_REVOKE, actor=actor, target_type="api_key", target_id=key_id, ip=ip)
