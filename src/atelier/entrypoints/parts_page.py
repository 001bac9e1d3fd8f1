"""`/dev/ui`: every part of the visual language in every state."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from atelier.kernel.text import _
from atelier.runtime.web.actors import MaybeActorDep
from atelier.runtime.web.pages import Page, render

router = APIRouter()


@dataclass(frozen=True)
class PartsPage(Page):
    """The parts that every page is made of."""

    template = "dev/ui.html"
    heading = _("Parts")


@router.get("/dev/ui", name="parts:all")
async def show_parts(request: Request, actor: MaybeActorDep) -> HTMLResponse:  # noqa: ARG001 - the frame shows them
    return await render(request, PartsPage())
