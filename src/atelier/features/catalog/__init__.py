"""The applied business: brand, units, products and prices, limits, retention. A business is a file.

`read_catalogue` parses and checks a file, `apply_catalogue` makes it current, `current` is what all others ask.
"""

from atelier.features.catalog.amounts import say_amount, say_number, say_shortage
from atelier.features.catalog.brand import current_brand
from atelier.features.catalog.errors import BadCatalogue, CatalogueNotFound, NoCatalogue, NotOnSale, UnknownProduct
from atelier.features.catalog.service import (
    apply_catalogue,
    current,
    is_applied,
    price_of,
    read_catalogue,
    shipped_names,
)
from atelier.features.catalog.types import Amount, Catalogue, Limits, Product, Regeneration, Unit

__all__ = [
    "Amount",
    "BadCatalogue",
    "Catalogue",
    "CatalogueNotFound",
    "Limits",
    "NoCatalogue",
    "NotOnSale",
    "Product",
    "Regeneration",
    "Unit",
    "UnknownProduct",
    "apply_catalogue",
    "current",
    "current_brand",
    "is_applied",
    "price_of",
    "read_catalogue",
    "say_amount",
    "say_number",
    "say_shortage",
    "shipped_names",
]
