"""The letters that accounts send."""

from atelier.features.notifications import MailTemplate, declare
from atelier.kernel.text import _

VERIFY = declare(
    MailTemplate(
        name="accounts:verify",
        subject=_("Confirm your address"),
        paragraphs=(
            _("Somebody, most likely you, made an account at {brand} with this address."),
            _("Confirm that it was you. The link works once, for 24 hours."),
        ),
        button=_("Confirm my address"),
        note=_("If it was not you, do nothing. Without your confirmation the account stays as it is."),
    )
)
ALREADY = declare(
    MailTemplate(
        name="accounts:already",
        subject=_("You already have an account"),
        paragraphs=(
            _("Somebody, most likely you, tried to make an account at {brand} with this address."),
            _("There is one already: sign in as usual."),
            _("If you do not know your password any more, that page has a way to choose a new one."),
        ),
        button=_("Sign in"),
        path="/sign-in",
        note=_("If it was not you, there is nothing to do."),
    )
)
RESET = declare(
    MailTemplate(
        name="accounts:reset",
        subject=_("Choose a new password"),
        paragraphs=(
            _("Somebody, most likely you, asked for a new password for your account at {brand}."),
            _("The link works once, for one hour. Afterwards you are signed out everywhere else."),
        ),
        button=_("Choose a new password"),
        note=_("If it was not you, do nothing: your password stays as it is."),
    )
)
CHANGED = declare(
    MailTemplate(
        name="accounts:password-changed",
        subject=_("Your password was changed"),
        paragraphs=(
            _("The password of your account at {brand} was changed just now, and all other sessions were ended."),
        ),
        button=_("Choose a new password"),
        path="/reset",
        note=_("If it was not you, choose a new password at once."),
    )
)
