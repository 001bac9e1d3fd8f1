"""What can be wrong with a catalogue."""

from atelier.kernel.errors import Invalid, NotFound, Unavailable
from atelier.kernel.text import _


class CatalogueNotFound(NotFound):
    message = _("There is no catalogue {name}: give the path of a TOML file or one of {shipped}.")


class BadCatalogue(Invalid):
    message = _("The catalogue {name} is not right:\n{problems}")


class NoCatalogue(Unavailable):
    message = _("No catalogue is applied yet. Run `atelier catalog apply`.")


class UnknownProduct(Invalid):
    message = _("There is no product {product} on sale.")


class NotOnSale(Invalid):
    message = _("{product} is not on sale with the option {option} = {value}. Choose one of: {choices}.")
