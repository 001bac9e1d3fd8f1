"""The actor of a request as a dependency: permissions are visible in each signature."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Request

from atelier.kernel.actor import Actor, Role
from atelier.kernel.errors import Forbidden, Unauthenticated
from atelier.kernel.text import _
from atelier.runtime.web.site import site_of


class MissingScope(Forbidden):
    message = _("This API key may not do this: it lacks the scope {scope}.")


class AdministratorsOnly(Forbidden):
    message = _("Only administrators may open this.")


async def find_actor(request: Request) -> Actor | None:
    """Who is asking, or None; looked up once a request."""
    if not hasattr(request.state, "actor"):
        site = site_of(request)
        request.state.actor = await site.authenticate(request, site.sessions)
    actor: Actor | None = request.state.actor
    return actor


async def require_actor(actor: Annotated[Actor | None, Depends(find_actor)]) -> Actor:
    """The signed-in person, by session or API key. Raises Unauthenticated."""
    if actor is None:
        raise Unauthenticated
    return actor


def with_scope(scope: str) -> Callable[[Actor], Awaitable[Actor]]:
    """A dependency for endpoints that API keys may use: the key must carry `scope`."""

    async def require(actor: Annotated[Actor, Depends(require_actor)]) -> Actor:
        if not actor.may(scope):
            raise MissingScope(scope=scope)
        return actor

    setattr(require, "scope", scope)  # noqa: B010 - a function has no typed place for it; the route matrix reads it
    return require


async def require_person(actor: Annotated[Actor, Depends(require_actor)]) -> Actor:
    """A person in a session: what API keys may never do, such as making API keys."""
    if actor.credential_id is None or not actor.may("*"):
        raise MissingScope(scope="*")
    return actor


async def require_admin(actor: Annotated[Actor, Depends(require_person)]) -> Actor:
    """An administrator in a session. The role is read from the database at each request."""
    if actor.role not in {Role.ADMIN, Role.SUPER_ADMIN}:
        raise AdministratorsOnly
    return actor


MaybeActorDep = Annotated[Actor | None, Depends(find_actor)]
PersonDep = Annotated[Actor, Depends(require_person)]
AdminDep = Annotated[Actor, Depends(require_admin)]


def allowed(scope: str) -> Any:  # noqa: ANN401 - what FastAPI's Depends is
    """A dependency that lets sessions in, and API keys that carry this scope."""
    return Depends(with_scope(scope))
