"""A business, as its catalogue file describes it."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


def _as_ways(value: Any) -> Any:  # noqa: ANN401 - whatever the file holds
    """A lone table is a list of one way."""
    return [value] if isinstance(value, dict) else value


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BrandPart(Part):
    name: str = Field(min_length=1, max_length=60, description="The name customers see.")
    accent: Colour = Field(description="The one accent colour; its contrast is made right for text.")
    logo: str | None = Field(None, description="Path of a logo under static/, or nothing.")
    mail_sender: str = Field(min_length=3, max_length=255, description="The From of all mails.")
    terms_url: str | None = Field(None, description="Terms of service.")
    privacy_url: str | None = Field(None, description="Privacy statement.")


class Unit(Part):
    code: Code
    one: str = Field(min_length=1, max_length=30, description="The name for one of it.")
    many: str = Field(min_length=1, max_length=30, description="The name for several.")
    digits: int = Field(0, ge=0, le=4, description="Decimal places shown; amounts are always whole units.")


class Amount(Part):
    """So many of a unit: one way to pay, or one grant."""

    unit: Code
    units: int = Field(ge=0, le=1_000_000_000)


Ways = Annotated[tuple[Amount, ...], BeforeValidator(_as_ways), Field(min_length=1, max_length=5)]


class SignUp(Part):
    grants: tuple[Amount, ...] = ()


class Regeneration(Part):
    """A well that refills with time."""

    unit: Code
    units: int = Field(1, ge=1, description="How many come at each interval.")
    every_minutes: int = Field(ge=1, le=100_000)
    cap: int = Field(ge=1, description="A full well stands still.")
    start: int = Field(0, ge=0, description="What a new well holds.")

    @model_validator(mode="after")
    def _start_fits(self) -> "Regeneration":
        if self.start > self.cap:
            raise ValueError("start is more than cap")
        return self


class Product(Part):
    code: Code
    name: str = Field(min_length=1, max_length=100)
    description: str = Field("", max_length=500)
    engine: Code = Field("local", description="The engine that does the work.")
    option: Code = Field("tier", description="The option of the job that the price depends on.")
    prices: Mapping[str, Ways]

    def price(self, options: Mapping[str, object]) -> tuple[Amount, ...] | None:
        """The ways to pay for a job with these options; None when it is not on sale."""
        return self.prices.get(str(options.get(self.option, "")))


class Limits(Part):
    file_bytes: int = Field(50_000_000, ge=1_000, le=5_000_000_000)
    file_megapixels: int = Field(100, ge=1, le=1_000)
    file_pages: int = Field(50, ge=1, le=10_000)
    file_aspect: int = Field(100, ge=2, le=10_000)
    files_per_upload: int = Field(30, ge=1, le=500)
    queued_jobs: int = Field(500, ge=1, le=100_000, description="Unfinished jobs that one customer may have.")
    prompt_length: int = Field(500, ge=0, le=4_000)
    uploads_per_minute: int = Field(120, ge=1)
    sign_ins_per_quarter_hour: int = Field(10, ge=1)
    api_keys: int = Field(10, ge=1, le=1_000)


class Catalogue(Part):
    """One business."""

    name: Code
    currency: Currency
    brand: BrandPart
    units: tuple[Unit, ...] = Field(min_length=1)
    sign_up: SignUp = SignUp()
    regeneration: Regeneration | None = None
    products: tuple[Product, ...] = ()
    limits: Limits = Limits()
    retention: Mapping[Code, int | Literal["keep"]] = Field(default_factory=dict)

    def product(self, code: str) -> Product | None:
        return next((product for product in self.products if product.code == code), None)

    def unit(self, code: str) -> Unit:
        return next(unit for unit in self.units if unit.code == code)

    @model_validator(mode="after")
    def _names_are_known_and_single(self) -> "Catalogue":
        units = [unit.code for unit in self.units]
        products = [product.code for product in self.products]
        for kind, codes in (("unit", units), ("product", products)):
            twice = {code for code in codes if codes.count(code) > 1}
            if twice:
                raise ValueError(f"{kind} {min(twice)} is there twice")
        unknown = {used for used in self._used_units() if used not in units}
        if unknown:
            raise ValueError(f"unit {min(unknown)} is used but not described under [[units]]")
        return self

    def _used_units(self) -> set[str]:
        used = {grant.unit for grant in self.sign_up.grants}
        used |= {self.regeneration.unit} if self.regeneration else set()
        used |= {way.unit for product in self.products for ways in product.prices.values() for way in ways}
        return used
