"""What can be wrong with the audit trail."""

from atelier.kernel.errors import Conflict, NotFound
from atelier.kernel.text import _


class BrokenTrail(Conflict):
    message = _("The audit trail was changed in {count} places.")


class ErrorGroupNotFound(NotFound):
    message = _("There is no such error.")
