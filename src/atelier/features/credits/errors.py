"""What can go wrong with units."""

from atelier.kernel.errors import Conflict, Invalid, PaymentRequired
from atelier.kernel.text import _


class InsufficientCredits(PaymentRequired):
    message = _("This costs {needed} {unit}, and you have {available}. Nothing was charged.")


class ReferenceReused(Conflict):
    message = _("This reference was used for something else.")


class CaptureTooLarge(Invalid):
    message = _("More was captured than was held.")


class UnknownUnit(Invalid):
    message = _("There is no unit {unit} in this business.")
