"""Stored files and images: the gate that lets them in, the originals kept untouched, and links that are short-lived."""

from atelier.features.assets.errors import ImageNotFound, NoFiles, TooManyFiles
from atelier.features.assets.models import Image
from atelier.features.assets.pictures import Picture
from atelier.features.assets.queries import list_images_by_id, put_file
from atelier.features.assets.service import (
    Gate,
    clean_name,
    get_image,
    image_limits,
    keep_image,
    list_recent,
    restore_image,
    trash_image,
    view_images,
)
from atelier.features.assets.types import ImageFacts, ImageSource, ImageView, PreparedImage, StoredFile
from atelier.features.assets.uploads import Taken, take_files

__all__ = [
    "Gate",
    "Image",
    "ImageFacts",
    "ImageNotFound",
    "ImageSource",
    "ImageView",
    "NoFiles",
    "Picture",
    "PreparedImage",
    "StoredFile",
    "Taken",
    "TooManyFiles",
    "clean_name",
    "get_image",
    "image_limits",
    "keep_image",
    "list_images_by_id",
    "list_recent",
    "put_file",
    "restore_image",
    "take_files",
    "trash_image",
    "view_images",
]
