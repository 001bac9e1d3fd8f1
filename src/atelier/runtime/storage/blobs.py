"""Bytes by key. Keys are made by us from content hashes and never taken from a client."""

import asyncio
import contextlib
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from obstore.exceptions import AlreadyExistsError, NotFoundError
from obstore.store import LocalStore, ObjectStore

from atelier.kernel.errors import NotFound
from atelier.kernel.text import _
from atelier.runtime.db import in_transaction

CHUNK = 1 << 20


class BlobMissing(NotFound):
    message = _("The file is no longer stored.")


class RemoteCallInTransaction(RuntimeError):
    """A transaction is open: storage and the network are slow, and would hold its locks."""


@dataclass(frozen=True)
class Digest:
    """The content hash and size of a local file."""

    sha256: str
    size: int

    @property
    def key(self) -> str:
        """Where content with this hash is stored."""
        return f"{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256}"


def digest_of(path: Path) -> Digest:
    sha256 = hashlib.sha256()
    size = 0
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            sha256.update(chunk)
            size += len(chunk)
    return Digest(sha256.hexdigest(), size)


class Blobs:
    """The store of this installation."""

    def __init__(self, store: ObjectStore, root: Path | None = None) -> None:
        self._store = store
        self._root = root

    @classmethod
    def local(cls, root: Path) -> "Blobs":
        root.mkdir(parents=True, exist_ok=True)
        return cls(LocalStore(root, mkdir=True), root)

    async def keep(self, path: Path) -> Digest:
        """Store a file under its content hash. Storing the same content again is no work and no error."""
        _refuse_in_transaction()
        digest = await asyncio.to_thread(digest_of, path)
        with contextlib.suppress(AlreadyExistsError):  # the same content is there already
            await self._store.put_async(digest.key, path, mode="create")
        return digest

    async def stream(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """The bytes of `key` in chunks. Raises BlobMissing before the first one."""
        try:
            if length is not None:
                yield bytes(await self._store.get_range_async(key, start=start, length=length))
                return
            result = await self._store.get_async(key)
            async for chunk in result.stream(min_chunk_size=CHUNK):
                yield bytes(chunk)
        except (NotFoundError, FileNotFoundError) as error:
            raise BlobMissing(key=key) from error

    async def exists(self, key: str) -> bool:
        try:
            await self._store.head_async(key)
        except (NotFoundError, FileNotFoundError):
            return False
        return True

    async def delete(self, key: str) -> None:
        """Deleting what is gone already is fine."""
        try:
            await self._store.delete_async(key)
        except (NotFoundError, FileNotFoundError):
            return

    @asynccontextmanager
    async def as_file(self, key: str) -> AsyncIterator[Path]:
        """The bytes as a local file, to be read only."""
        _refuse_in_transaction()
        if self._root is not None:
            path = self._root / key
            if not path.exists():
                raise BlobMissing(key=key)
            yield path
            return
        with tempfile.TemporaryDirectory(prefix="atelier-") as folder:
            path = Path(folder, "file")
            with path.open("wb") as handle:  # noqa: ASYNC230 - a local disk, in chunks
                async for chunk in self.stream(key):
                    handle.write(chunk)
            yield path


def _refuse_in_transaction() -> None:
    if in_transaction():
        raise RemoteCallInTransaction
