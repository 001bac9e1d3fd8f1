"""The library, one image, and the signed links to bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Query, Request, UploadFile
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field
from starlette.responses import Response

from atelier.features import catalog
from atelier.features.assets import queries, service
from atelier.features.assets.pictures import Picture
from atelier.features.assets.service import Gate
from atelier.features.assets.serving import answer_file
from atelier.features.assets.types import ImageView
from atelier.features.assets.uploads import take_files
from atelier.features.catalog import Limits
from atelier.kernel.actor import Actor
from atelier.kernel.clock import utc_now
from atelier.kernel.errors import AppError
from atelier.kernel.pagination import Slice
from atelier.kernel.text import _
from atelier.runtime.db import DbRole, ReadSession
from atelier.runtime.storage import BadLink, BlobMissing, Blobs, LinkSigner
from atelier.runtime.web.actors import PersonDep
from atelier.runtime.web.forms import Form, read_form
from atelier.runtime.web.language import gettext, ngettext
from atelier.runtime.web.pages import Page, Undo, redirect, render
from atelier.runtime.web.problems import status_of, translated
from atelier.runtime.web.session import ReadSessionDep, SessionDep, SessionsDep
from atelier.runtime.web.site import Contributions, RailItem, site_of

router = APIRouter()
contributions = Contributions(rail=(RailItem(20, _("Images"), "assets:images", "image"),))

PER_PAGE = 24


@dataclass(frozen=True)
class ImagesPage(Page):
    """Originals and results, newest first; and what was refused just now."""

    template = "assets/images.html"
    fragment = "assets/_images.html"
    heading = _("Images")

    images: Slice[ImageView]
    limits: Limits
    refused: Sequence[str] = ()

    @property
    def pictures(self) -> Sequence[tuple[ImageView, Picture]]:
        return [(view, Picture.of(view)) for view in self.images.items]


@dataclass(frozen=True)
class ImagePage(Page):
    """One image, large, with what is known about it."""

    template = "assets/image.html"

    image: ImageView
    form: Form["ImageForm"]

    @property
    def title(self) -> str:
        return self.image.name

    @property
    def picture(self) -> Picture:
        return Picture.of(self.image)


class ImageForm(BaseModel):
    """What people say about an image."""

    name: str = Field(min_length=1, max_length=255)
    alt_text: str = Field("", max_length=500)


@router.get("/images", name="assets:images")
async def show_images(
    request: Request, actor: PersonDep, session: ReadSessionDep, cursor: Annotated[str | None, Query()] = None
) -> HTMLResponse:
    return await render(request, await _images_page(request, session, actor, cursor=cursor))


@router.post("/images", name="assets:upload")
async def upload_images(
    request: Request,
    actor: PersonDep,
    sessions: SessionsDep,
    file: Annotated[list[UploadFile] | None, File()] = None,
) -> Response:
    """The upload form of browsers without JavaScript: each file by itself, bad ones refused by name."""
    try:
        taken = await take_files(sessions, site_of(request).ports.get(Gate), actor.user_id, file or ())
    except AppError as error:
        return await _with_refusals(request, sessions, actor, [error])
    if taken.refused:
        return await _with_refusals(request, sessions, actor, [error for _name, error in taken.refused])
    count = len(taken.images)
    notice = ngettext("{count} photo is here.", "{count} photos are here.", count).format(count=count)
    return redirect(request, request.app.url_path_for("assets:images"), notice=notice)


@router.get("/images/{image_id}", name="assets:image")
async def show_image(request: Request, image_id: UUID, actor: PersonDep, session: ReadSessionDep) -> HTMLResponse:
    view = await _view(request, session, actor, image_id)
    image = await service.get_image(session, actor.user_id, image_id)
    values = {"name": image.name, "alt_text": image.alt_text or ""}
    return await render(request, ImagePage(view, Form(values=values)))


@router.post("/images/{image_id}", name="assets:describe")
async def describe_image(request: Request, image_id: UUID, actor: PersonDep, session: SessionDep) -> Response:
    """Rename an image, or say what it shows."""
    form = await read_form(request, ImageForm)
    if form.data is None:
        page = ImagePage(await _view(request, session, actor, image_id), form)
        return await render(request, page, status=422)
    values = {"name": form.data.name, "alt_text": form.data.alt_text or None}
    await service.describe_image(session, actor.user_id, image_id, values)
    return redirect(request, request.url.path, notice=gettext("Saved."))


@router.post("/images/{image_id}/delete", name="assets:delete")
async def delete_image(request: Request, image_id: UUID, actor: PersonDep, session: SessionDep) -> Response:
    """Into the bin; the notice on the next page takes it back."""
    await service.trash_image(session, actor.user_id, image_id, now=utc_now())
    undo = Undo(gettext("Undo"), request.app.url_path_for("assets:restore", image_id=image_id))
    notice = gettext("The image is in the bin and stays there for 30 days.")
    return redirect(request, request.app.url_path_for("assets:images"), notice=notice, undo=undo)


@router.post("/images/{image_id}/restore", name="assets:restore")
async def restore_image(request: Request, image_id: UUID, actor: PersonDep, session: SessionDep) -> Response:
    await service.restore_image(session, actor.user_id, image_id)
    return redirect(
        request, request.app.url_path_for("assets:image", image_id=image_id), notice=gettext("The image is back.")
    )


@router.api_route("/files/{file_id}", methods=["GET", "HEAD"], name="assets:file")
async def read_file(
    request: Request,
    file_id: str,
    sessions: SessionsDep,
    *,
    expires: str = "",
    signature: str = "",
    download: str = "",
) -> Response:
    """The bytes behind a signed link. A wrong signature is answered alike whether or not there is such a file."""
    if not signature.isascii():
        raise BadLink
    signer = site_of(request).ports.get(LinkSigner)
    signer.check(request.url.path, expires=expires, signature=signature, download=download)
    async with sessions.read(role=DbRole.SYSTEM) as session:
        file = await queries.find_file(session, UUID(file_id))
    if file is None:
        raise BlobMissing
    return await answer_file(
        file,
        site_of(request).ports.get(Blobs),
        request.headers,
        expires=expires,
        download=download,
        head=request.method == "HEAD",
    )


async def _images_page(
    request: Request, session: ReadSession, actor: Actor, *, cursor: str | None = None, refused: Sequence[str] = ()
) -> ImagesPage:
    signer = site_of(request).ports.get(LinkSigner)
    images = await service.list_recent(session, signer, actor.user_id, cursor=cursor, limit=PER_PAGE)
    return ImagesPage(images, (await catalog.current(session)).limits, refused)


async def _with_refusals(
    request: Request, sessions: SessionsDep, actor: Actor, refused: Sequence[AppError]
) -> HTMLResponse:
    async with sessions.read(user_id=actor.user_id) as session:
        page = await _images_page(request, session, actor, refused=[translated(error) for error in refused])
    return await render(request, page, status=status_of(refused[0]))


async def _view(request: Request, session: ReadSession, actor: Actor, image_id: UUID) -> ImageView:
    image = await service.get_image(session, actor.user_id, image_id)
    (view,) = await service.view_images(session, site_of(request).ports.get(LinkSigner), actor.user_id, [image])
    return view
