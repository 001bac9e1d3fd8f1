"""The API of images: upload, list, read, rename, delete; and the signed links to their bytes."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Query, Request, UploadFile
from starlette.responses import Response

from atelier.features.assets import errors, queries, service
from atelier.features.assets.schemas import ImagePage, ImageRead, ImageUpdate, Refusal, UploadRead
from atelier.features.assets.uploads import take_files
from atelier.kernel.actor import Actor
from atelier.kernel.clock import utc_now
from atelier.kernel.pagination import DEFAULT_LIMIT, MAX_LIMIT, InvalidCursor
from atelier.runtime.db import ReadSession
from atelier.runtime.storage import LinkSigner
from atelier.runtime.web.actors import allowed
from atelier.runtime.web.problems import problems, translated
from atelier.runtime.web.session import ReadSessionDep, SessionDep, SessionsDep
from atelier.runtime.web.site import site_of

router = APIRouter(tags=["images"])

Reader = Annotated[Actor, allowed("images:read")]
Writer = Annotated[Actor, allowed("images:write")]
REFUSALS = (
    errors.EmptyFile,
    errors.NotAnImage,
    errors.FileTooLarge,
    errors.TruncatedImage,
    errors.DamagedImage,
    errors.TooManyPixels,
    errors.NoFiles,
    errors.TooManyFiles,
)


@router.post("/uploads", status_code=201, responses=problems(*REFUSALS))
async def create_upload(
    request: Request, actor: Writer, sessions: SessionsDep, file: Annotated[list[UploadFile], File()]
) -> UploadRead:
    """Send one or more photos (multipart field `file`). Each is opened and checked; a bad one is refused by name.

    When every file is refused, the answer is the first refusal as a problem.
    """
    site = site_of(request)
    taken = await take_files(sessions, site.ports.get(service.Gate), actor.user_id, file)
    if not taken.images:
        raise taken.refused[0][1]
    async with sessions.read(user_id=actor.user_id) as session:
        images = await _read(session, site.ports.get(LinkSigner), actor.user_id, list(taken.images))
    refused = [Refusal(name=name, code=error.code(), detail=translated(error)) for name, error in taken.refused]
    return UploadRead(images=images, refused=refused)


@router.get("/images", responses=problems(InvalidCursor))
async def list_images(
    request: Request,
    actor: Reader,
    session: ReadSessionDep,
    *,
    cursor: Annotated[str | None, Query(description="Where to go on: `next_cursor` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
) -> ImagePage:
    """Your images, newest first."""
    signer = site_of(request).ports.get(LinkSigner)
    page = await service.list_recent(session, signer, actor.user_id, cursor=cursor, limit=limit)
    return ImagePage(items=[ImageRead.of(view) for view in page.items], next_cursor=page.next_cursor)


@router.get("/images/{image_id}", responses=problems(errors.ImageNotFound))
async def read_image(request: Request, image_id: UUID, actor: Reader, session: ReadSessionDep) -> ImageRead:
    """One image with fresh links."""
    image = await service.get_image(session, actor.user_id, image_id)
    (view,) = await service.view_images(session, site_of(request).ports.get(LinkSigner), actor.user_id, [image])
    return ImageRead.of(view)


@router.patch("/images/{image_id}", responses=problems(errors.ImageNotFound))
async def update_image(
    request: Request, image_id: UUID, body: ImageUpdate, *, actor: Writer, session: SessionDep
) -> ImageRead:
    """Rename an image, or describe it."""
    await service.describe_image(session, actor.user_id, image_id, body.model_dump(exclude_unset=True))
    image = await service.get_image(session, actor.user_id, image_id)
    (view,) = await service.view_images(session, site_of(request).ports.get(LinkSigner), actor.user_id, [image])
    return ImageRead.of(view)


@router.delete("/images/{image_id}", status_code=204, responses=problems(errors.ImageNotFound))
async def delete_image(image_id: UUID, actor: Writer, session: SessionDep) -> Response:
    """Move an image to the bin, where it stays for 30 days."""
    await service.trash_image(session, actor.user_id, image_id, now=utc_now())
    return Response(status_code=204)


@router.post("/images/{image_id}/restore", responses=problems(errors.ImageNotFound))
async def restore_image(request: Request, image_id: UUID, actor: Writer, session: SessionDep) -> ImageRead:
    """Take an image out of the bin."""
    await service.restore_image(session, actor.user_id, image_id)
    image = await service.get_image(session, actor.user_id, image_id)
    (view,) = await service.view_images(session, site_of(request).ports.get(LinkSigner), actor.user_id, [image])
    return ImageRead.of(view)


async def _read(session: ReadSession, signer: LinkSigner, user_id: UUID, ids: list[UUID]) -> list[ImageRead]:
    images = {image.id: image for image in await queries.list_images_by_id(session, user_id, ids)}
    views = await service.view_images(session, signer, user_id, [images[image_id] for image_id in ids])
    return [ImageRead.of(view) for view in views]
