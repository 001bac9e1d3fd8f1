"""A private PostgreSQL in the data folder: made once, started by whoever comes first, stopped by its supervisor."""

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from atelier.runtime.postgres.binaries import Tools, find_tools

LONGEST_SOCKET_PATH = 80
START_TRIES = 80
PORT = 5432
BOOTSTRAP = "bootstrap"
LOGIN = "atelier"

CONFIGURATION = """\
listen_addresses = ''
port = {port}
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 120
shared_buffers = 128MB
autovacuum_naptime = 15s
log_min_duration_statement = 1000
"""


@dataclass(frozen=True)
class LocalServer:
    """A running server. `url(database)` is the login of the product: it owns its database and is no superuser."""

    tools: Tools
    data: Path
    sockets: Path
    password: str

    def url(self, database: str = "atelier", *, user: str = LOGIN) -> str:
        return (
            f"postgresql://{user}:{quote(self.password, safe='')}@/{database}?host={quote(str(self.sockets), safe='')}"
        )

    def stop(self) -> None:
        """A fast, clean stop. Only the supervisor that started the server calls this."""
        self.tools.status("pg_ctl", "-D", self.data, "-m", "fast", "-w", "-t", "30", "stop")


def start_local_server(home: Path, *, database: str = "atelier") -> LocalServer:
    """Start the server of `home`, or join the one that runs. Safe when several processes call it at once."""
    home = home.absolute()
    home.mkdir(parents=True, exist_ok=True)
    tools = find_tools(home)
    home.chmod(0o711 if tools.account else 0o700)
    with _locked(home / "lock"):
        server = LocalServer(tools, home / "pgdata", _socket_folder(home, tools), _password(home, tools))
        if not server.data.exists():
            _initialise(server, home)
        _start(server)
        _ensure_database(server, database)
    return server


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _socket_folder(home: Path, tools: Tools) -> Path:
    folder = home / "sock"
    if len(os.fsencode(folder)) > LONGEST_SOCKET_PATH:
        digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir(), f"atelier-{os.getuid()}-{digest}")
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid() and not tools.account:
        # The name in the shared folder can be guessed; a folder of somebody else's is never used.
        raise PermissionError(f"{folder} belongs to another account")
    tools.own(folder)
    return folder


def _password(home: Path, tools: Tools) -> str:
    path = home / "secret"
    if not path.exists():
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(24))
    tools.own(path)
    return path.read_text()


def _initialise(server: LocalServer, home: Path) -> None:
    """Make the cluster aside and rename it, so that a half-made one never survives a crash."""
    for leftover in home.glob(".init-*"):
        shutil.rmtree(leftover)
    aside = home / f".init-{os.getpid()}"
    aside.mkdir(mode=0o700)
    server.tools.own(aside)
    server.tools.run(
        "initdb",
        "-D",
        aside,
        "-U",
        BOOTSTRAP,
        "-E",
        "UTF8",
        "-A",
        "scram-sha-256",
        f"--pwfile={home / 'secret'}",
        "--locale=C",
    )
    with (aside / "postgresql.conf").open("a") as handle:
        handle.write("\ninclude 'atelier.conf'\n")
    (aside / "atelier.conf").touch()
    server.tools.own(aside / "atelier.conf")
    aside.replace(server.data)


def _start(server: LocalServer) -> None:
    if not _is_running(server.data):
        text = CONFIGURATION.format(port=PORT, sockets=server.sockets)
        (server.data / "atelier.conf").write_text(text)
    log = server.data / "server.log"
    for attempt in range(START_TRIES):
        # After a kill -9 the dying process, or its zombie, can hold the socket for some seconds: try again.
        if not _is_running(server.data):
            server.tools.status("pg_ctl", "-D", server.data, "-l", log, "-w", "-t", "60", "start")
        try:
            with psycopg.connect(server.url("postgres", user=BOOTSTRAP)):
                return
        except psycopg.OperationalError:
            if attempt == START_TRIES - 1:
                raise
            time.sleep(0.25)


def _is_running(data: Path) -> bool:
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, 0)
        if sys.platform == "linux" and not Path(f"/proc/{pid}/exe").readlink().name.startswith("postgres"):
            (data / "postmaster.pid").unlink()  # a stranger got the number, as happens in containers
            return False
    except (OSError, ValueError, IndexError):
        return False
    return True


def _ensure_database(server: LocalServer, database: str) -> None:
    """The login owns its database and may make the roles it enters, but is no superuser: row security binds it."""
    with psycopg.connect(server.url("postgres", user=BOOTSTRAP), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (LOGIN,)).fetchone():
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN CREATEROLE CREATEDB PASSWORD {}").format(
                    sql.Identifier(LOGIN), sql.Literal(server.password)
                )
            )
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(LOGIN))
            )
