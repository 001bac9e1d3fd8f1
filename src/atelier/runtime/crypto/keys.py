"""The installation's keys: sealing secrets at rest (AES-256-GCM, bound to their row) and signing links."""

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from atelier.kernel.errors import Unavailable
from atelier.kernel.text import _
from atelier.runtime.settings import Security

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = "v1"


class Unreadable(Unavailable):
    message = _("A sealed value cannot be opened with the keys at hand.")


class BadKey(Unavailable):
    message = _("{name} must be 32 bytes, as base64 or hexadecimal.")


@dataclass(frozen=True)
class Keys:
    """A key by id, the id in use for new values, and the key that signs links."""

    current: str
    sealing: dict[str, bytes] = field(repr=False)
    signing: bytes = field(repr=False)

    def seal(self, plain: str, place: str) -> str:
        """Encrypt for one place (`table:column:row`), so that a value moved to another row does not open."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self.sealing[self.current]).encrypt(nonce, plain.encode(), place.encode())
        return ".".join([VERSION, self.current, _text(nonce), _text(sealed)])

    def open(self, sealed: str, place: str) -> str:
        """Raises Unreadable for a wrong key, another place or a changed byte."""
        try:
            version, key_id, nonce, body = sealed.split(".")
            cipher = AESGCM({VERSION: self.sealing}[version][key_id])
            return cipher.decrypt(_bytes(nonce), _bytes(body), place.encode()).decode()
        except (ValueError, KeyError, InvalidTag) as error:
            raise Unreadable from error

    def sign(self, text: str) -> str:
        """A signature to be compared with `hmac.compare_digest`."""
        return _text(hmac.new(self.signing, text.encode(), hashlib.sha256).digest())


def load_keys(data: Path, settings: Security) -> Keys:
    """The configured keys; those that are missing are made once, in a file that only we can read."""
    kept = _kept_keys(data)
    sealing = (
        _parsed("security.encryption_key", settings.encryption_key.get_secret_value())
        if (settings.encryption_key)
        else _bytes(kept["sealing"])
    )
    signing = (
        _parsed("security.signing_key", settings.signing_key.get_secret_value())
        if (settings.signing_key)
        else _bytes(kept["signing"])
    )
    key_id = hashlib.sha256(sealing).hexdigest()[:8]
    return Keys(key_id, {key_id: sealing}, signing)


def _kept_keys(data: Path) -> dict[str, str]:
    path = data / "keys.json"
    data.mkdir(parents=True, exist_ok=True)
    fresh = {name: _text(secrets.token_bytes(KEY_BYTES)) for name in ("sealing", "signing")}
    aside = data / f".keys-{os.getpid()}-{secrets.token_hex(4)}"
    aside.touch(mode=0o600)
    aside.write_text(json.dumps(fresh))
    try:
        os.link(aside, path)  # whoever links first decides, and no reader sees half a file
    except FileExistsError:
        fresh = json.loads(path.read_text())
    finally:
        aside.unlink()
    return fresh


def _parsed(name: str, value: str) -> bytes:
    for decode in (bytes.fromhex, _bytes):
        try:
            key = decode(value)
        except ValueError:
            continue
        if len(key) == KEY_BYTES:
            return key
    raise BadKey(name=name)


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _bytes(value: str) -> bytes:
    return base64.urlsafe_b64decode(value.replace("+", "-").replace("/", "_") + "=" * (-len(value) % 4))
