"""Sealed values, signed links, passwords."""

import asyncio
import base64
import secrets
import stat
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import bcrypt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.runtime.crypto import Keys, Passwords, load_keys
from atelier.runtime.crypto.keys import BadKey, Unreadable
from atelier.runtime.settings import Security
from atelier.runtime.storage import BadLink, LinkSigner

KEYS = Keys("k1", {"k1": bytes(32)}, b"s" * 32)
QUICK = Security(argon2_memory_kib=64, argon2_passes=1)


@given(st.text())
def test_what_was_sealed_opens_at_its_place_only(plain: str) -> None:
    sealed = KEYS.seal(plain, "identities:access_token:1")

    assert KEYS.open(sealed, "identities:access_token:1") == plain
    with pytest.raises(Unreadable):
        KEYS.open(sealed, "identities:access_token:2")


def test_a_changed_byte_is_noticed() -> None:
    sealed = KEYS.seal("secret", "here")
    head, body = sealed.rsplit(".", 1)

    for place in range(len(body)):
        other = "A" if body[place] != "A" else "B"
        changed = f"{head}.{body[:place]}{other}{body[place + 1 :]}"
        raw = base64.urlsafe_b64decode(body + "==")
        if base64.urlsafe_b64decode(changed.rsplit(".", 1)[1] + "==") == raw:
            continue  # the last letter carries bits that mean nothing
        with pytest.raises(Unreadable):
            KEYS.open(changed, "here")


def test_keys_are_made_once_and_only_we_can_read_them(tmp_path: Path) -> None:
    first, second = (load_keys(tmp_path, Security()) for _ in range(2))

    assert (first.signing, first.sealing) == (second.signing, second.sealing)
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600
    assert first.signing.hex() not in repr(first)


def test_a_key_that_is_no_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadKey):
        load_keys(tmp_path, Security(encryption_key="too short"))  # type: ignore[arg-type]


def test_a_signed_link_is_for_its_path_its_name_and_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    signer = LinkSigner(KEYS, 60)
    query = {
        name: values[0] for name, values in parse_qs(urlsplit(signer.sign("/files/1", download="a.jpg")).query).items()
    }

    signer.check("/files/1", **query)
    for changed in ({"download": "b.jpg"}, {"expires": str(int(query["expires"]) + 1)}, {"signature": "x"}):
        with pytest.raises(BadLink):
            signer.check("/files/1", **(query | changed))
    with pytest.raises(BadLink):
        signer.check("/files/2", **query)
    monkeypatch.setattr(time, "time", lambda: float(query["expires"]) + 1)
    with pytest.raises(BadLink):
        signer.check("/files/1", **query)


async def test_a_password_is_verified_and_nobody_is_nobody() -> None:
    passwords = Passwords(QUICK)
    word = secrets.token_hex(8)
    known = await passwords.hash(word)

    assert await passwords.verify(known, word)
    assert not await passwords.verify(known, f"{word}x")
    assert not await passwords.verify(None, word)
    assert not passwords.is_outdated(known)


async def test_a_bcrypt_hash_is_verified_and_outdated() -> None:
    passwords = Passwords(QUICK)
    imported = await asyncio.to_thread(bcrypt.hashpw, b"imported", bcrypt.gensalt(4))

    assert await passwords.verify(imported.decode(), "imported")
    assert passwords.is_outdated(imported.decode())
    assert not await passwords.verify("not a hash", "imported")
