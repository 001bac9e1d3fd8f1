"""One-time tokens: each for its purpose, once, for a while."""

from datetime import timedelta
from uuid import UUID

from atelier.features.accounts import queries
from atelier.features.accounts.errors import BadLink
from atelier.features.accounts.models import OneTimeToken
from atelier.features.accounts.types import TokenPurpose
from atelier.runtime.crypto import hash_token, new_token
from atelier.runtime.db import Session, as_system

LIFETIMES = {
    TokenPurpose.VERIFY: timedelta(hours=24),
    TokenPurpose.RESET: timedelta(hours=1),
    TokenPurpose.MAGIC: timedelta(minutes=15),
    TokenPurpose.SETUP: timedelta(hours=24),
}


async def make_verification_token(session: Session, user_id: UUID) -> str:
    return await _make(session, TokenPurpose.VERIFY, user_id)


async def make_reset_token(session: Session, user_id: UUID) -> str:
    return await _make(session, TokenPurpose.RESET, user_id)


async def make_sign_in_token(session: Session, user_id: UUID) -> str:
    """A token for `/sign-in/link/{token}`: once, within 15 minutes. It is handed over by whoever runs the machine."""
    return await _make(session, TokenPurpose.MAGIC, user_id)


async def make_setup_token(session: Session) -> str | None:
    """A token for `/setup?token=`, which makes the first super administrator; None when there is one already."""
    async with as_system(session):
        if await queries.count_super_admins(session):
            return None
        await queries.end_tokens(session, TokenPurpose.SETUP, None)
    return await _make(session, TokenPurpose.SETUP, None)


async def use_token(session: Session, purpose: TokenPurpose, text: str) -> OneTimeToken:
    """Use a token up, and with it all others for the same end. Raises BadLink."""
    async with as_system(session):
        token = await queries.use_token(session, purpose, hash_token(text))
        if token is None:
            raise BadLink
        await queries.end_tokens(session, purpose, token.user_id)
        return token


async def use_link(session: Session, purpose: TokenPurpose, text: str) -> UUID:
    """Use a person's token up; whose it was. Raises BadLink."""
    user_id = (await use_token(session, purpose, text)).user_id
    if user_id is None:
        raise BadLink
    return user_id


async def _make(session: Session, purpose: TokenPurpose, user_id: UUID | None) -> str:
    token = new_token()
    async with as_system(session):
        await queries.add_token(session, purpose, token.hash, user_id=user_id, lives=LIFETIMES[purpose])
    return token.text
