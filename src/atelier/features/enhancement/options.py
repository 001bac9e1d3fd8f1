"""What a customer may choose. The schema of this model is the API's and the form's."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from atelier.features.enhancement.types import Aspect, Correction, Crop, OutputFormat
from atelier.features.imaging import Tier
from atelier.kernel.text import _

QUALITY = {
    OutputFormat.JPEG: {Tier.FREE: 82, Tier.K1: 90, Tier.K2: 92, Tier.K4: 95},
    OutputFormat.WEBP: {Tier.FREE: 75, Tier.K1: 82, Tier.K2: 85, Tier.K4: 90},
    OutputFormat.AVIF: {Tier.FREE: 55, Tier.K1: 62, Tier.K2: 66, Tier.K4: 72},
    OutputFormat.PNG: dict.fromkeys(Tier, 100),
}


class EnhancementOptions(BaseModel):
    """How a photo is enhanced. Every correction is made only where its fault was measured."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tier: Tier = Field(Tier.K2, description=_("Longest edge of the result: free and 1k 1024, 2k 2048, 4k 4096 pixels."))
    format: OutputFormat = Field(OutputFormat.JPEG, description=_("File format of the result."))
    crop: Crop = Field(Crop.NONE, description=_("Keep the whole picture, or crop around its subject."))
    aspect: Aspect = Field(Aspect.ORIGINAL, description=_("Shape of the cropped result, width to height."))
    straighten: bool = Field(default=False, description=_("Turn a leaning photo upright, by at most 5 degrees."))
    white_balance: Correction = Field(Correction.AUTO, description=_("Undo part of a certain colour cast."))
    exposure: Correction = Field(Correction.AUTO, description=_("Brighten a dark photo, calm a washed-out one."))
    denoise: Correction = Field(Correction.AUTO, description=_("Remove noise."))
    deblur: Correction = Field(Correction.AUTO, description=_("Make a clearly blurred photo a little crisper."))
    look: float = Field(0.0, ge=0, le=1, description=_("Open shadows and bring out detail: 0 not at all, 1 fully."))

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.aspect is not Aspect.ORIGINAL and self.crop is Crop.NONE:
            raise ValueError(_("Choose “crop: auto” to change the shape."))
        if self.tier is Tier.FREE and self.format is not OutputFormat.JPEG:
            raise ValueError(_("The free size is delivered as a JPEG."))
        return self

    @property
    def quality(self) -> int:
        return QUALITY[self.format][self.tier]
