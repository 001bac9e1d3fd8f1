"""The order form: what it takes, what it costs, and placing it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import ConfigDict, Field

from atelier.features import catalog, imaging
from atelier.features.catalog import Catalogue, say_amount, say_number, say_shortage
from atelier.features.enhancement.options import EnhancementOptions
from atelier.features.enhancement.types import PRODUCT
from atelier.features.imaging import Pipelines, Quote, Tier, Wish
from atelier.kernel.actor import Actor
from atelier.kernel.clock import utc_now
from atelier.kernel.text import _
from atelier.runtime.db import ReadSession, Session
from atelier.runtime.web.language import gettext, ngettext
from atelier.runtime.web.templating import number

TIERS: Mapping[Tier, tuple[str, str]] = {
    Tier.FREE: (_("Preview"), _("{pixels} pixels at lower quality, for trying it out")),
    Tier.K1: ("1K", _("{pixels} pixels, for portals and social media")),
    Tier.K2: ("2K", _("{pixels} pixels, for websites and brochures")),
    Tier.K4: ("4K", _("{pixels} pixels, for print and large screens")),
}


class OrderForm(EnhancementOptions):
    """The options, the photos, the customer's words, and the key that makes pressing twice harmless."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: str = Field("", max_length=64)
    image: list[UUID] = Field(default_factory=list)
    prompt: str = ""

    def options(self) -> Mapping[str, object]:
        return self.model_dump(mode="json", include=set(EnhancementOptions.model_fields))


@dataclass(frozen=True)
class TierCard:
    """A size with its price."""

    value: str
    label: str
    note: str
    price: str
    image: str
    units: int


@dataclass(frozen=True)
class PriceView:
    """What this order costs, what there is, and what would be left."""

    count: int
    each: str
    total: str
    balance: str
    left: str
    missing: str = ""
    shortage: str = ""
    blocked: str = ""

    @property
    def can_order(self) -> bool:
        return not (self.missing or self.blocked)

    @property
    def count_words(self) -> str:
        return ngettext("{count} photo", "{count} photos", self.count).format(count=self.count)


def tier_cards(catalogue: Catalogue) -> Sequence[TierCard]:
    """The sizes on sale, smallest first."""
    product = catalogue.product(PRODUCT)
    cards = []
    for tier in Tier:
        ways = product.prices.get(tier) if product else None
        if ways is None:
            continue
        label, note = TIERS[tier]
        prices = [say_amount(catalogue.unit(way.unit), way.units) if way.units else gettext("free") for way in ways]
        image = f"demo/size-{Tier.K1 if tier is Tier.FREE else tier}.webp"
        text = gettext(note).format(pixels=number(tier.longest_edge))
        cards.append(TierCard(tier, gettext(label), text, gettext(" or ").join(prices), image, ways[-1].units))
    return cards


async def price_order(session: ReadSession, pipelines: Pipelines, actor: Actor, *, tier: str, count: int) -> PriceView:
    """The price of so many photos. Raises BadOptions, ProductNotInstalled or NotOnSale."""
    quote = await imaging.quote_job(
        session, pipelines, actor.user_id, product=PRODUCT, options={"tier": tier}, now=utc_now()
    )
    blocked = "" if actor.is_verified else gettext("Please verify your e-mail address first; we sent you a link.")
    return _price(await catalog.current(session), quote, count=max(1, count), blocked=blocked)


def _price(catalogue: Catalogue, quote: Quote, *, count: int, blocked: str) -> PriceView:
    unit, total = catalogue.unit(quote.unit), quote.units * count
    short = total > quote.available
    return PriceView(
        count=count,
        each=say_amount(unit, quote.units) if quote.units else gettext("free"),
        total=say_amount(unit, total) if total else gettext("Free"),
        balance=say_number(unit, quote.available),
        left=say_number(unit, quote.available - total),
        missing=say_amount(unit, total - quote.available) if short else "",
        shortage=say_shortage(unit, needed=total, available=quote.available) if short else "",
        blocked=blocked,
    )


async def place_order(
    session: Session, pipelines: Pipelines, actor: Actor, *, form: OrderForm, images: Mapping[UUID, UUID]
) -> Sequence[UUID]:
    """A job for each image (`images` by id, with the file of each), all or none; once however often it is sent."""
    jobs = []
    for image_id, file_id in images.items():
        wish = Wish(
            product=PRODUCT,
            image_id=image_id,
            options=form.options(),
            prompt=form.prompt.strip() or None,
            submission_key=_key(form, file_id),
        )
        jobs.append(await imaging.submit_job(session, pipelines, actor, wish, now=utc_now()))
    return jobs


def _key(form: OrderForm, file_id: UUID) -> str:
    """By content and options: a form sent twice is one order, and one that was changed and sent again is another."""
    facts = json.dumps([str(file_id), form.options(), form.prompt], sort_keys=True)
    return f"form:{form.key}:{hashlib.sha256(facts.encode()).hexdigest()[:32]}"
