"""Typed settings, built once by an entrypoint from the environment; every mistake is reported at once."""

import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", ""})

ALIASES: Mapping[str, tuple[str, ...]] = {
    "DATABASE_URL": ("database", "url"),
    "DATABASE_READ_URL": ("database", "read_url"),
    "DATABASE_SSL": ("database", "ssl"),
    "PGPOOL_MAX": ("database", "pool_max"),
    "PGPOOL_IDLE_MS": ("database", "pool_idle_ms"),
    "PGPOOL_CONN_TIMEOUT_MS": ("database", "connect_timeout_ms"),
    "GENERATION_RETENTION_DAYS": ("retention", "generations_days"),
    "ENCRYPTION_KEY": ("security", "encryption_key"),
    "CATALOG": ("catalog",),
}
"""Names that the seeds and their hosts already use, and where their values go."""


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Database(Group):
    url: SecretStr | None = Field(None, description="PostgreSQL 15 or newer. Empty: the embedded server.")
    read_url: SecretStr | None = Field(None, description="A replica for reads that may lag.")
    ssl: bool = Field(False, description="Demand verified TLS (`sslmode=verify-full`).")
    pool_max: int = Field(10, ge=2, le=500, description="Connections per process.")
    pool_idle_ms: int = Field(
        30_000, ge=1_000, description="Accepted and without effect: every connection is checked before use."
    )
    connect_timeout_ms: int = Field(5_000, ge=100, description="How long a connection may take to open.")
    allow_unverified_tls: bool = Field(False, description="Waiver: a remote database without verified TLS.")


class Web(Group):
    host: str = Field("127.0.0.1", description="The address the site listens on.")
    port: int = Field(8000, ge=1, le=65535, description="The port the site listens on.")
    public_url: str | None = Field(None, description="The address that customers see, such as https://example.com.")
    trusted_proxies: int = Field(0, ge=0, le=5, description="How many reverse proxies stand in front.")
    metrics_token: SecretStr | None = Field(None, description="Lets a scraper from elsewhere read /metrics.")
    allow_plain_http: bool = Field(False, description="Waiver: a public address without https in production.")


class Storage(Group):
    root: Path | None = Field(None, description="Folder for files. Empty: `files` in the data folder.")
    link_minutes: int = Field(15, ge=1, le=1440, description="How long a signed link lives.")


class Mail(Group):
    host: str | None = Field(None, description="SMTP server. Empty: mails go to the mailbox page (development).")
    port: int = Field(587, ge=1, le=65535, description="SMTP port.")
    user: str | None = Field(None, description="SMTP user name.")
    password: SecretStr | None = Field(None, description="SMTP password.")
    tls: bool = Field(True, description="Use STARTTLS.")
    sender: str | None = Field(None, description="From address. Empty: the catalogue's.")


class Security(Group):
    encryption_key: SecretStr | None = Field(
        None, description="32 bytes as base64 or hex, seals secrets at rest. Empty: made once in the data folder."
    )
    signing_key: SecretStr | None = Field(
        None, description="Signs links. Empty: made once in the data folder; set it when there are several machines."
    )
    argon2_memory_kib: int = Field(19_456, ge=8, description="Memory of a password hash, in KiB.")
    argon2_passes: int = Field(2, ge=1, description="Passes of a password hash.")


class Worker(Group):
    jobs_at_once: int = Field(2, ge=1, le=64, description="Jobs that one worker process runs at once.")
    lease_seconds: float = Field(30, ge=0.5, description="A worker silent for so long has lost its job.")
    sweep_seconds: float = Field(5, ge=0.1, description="How often lost and due jobs are looked for.")


class Retention(Group):
    generations_days: int | None = Field(None, ge=1, description="Overrides the catalogue's retention of results.")


class _Aliases(PydanticBaseSettingsSource):
    """The environment names of `ALIASES`."""

    def get_field_value(self, field: object, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, path in ALIASES.items():
            value = os.environ.get(name)
            if value:
                place = found
                for part in path[:-1]:
                    place = place.setdefault(part, {})
                place[path[-1]] = value
        return found


class Settings(BaseSettings):
    """All that can be configured. Each name is `ATELIER_GROUP__NAME` in the environment."""

    model_config = SettingsConfigDict(
        env_prefix="ATELIER_", env_nested_delimiter="__", extra="forbid", frozen=True, env_ignore_empty=True
    )

    env: Environment = Field(Environment.DEVELOPMENT, description="development or production.")
    data: Path = Field(Path("var"), description="The data folder: database, files, secrets, mailbox.")
    catalog: str = Field("atelier", description="A shipped catalogue's name, or the path of a catalogue file.")
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="The least level logged.")
    log_json: bool = Field(False, description="Logs as JSON lines (production always does).")
    database: Database = Database()
    web: Web = Web()
    storage: Storage = Storage()
    mail: Mail = Mail()
    security: Security = Security()
    worker: Worker = Worker()
    retention: Retention = Retention()

    @classmethod
    def settings_customise_sources(  # noqa: PLR0917 - the signature is theirs
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _Aliases(settings_cls)

    @property
    def is_production(self) -> bool:
        return self.env is Environment.PRODUCTION

    @property
    def public_url(self) -> str:
        return (self.web.public_url or f"http://{self.web.host}:{self.web.port}").rstrip("/")

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def files_root(self) -> Path:
        return (self.storage.root or self.data / "files").absolute()

    @model_validator(mode="after")
    def _safe_in_production(self) -> "Settings":
        if not self.is_production:
            return self
        wrong = []
        if not self.is_https and not self.web.allow_plain_http:
            wrong.append("web.public_url must be https in production (or set ATELIER_WEB__ALLOW_PLAIN_HTTP=true)")
        if self.mail.host is None:
            wrong.append("mail.host must be set in production: the mailbox page is for development only")
        if not (self._database_is_local() or self.database.ssl or self.database.allow_unverified_tls):
            wrong.append("database.url is remote: set DATABASE_SSL=true or ATELIER_DATABASE__ALLOW_UNVERIFIED_TLS=true")
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    def _database_is_local(self) -> bool:
        url = self.database.url
        return url is None or (urlsplit(url.get_secret_value()).hostname or "") in LOOPBACK


class BadSettings(SystemExit):
    """The environment is wrong; the text lists every mistake."""


def load_settings(**overrides: Any) -> Settings:  # noqa: ANN401 - forwarded to the model, which checks it
    """Read the environment, or stop with a list of everything that is wrong in it."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        lines = [f"  {_place(item['loc'])}: {item['msg']}" for item in error.errors()]
        raise BadSettings("The settings are not right:\n" + "\n".join(lines)) from error


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "settings"
