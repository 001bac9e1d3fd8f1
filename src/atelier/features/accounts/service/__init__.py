"""Decisions about accounts; the only writer."""

from atelier.features.accounts.service.joining import create_user, resend_verification, sign_up, verify
from atelier.features.accounts.service.keeping import forget_expired
from atelier.features.accounts.service.keys import create_api_key, revoke_api_key
from atelier.features.accounts.service.links import (
    make_reset_token,
    make_setup_token,
    make_sign_in_token,
    make_verification_token,
)
from atelier.features.accounts.service.people import change_profile, change_role, change_status
from atelier.features.accounts.service.recovery import change_password, request_reset, reset_password
from atelier.features.accounts.service.sessions import (
    Started,
    end_other_sessions,
    end_session,
    refuse_sign_in,
    sign_in,
    sign_in_by_link,
    sign_out,
)
from atelier.features.accounts.service.setup import set_up

__all__ = [
    "Started",
    "change_password",
    "change_profile",
    "change_role",
    "change_status",
    "create_api_key",
    "create_user",
    "end_other_sessions",
    "end_session",
    "forget_expired",
    "make_reset_token",
    "make_setup_token",
    "make_sign_in_token",
    "make_verification_token",
    "refuse_sign_in",
    "request_reset",
    "resend_verification",
    "reset_password",
    "revoke_api_key",
    "set_up",
    "sign_in",
    "sign_in_by_link",
    "sign_out",
    "sign_up",
    "verify",
]
