"""The words of the audit trail."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class AuditAction(StrEnum):
    """Deeds that are always recorded."""

    ACCESS = "access"
    ADMIN_LOGIN = "admin_login"
    API_KEY_CREATE = "api_key_create"
    API_KEY_REVOKE = "api_key_revoke"
    CATALOGUE_APPLY = "catalogue_apply"
    EMAIL_CHANGE = "email_change"
    EMAIL_VERIFY = "email_verify"
    PASSWORD_CHANGE = "password_change"  # noqa: S105 - a deed
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a deed
    PASSWORD_RESET_REQUEST = "password_reset_request"  # noqa: S105 - a deed
    PROFILE_CHANGE = "profile_change"
    ROLE_CHANGE = "role_change"
    SESSION_REVOKE = "session_revoke"
    SIGN_IN = "sign_in"
    SIGN_IN_LINK = "sign_in_link"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGN_OUT = "sign_out"
    SIGN_UP = "sign_up"
    SETUP = "setup"
    TOKEN_ADJUSTMENT = "token_adjustment"  # noqa: S105 - a deed
    USER_ACTIVATE = "user_activate"
    USER_CREATE = "user_create"
    USER_DELETE = "user_delete"
    USER_SUSPEND = "user_suspend"
    VOUCHER_CREATE = "voucher_create"
    VOUCHER_DELETE = "voucher_delete"
    VOUCHER_UPDATE = "voucher_update"


class ErrorEnvironment(StrEnum):
    FRONTEND = "frontend"
    BACKEND = "backend"


class ErrorState(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"
    IGNORED = "ignored"


@dataclass(frozen=True)
class Breach:
    """Where the chain does not hold, and how."""

    number: int
    problem: str


@dataclass(frozen=True)
class ErrorReport:
    """An error as its surface saw it. `user_id` comes from the session, never from what was reported."""

    error_type: str
    message: str
    environment: ErrorEnvironment
    stack: str | None = None
    source_file: str | None = None
    source_line: int | None = None
    source_column: int | None = None
    route: str | None = None
    user_id: UUID | None = None
    release: str | None = None
