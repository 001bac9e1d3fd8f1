"""The API of wallets."""

from typing import Annotated

from fastapi import APIRouter, Query

from atelier.features.credits import queries, service
from atelier.features.credits.schemas import BalanceRead, EntryPage, EntryRead, WalletRead
from atelier.kernel.actor import Actor
from atelier.kernel.clock import utc_now
from atelier.kernel.pagination import DEFAULT_LIMIT, MAX_LIMIT, InvalidCursor, Slice, decode_cursor
from atelier.runtime.web.actors import allowed
from atelier.runtime.web.problems import problems
from atelier.runtime.web.session import ReadSessionDep

router = APIRouter(prefix="/wallet", tags=["wallet"])

Reader = Annotated[Actor, allowed("wallet:read")]


@router.get("")
async def read_wallet(actor: Reader, session: ReadSessionDep) -> WalletRead:
    """What you have of each unit, and in which order it will be spent."""
    balances = await service.list_balances(session, actor.user_id, now=utc_now())
    return WalletRead(balances=[BalanceRead.of(balance) for balance in balances])


@router.get("/entries", responses=problems(InvalidCursor))
async def list_entries(
    actor: Reader,
    session: ReadSessionDep,
    cursor: Annotated[str | None, Query(description="Where to go on: `next_cursor` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
) -> EntryPage:
    """Every movement of your wallet, newest first: why you have what you have."""
    rows = await queries.list_entries(session, actor.user_id, before=decode_cursor(cursor), limit=limit + 1)
    page = Slice.of(rows, limit, lambda line: line.id)
    return EntryPage(items=[EntryRead.of(line) for line in page.items], next_cursor=page.next_cursor)
