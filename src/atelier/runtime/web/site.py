"""What one web process shares between its requests."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

from fastapi import Request
from starlette.requests import HTTPConnection

from atelier.kernel.actor import Actor
from atelier.runtime.crypto import Keys
from atelier.runtime.db import ReadSession, Sessions
from atelier.runtime.ports import Ports
from atelier.runtime.settings import Settings
from atelier.runtime.web.templating import Templates

Authenticate = Callable[[HTTPConnection, Sessions], Awaitable[Actor | None]]


@dataclass(frozen=True)
class Brand:
    """How the business looks, from its catalogue."""

    name: str
    accent: str
    accent_dark: str
    on_accent: str
    on_accent_dark: str
    logo_url: str | None = None


@dataclass(frozen=True)
class RailItem:
    """An entry of the navigation. `place` orders it; only those below 50 fit the phone's bottom bar."""

    place: int
    label: str
    route: str
    icon: str
    admin_only: bool = False


@dataclass(frozen=True)
class Pill:
    """A small fact at the top right, such as the balance."""

    label: str
    value: str
    href: str


PillMaker = Callable[[ReadSession, Actor], Awaitable[Pill | None]]


@dataclass(frozen=True)
class Contributions:
    """What one feature adds to every page's frame."""

    rail: Sequence[RailItem] = ()
    pills: Sequence[PillMaker] = ()


@dataclass
class Site:
    """The composition root fills this in; requests read it."""

    settings: Settings
    sessions: Sessions
    ports: Ports
    keys: Keys
    templates: Templates
    authenticate: Authenticate
    brand: Callable[[ReadSession], Awaitable[Brand]]
    contributions: Sequence[Contributions] = field(default_factory=tuple)


def site_of(connection: HTTPConnection | Request) -> Site:
    return cast("Site", connection.app.state.site)
