"""Reaching the database of this installation: DATABASE_URL, else the private server; always migrated."""

from dataclasses import dataclass
from pathlib import Path

from atelier.runtime.db import demand_tls
from atelier.runtime.migrate import migrate
from atelier.runtime.postgres import LocalServer, start_local_server
from atelier.runtime.settings import Settings


@dataclass(frozen=True)
class Reached:
    """A database that answers. `server` is there when we started it ourselves."""

    url: str
    server: LocalServer | None = None


def reach(settings: Settings) -> Reached:
    """Start the private server if it is ours to start, and bring the schema up to date."""
    if settings.database.url is not None:
        given = settings.database.url.get_secret_value()
        url = demand_tls(given) if settings.database.ssl else given
        migrate(url)
        return Reached(url)
    server = start_local_server(Path(settings.data).absolute() / "postgres")
    migrate(server.url())
    return Reached(server.url(), server)
