"""The words of mails: declared by the features, known by name, spoken in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from atelier.kernel.text import _
from atelier.runtime.mail import Letter
from atelier.runtime.web.language import current_locale, gettext, text_direction
from atelier.runtime.web.site import Brand
from atelier.runtime.web.templating import Templates

FOOT = _("You get this mail because your address was entered at {brand}.")

_templates = Templates([Path(__file__).parent / "templates"])
_declared: dict[str, "MailTemplate"] = {}


@dataclass(frozen=True)
class MailTemplate:
    """A letter: words marked for translation with {names} to fill, and at most one button."""

    name: str
    subject: str
    paragraphs: tuple[str, ...]
    button: str | None = None
    path: str | None = None
    """Where the button leads when the letter has no one-time link."""
    note: str | None = None


@dataclass(frozen=True)
class Addressed:
    """The envelope of one letter."""

    to: str
    sender: str
    reference: str


def declare(template: MailTemplate) -> MailTemplate:
    """Make a letter known, so that a mail can be told by its name."""
    _declared[template.name] = template
    return template


def declared(name: str) -> MailTemplate:
    return _declared[name]


def write_letter(
    template: MailTemplate, envelope: Addressed, values: Mapping[str, object], *, brand: Brand, link: str | None
) -> Letter:
    """The letter as text and as HTML, in the language in use."""
    said = {**values, "brand": brand.name}
    context = {
        "subject": _filled(template.subject, said),
        "paragraphs": [_filled(text, said) for text in template.paragraphs],
        "button": _filled(template.button, said) if template.button and link else None,
        "link": link,
        "note": _filled(template.note, said) if template.note else None,
        "foot": _filled(FOOT, said),
        "brand": brand,
        "locale": current_locale(),
        "dir": text_direction(),
    }
    return Letter(
        to=envelope.to,
        subject=str(context["subject"]),
        text=_templates.render("notifications/letter.txt", **context),
        html=_templates.render("notifications/letter.html", **context),
        sender=envelope.sender,
        reference=envelope.reference,
    )


def _filled(text: str, values: Mapping[str, object]) -> str:
    return gettext(text).format(**values)
