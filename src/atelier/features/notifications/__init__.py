"""Messages to people.

A feature declares its letters (`declare`, `MailTemplate`) and calls `send_mail` with its own change. A letter with a
one-time link is written by `write_mail`; the feature's own task makes the token and calls `deliver`, so that no secret
is ever stored with a mail or a task.
"""

from atelier.features.notifications.delivery import deliver
from atelier.features.notifications.letters import MailTemplate, declare
from atelier.features.notifications.service import Recipient, is_waiting, send_mail, write_mail

__all__ = ["MailTemplate", "Recipient", "declare", "deliver", "is_waiting", "send_mail", "write_mail"]
