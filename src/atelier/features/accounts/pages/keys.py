"""Making and revoking API keys."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from atelier.features.accounts import service
from atelier.features.accounts.errors import ExpiryInThePast, TooManyApiKeys
from atelier.features.accounts.pages.door import visitor_of
from atelier.features.accounts.pages.forms import KeyForm
from atelier.features.accounts.pages.settings import Refused, show
from atelier.features.accounts.types import NewKey
from atelier.kernel.clock import utc_now
from atelier.runtime.web.actors import PersonDep
from atelier.runtime.web.forms import read_form
from atelier.runtime.web.language import gettext
from atelier.runtime.web.pages import redirect
from atelier.runtime.web.session import SessionDep, SessionsDep

router = APIRouter()


@router.post("/settings/api-keys", name="accounts:make_key")
async def make_key(request: Request, actor: PersonDep, sessions: SessionsDep) -> Response:
    """Answers the page with the key in it, this once: there is no address at which it could be seen again."""
    form = await read_form(request, KeyForm)
    if form.data is None:
        return await show(request, actor, sessions, refused=Refused(key=form))
    day = form.data.expires_on
    end = datetime.combine(day + timedelta(days=1), time(), UTC) if day else None
    wanted = NewKey(form.data.key_name, frozenset(form.data.scopes), end)
    try:
        async with sessions.begin(user_id=actor.user_id) as session:
            _row, text = await service.create_api_key(
                session, actor.user_id, wanted, by=actor, now=utc_now(), ip=visitor_of(request).ip
            )
    except (ExpiryInThePast, TooManyApiKeys) as error:
        return await show(request, actor, sessions, refused=Refused(key=form.refused(error)))
    return await show(request, actor, sessions, new_key=text)


@router.post("/settings/api-keys/{key_id}/revoke", name="accounts:revoke_key")
async def revoke_key(request: Request, key_id: UUID, actor: PersonDep, session: SessionDep) -> Response:
    await service.revoke_api_key(session, actor, key_id, ip=visitor_of(request).ip)
    return redirect(request, "/settings", notice=gettext("The key is revoked."))
