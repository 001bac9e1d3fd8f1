"""People: accounts, sessions, API keys, roles.

`authenticate` tells who is asking. Passwords, one-time links and keys are kept as hashes; a link works once and for its
own purpose; nothing here tells a stranger whether an account exists. `EmailVerified` is what others wait for.
"""

from atelier.features.accounts.addresses import hash_address
from atelier.features.accounts.authentication import SESSION_COOKIE, authenticate, session_cookie
from atelier.features.accounts.errors import AccountNotFound, AddressTaken, InvalidApiKey
from atelier.features.accounts.messages import EmailVerified
from atelier.features.accounts.queries import find_user, find_user_by_email
from atelier.features.accounts.service import (
    create_api_key,
    create_user,
    make_setup_token,
    make_sign_in_token,
    revoke_api_key,
)
from atelier.features.accounts.types import AccountStatus, NewKey, NewUser, Scope

__all__ = [
    "SESSION_COOKIE",
    "AccountNotFound",
    "AccountStatus",
    "AddressTaken",
    "EmailVerified",
    "InvalidApiKey",
    "NewKey",
    "NewUser",
    "Scope",
    "authenticate",
    "create_api_key",
    "create_user",
    "find_user",
    "find_user_by_email",
    "hash_address",
    "make_setup_token",
    "make_sign_in_token",
    "revoke_api_key",
    "session_cookie",
]
