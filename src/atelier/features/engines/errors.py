"""How an engine fails."""

from atelier.kernel.errors import Unavailable, Unsupported
from atelier.kernel.text import _


class EngineUnavailable(Unavailable):
    message = _("The image engine “{engine}” is not available right now. Please try again in a moment.")


class EngineFailed(Unavailable):
    """The engine began and broke off: it crashed, ran out of memory or was killed."""

    message = _("The image engine “{engine}” could not finish this picture.")


class EngineTimeout(Unavailable):
    message = _("The image engine “{engine}” took too long for this picture.")


class NotSupported(Unsupported):
    message = _("The image engine “{engine}” cannot do this: {what}.")
