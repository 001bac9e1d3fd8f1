"""What can go wrong with accounts. None of these tells a stranger whether an account exists."""

from atelier.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from atelier.kernel.text import _


class WrongCredentials(Invalid):
    message = _("The e-mail or the password is not right.")


class WrongPassword(Invalid):
    message = _("This is not your current password.")


class BadAddress(Invalid):
    message = _("Please enter an e-mail address, such as name@example.com.")


class WeakPassword(Invalid):
    message = _("Please choose another password: {reason}")


class AddressTaken(Conflict):
    message = _("There is an account with this address already.")


class BadLink(Invalid):
    message = _("This link is not valid any more. It works once, and only for a while. Please ask for a new one.")


class AlreadySetUp(Forbidden):
    message = _("There is an administrator already.")


class InvalidApiKey(Unauthenticated):
    message = _("This API key is not valid: it is misspelt, revoked, expired or its account is closed.")


class TooManyApiKeys(Conflict):
    message = _("You have {limit} API keys already. Revoke one first.")


class SecretShownOnce(Conflict):
    message = _("This Idempotency-Key was used before. A key is shown once and cannot be shown again; make a new one.")


class ExpiryInThePast(Invalid):
    message = _("A key must expire in the future.")


class AccountNotFound(NotFound):
    message = _("There is no such account.")


class SessionNotFound(NotFound):
    message = _("There is no such session.")


class ApiKeyNotFound(NotFound):
    message = _("There is no such API key.")


class LastSuperAdmin(Conflict):
    message = _("This is the last super administrator. Appoint another one first.")


class AboveYourRole(Forbidden):
    message = _("Only a super administrator may change administrators.")


class NotYourself(Forbidden):
    message = _("You cannot change your own role or close your own account here.")
