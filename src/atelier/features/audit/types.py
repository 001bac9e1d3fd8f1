"""The words of the audit trail."""

from enum import StrEnum


class AuditAction(StrEnum):
    """Deeds that are always recorded."""

    ACCESS = "access"
    ADMIN_LOGIN = "admin_login"
    API_KEY_CREATE = "api_key_create"
    API_KEY_REVOKE = "api_key_revoke"
    CATALOGUE_APPLY = "catalogue_apply"
    EMAIL_CHANGE = "email_change"
    PASSWORD_CHANGE = "password_change"  # noqa: S105 - a word, no secret
    ROLE_CHANGE = "role_change"
    SESSION_REVOKE = "session_revoke"
    SIGN_IN = "sign_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGN_UP = "sign_up"
    TOKEN_ADJUSTMENT = "token_adjustment"  # noqa: S105 - a word, no secret
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
