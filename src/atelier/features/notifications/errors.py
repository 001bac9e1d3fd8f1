"""What can be wrong with the mailbox page."""

from atelier.kernel.errors import NotFound
from atelier.kernel.text import _


class NoMailbox(NotFound):
    message = _("There is no page at this address.")
