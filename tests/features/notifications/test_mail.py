"""Mails: written with the change they tell of, sent once, in the brand's look and the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from sqlalchemy import text

from atelier.features.notifications import MailTemplate, declare, deliver, send_mail
from atelier.features.notifications.queries import is_suppressed
from atelier.kernel.errors import Unavailable
from atelier.kernel.ids import new_id
from atelier.runtime.db import DbRole, Sessions, in_transaction
from atelier.runtime.mail import Letter, Mailer
from atelier.runtime.ports import Ports
from atelier.runtime.tasks import TaskContext
from atelier.runtime.web.site import Site
from tests.support.people import Drain, letters

HELLO = declare(
    MailTemplate(
        name="test:hello",
        subject="Hello {who}",
        paragraphs=("This is {brand} & {who}.",),
        button="Look",
        path="/wallet",
        note="A note for {who}.",
    )
)
PLAIN = declare(MailTemplate(name="test:plain", subject="Plain", paragraphs=("Words.",)))


@dataclass
class CountingMailer(Mailer):
    """Takes letters, after as many refusals as it is told."""

    refusals: int = 0
    taken: list[Letter] = field(default_factory=list)
    was_in_transaction: bool = False

    async def send(self, letter: Letter) -> str:
        self.was_in_transaction = self.was_in_transaction or in_transaction()
        if self.refusals:
            self.refusals -= 1
            raise Unavailable
        self.taken.append(letter)
        return letter.reference


async def write(sessions: Sessions, template: MailTemplate = HELLO, to: str = "ada@example.com") -> UUID:
    async with sessions.begin() as session:
        return await send_mail(session, template=template, to=to, user_id=new_id(), who="<Ada>")


async def statuses(sessions: Sessions) -> Sequence[str]:
    async with sessions.read(role=DbRole.SYSTEM) as session:
        return list((await session.scalars(text("SELECT status FROM mails ORDER BY id"))).all())


@pytest.fixture
def mailer(ports: Ports) -> CountingMailer:
    """The installation's mailer, for this test."""
    mailer = CountingMailer()
    ports.provide(Mailer, mailer)  # type: ignore[type-abstract]
    return mailer


async def test_a_letter_has_text_and_html_with_the_brand_and_one_button(
    site: Site, sessions: Sessions, drain: Drain
) -> None:
    await write(sessions)
    await drain()

    letter = letters(site)[0]
    plain, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert str(letter["Subject"]) == "Hello <Ada>"
    assert "This is Atelier & <Ada>." in plain.get_content()
    assert "http://127.0.0.1:8000/wallet" in plain.get_content()
    assert "This is Atelier &amp; &lt;Ada&gt;." in html.get_content()
    assert "prefers-color-scheme: dark" in html.get_content()
    assert "<table" not in html.get_content()


async def test_a_letter_without_a_link_has_no_button(site: Site, sessions: Sessions, drain: Drain) -> None:
    await write(sessions, PLAIN)
    await drain()

    html = letters(site)[0].get_body(("html",))
    assert html is not None
    assert 'class="button"' not in html.get_content()


async def test_a_mail_is_sent_once_however_often_its_task_runs(
    sessions: Sessions, context: TaskContext, mailer: CountingMailer, drain: Drain
) -> None:
    mail_id = await write(sessions)
    await drain()

    for _ in range(2):
        await deliver(context, mail_id)

    assert len(mailer.taken) == 1
    assert await statuses(sessions) == ["sent"]


async def test_no_transaction_is_open_while_the_mail_server_is_asked(
    sessions: Sessions, mailer: CountingMailer, drain: Drain
) -> None:
    await write(sessions)
    await drain()

    assert not mailer.was_in_transaction


async def test_a_mail_that_failed_is_sent_by_the_next_try_under_the_same_name(
    sessions: Sessions, context: TaskContext, mailer: CountingMailer, drain: Drain
) -> None:
    mailer.refusals = 1
    mail_id = await write(sessions)
    await drain()
    before = await statuses(sessions)

    await deliver(context, mail_id)

    assert (before, await statuses(sessions)) == (["pending"], ["sent"])
    assert [letter.reference for letter in mailer.taken] == [str(mail_id)]


async def test_what_is_rolled_back_is_never_sent(site: Site, sessions: Sessions, drain: Drain) -> None:
    async with sessions.begin() as session:
        await send_mail(session, template=PLAIN, to="ada@example.com")
        await session.rollback()
    await drain()

    assert letters(site) == []


async def test_an_address_that_wants_no_mail_gets_none(
    sessions: Sessions, mailer: CountingMailer, drain: Drain
) -> None:
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        await session.execute(
            text(
                "INSERT INTO mail_suppressions (id, address_hash, reason)"
                " VALUES (:id, sha256('ada@example.com'), 'bounced')"
            ),
            {"id": new_id()},
        )
        assert await is_suppressed(session, " ADA@example.com ")
    await write(sessions)
    await drain()

    assert mailer.taken == []
    assert await statuses(sessions) == ["failed"]


async def test_a_mail_that_is_gone_is_no_error(context: TaskContext, mailer: CountingMailer) -> None:
    await deliver(context, new_id())

    assert mailer.taken == []


async def test_no_address_can_start_a_header(sessions: Sessions, mailer: CountingMailer, drain: Drain) -> None:
    await write(sessions, to="ada@example.com\r\nBcc: eve@example.com")
    await drain()

    with pytest.raises(ValueError, match="linefeed or carriage return"):
        mailer.taken[0].as_message()


async def test_a_subject_of_two_lines_becomes_one(sessions: Sessions, mailer: CountingMailer, drain: Drain) -> None:
    async with sessions.begin() as session:
        await send_mail(session, template=HELLO, to="ada@example.com", who="x\r\nBcc: eve@example.com")
    await drain()

    message = mailer.taken[0].as_message()
    assert message["Bcc"] is None
    assert message["Subject"] == "Hello x Bcc: eve@example.com"


async def test_tasks_carry_nothing_but_ids(sessions: Sessions) -> None:
    mail_id = await write(sessions)

    async with sessions.read(role=DbRole.SYSTEM) as session:
        args = await session.scalar(text("SELECT args FROM procrastinate_jobs"))
    assert args == {"message": {"mail_id": str(mail_id)}}
