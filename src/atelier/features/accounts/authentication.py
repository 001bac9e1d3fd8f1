"""Who is asking: a session cookie, or an API key as bearer."""

from starlette.requests import HTTPConnection

from atelier.features.accounts import queries
from atelier.features.accounts.api_keys import is_well_formed
from atelier.features.accounts.errors import InvalidApiKey
from atelier.features.accounts.types import Person
from atelier.kernel.actor import Actor, Via
from atelier.runtime.crypto import hash_token
from atelier.runtime.db import DbRole, Sessions
from atelier.runtime.web.language import use_locale
from atelier.runtime.web.site import site_of

SESSION_COOKIE = "atelier_session"
SECURE_SESSION_COOKIE = "__Host-atelier"


def session_cookie(*, is_https: bool) -> str:
    """The cookie's name; with the prefix, browsers take it over https, from this host, for the whole site only."""
    return SECURE_SESSION_COOKIE if is_https else SESSION_COOKIE


async def authenticate(connection: HTTPConnection, sessions: Sessions) -> Actor | None:
    """The actor of a request, in a short transaction of its own, which also notes that session or key are in use.

    A bearer that is not good raises InvalidApiKey: whoever shows a key does not want to be taken for nobody.
    """
    scheme, _space, credential = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return await _by_key(credential.strip(), sessions)
    token = connection.cookies.get(session_cookie(is_https=site_of(connection).settings.is_https))
    if not token:
        return None
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        holder = await queries.find_session_holder(session, hash_token(token))
    return _actor(holder, Via.SESSION) if holder else None


async def _by_key(text: str, sessions: Sessions) -> Actor:
    if not is_well_formed(text):
        raise InvalidApiKey
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        holder = await queries.find_key_holder(session, hash_token(text))
    if holder is None:
        raise InvalidApiKey
    return _actor(holder, Via.API_KEY)


def _actor(holder: Person, via: Via) -> Actor:
    use_locale(holder.locale)
    return Actor(
        user_id=holder.user_id,
        role=holder.role,
        via=via,
        credential_id=holder.credential_id,
        scopes=holder.scopes,
        name=holder.name,
        email=holder.email,
        locale=holder.locale,
        is_verified=holder.is_verified,
    )
