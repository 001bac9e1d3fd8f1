"""Why a finished picture is not delivered. Nothing is charged for it."""

from atelier.kernel.errors import Conflict
from atelier.kernel.text import _


class ResultRejected(Conflict):
    """The engine delivered something that we do not pass on."""

    message = _("The result did not pass our check. You pay nothing.")


class ResultHasWrongSize(ResultRejected):
    message = _("The result is {width} x {height} pixels instead of {wanted} on its longest edge. You pay nothing.")


class ResultIsBlank(ResultRejected):
    message = _("The result is blank. You pay nothing.")


class ResultIsAnotherPicture(ResultRejected):
    message = _("The result no longer shows what your photo shows. You pay nothing.")


class ResultCarriesMetadata(ResultRejected):
    message = _("The result still carried hidden data and was held back. You pay nothing.")
