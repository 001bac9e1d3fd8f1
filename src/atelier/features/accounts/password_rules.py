"""Which passwords are refused: short, very long, common, or with the address in them. Any letters are welcome."""

from functools import cache
from importlib import resources

from atelier.features.accounts.errors import WeakPassword
from atelier.kernel.text import _

SHORTEST = 8
LONGEST = 128
TELLING = 4
"""A local part shorter than this may occur in a good password by chance."""

TOO_SHORT = _("it needs at least {shortest} characters.")
TOO_LONG = _("it may have at most {longest} characters.")
TOO_COMMON = _("it is one of the most common ones.")
HAS_ADDRESS = _("it contains your e-mail address.")


def check_password(password: str, email: str, *, field: str = "password") -> None:
    """Raises WeakPassword."""
    local = email.partition("@")[0].partition("+")[0].lower()
    plain = password.lower()
    reason = None
    if len(password) < SHORTEST:
        reason = TOO_SHORT
    elif len(password) > LONGEST:
        reason = TOO_LONG
    elif plain in _common() or plain.rstrip("!.?0123456789") in _common() or len(set(plain)) <= 2:  # noqa: PLR2004
        reason = TOO_COMMON
    elif len(local) >= TELLING and local in plain:
        reason = HAS_ADDRESS
    if reason is not None:
        raise WeakPassword(field=field, reason=reason.format(shortest=SHORTEST, longest=LONGEST))


@cache
def _common() -> frozenset[str]:
    listed = resources.files("atelier.features.accounts") / "common_passwords.txt"
    return frozenset(listed.read_text(encoding="utf-8").split())
