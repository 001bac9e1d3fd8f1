"""Errors by category. A feature raises a subclass with a message of its own; each surface translates the category."""

from collections.abc import Mapping
from typing import ClassVar

from atelier.kernel.text import _


class AppError(Exception):
    """Something a person can be told. `context` fills the message's {names} and travels as structured data."""

    message: ClassVar[str] = _("Something went wrong.")
    retryable: ClassVar[bool] = False

    def __init__(self, **context: object) -> None:
        super().__init__(self.message)
        self.context: Mapping[str, object] = context

    @classmethod
    def code(cls) -> str:
        """The stable, machine-readable name, such as `insufficient-credits`."""
        words = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in cls.__name__)
        return words.lstrip("-")

    def __str__(self) -> str:
        try:
            return self.message.format(**self.context)
        except (KeyError, IndexError):
            return self.message


class Invalid(AppError):
    """The input is wrong. `field` in the context names the part to mend."""

    message = _("Please check what you entered.")


class Unauthenticated(AppError):
    message = _("Please sign in first.")


class Forbidden(AppError):
    message = _("You may not do this.")


class NotFound(AppError):
    message = _("We could not find this.")


class Conflict(AppError):
    message = _("This does not fit with what happened before.")


class Stale(AppError):
    """A precondition (If-Match) no longer holds."""

    message = _("This changed in the meantime. Please load it again.")


class PaymentRequired(AppError):
    message = _("There is not enough on your balance for this.")


class TooLarge(AppError):
    message = _("This is too large.")


class Unsupported(AppError):
    message = _("We cannot work with this kind of file.")


class RateLimited(AppError):
    """`retry_after` (seconds) in the context becomes the Retry-After header."""

    message = _("That was too often. Please wait a moment.")
    retryable = True


class Unavailable(AppError):
    """`retry_after` (seconds) in the context becomes the Retry-After header."""

    message = _("This is not available right now. Please try again in a moment.")
    retryable = True
