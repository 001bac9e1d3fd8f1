"""Choosing the implementation of each port by the settings."""

from atelier.adapters.local_engine.decoder import LocalDecoder
from atelier.adapters.local_engine.engine import LocalEngine
from atelier.adapters.local_engine.process import ChildRunner
from atelier.features import enhancement
from atelier.features.assets import Gate
from atelier.features.engines.ports import ImageEngine
from atelier.features.imaging import Pipelines
from atelier.runtime.crypto import Keys, Passwords, load_keys
from atelier.runtime.mail import Letterhead, MailboxFolder, Mailer, SmtpMailer
from atelier.runtime.ports import Ports
from atelier.runtime.settings import Settings
from atelier.runtime.storage import Blobs, LinkSigner


def wire(settings: Settings) -> Ports:
    """The ports of this installation."""
    ports = Ports()
    data = settings.data.absolute()
    keys = load_keys(data, settings.security)
    blobs = Blobs.local(settings.files_root)
    ports.provide(Settings, settings)
    ports.provide(Keys, keys)
    ports.provide(Passwords, Passwords(settings.security))
    ports.provide(Blobs, blobs)
    ports.provide(LinkSigner, LinkSigner(keys, settings.storage.link_minutes * 60))
    _wire_mail(ports, settings)
    _wire_engines(ports, blobs)
    return ports


def _wire_mail(ports: Ports, settings: Settings) -> None:
    ports.provide(Letterhead, Letterhead(settings.public_url, settings.mail.sender))
    if settings.mail.host is not None:
        ports.provide(Mailer, SmtpMailer(settings.mail))  # type: ignore[type-abstract]
        return
    mailbox = MailboxFolder(settings.data.absolute() / "mailbox")
    ports.provide(MailboxFolder, mailbox)
    ports.provide(Mailer, mailbox)  # type: ignore[type-abstract]


def _wire_engines(ports: Ports, blobs: Blobs) -> None:
    runner = ChildRunner()
    decoder, engine = LocalDecoder(runner), LocalEngine(runner)
    ports.provide(Gate, Gate(blobs, decoder))
    ports.provide(ImageEngine, engine)  # type: ignore[type-abstract]
    ports.provide(Pipelines, Pipelines({enhancement.PRODUCT: enhancement.build(engine, decoder)}))
