"""Why a file is refused. Each message names the file and the remedy."""

from atelier.kernel.errors import Invalid, NotFound, TooLarge, Unavailable, Unsupported
from atelier.kernel.text import _


class EmptyFile(Invalid):
    message = _("“{name}” is empty (0 bytes). Please choose the file again.")


class FileTooLarge(TooLarge):
    message = _("“{name}” has {megabytes} MB; the limit is {limit} MB. Please save it smaller or as a JPEG.")


class NotAnImage(Unsupported):
    message = _("“{name}” is not an image. Please send a JPEG, PNG, WebP, AVIF, TIFF or HEIC photo.")


class SvgNotAccepted(Unsupported):
    message = _("“{name}” is an SVG drawing, which can carry scripts. Please export it as a PNG.")


class FormatNotAccepted(Unsupported):
    message = _("“{name}” is a {kind} file, which we do not open. Please save it as a JPEG or PNG.")


class HeicNotInstalled(Unsupported):
    message = _("“{name}” is a HEIC photo, and this server cannot open those. Please save it as a JPEG.")


class TruncatedImage(Invalid):
    message = _("“{name}” is incomplete: its end is missing. Please copy or upload it again.")


class DamagedImage(Invalid):
    message = _("“{name}” is damaged and cannot be opened. Please save it again as a JPEG or PNG.")


class SlowImage(Invalid):
    message = _("“{name}” takes too long to open. Please save it again as a plain JPEG.")


class TooManyPixels(TooLarge):
    message = _("“{name}” has {megapixels} megapixels; the limit is {limit}. Please make it smaller.")


class TooManyPages(TooLarge):
    message = _("“{name}” has {pages} pages or frames; the limit is {limit}. Please send a single picture.")


class TooElongated(TooLarge):
    message = _("“{name}” is {width} x {height} pixels, too long and thin. Please crop it first.")


class AmbiguousFile(Unsupported):
    message = _(
        "“{name}” is an image with something else hidden in it ({kind}). Please save it again as a JPEG or PNG."
    )


class DecoderUnavailable(Unavailable):
    message = _("Images cannot be opened right now. Please try again in a moment.")


class ImageNotFound(NotFound):
    message = _("We could not find this image.")


class TooManyFiles(Invalid):
    message = _("That are {count} files at once; the limit is {limit}. Please send them in parts.")


class NoFiles(Invalid):
    message = _("No file arrived. Please choose at least one photo.")
