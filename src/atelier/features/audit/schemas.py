"""Error reports of browsers."""

from pydantic import BaseModel, ConfigDict, Field

from atelier.features.audit.types import ErrorEnvironment, ErrorReport

MOST = 20


class BrowserError(BaseModel):
    """One error. What it says about people is not believed, so there is no place for it."""

    model_config = ConfigDict(extra="ignore")

    error_type: str = Field("Error", min_length=1, max_length=200)
    message: str = Field(min_length=1, max_length=10_000)
    stack: str | None = Field(None, max_length=50_000)
    source_file: str | None = Field(None, max_length=500)
    source_line: int | None = Field(None, ge=0, le=10_000_000)
    source_column: int | None = Field(None, ge=0, le=10_000_000)
    route: str | None = Field(None, max_length=500)

    def as_report(self) -> ErrorReport:
        return ErrorReport(**self.model_dump(), environment=ErrorEnvironment.FRONTEND)


class ErrorsCreate(BaseModel):
    errors: list[BrowserError] = Field(min_length=1, max_length=MOST)


class ErrorsTaken(BaseModel):
    taken: int
