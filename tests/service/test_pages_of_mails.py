"""What stands around the news in agents' mail, on the road: in sets as alone, and of a ticket given on."""

from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from pump import Clock, PumpedDesk, letter

from intake.desk import tokens
from intake.desk.effects import Mail, MailKind
from intake.desk.message import Envelope
from intake.desk.ticket import EntryKind, Ticket
from intake.desk.tokens import Purpose
from intake.ports import Arrival
from intake.rendering.composer import Composer
from intake.service.processing import Processing

PEOPLE = ("lin@a.example", "wei@a.example", "ann@b.example")
WEI = "wei@staff.desk.example"
TEXTS = (
    "Please help me.\r\n",
    "Still not.\r\n",
    "#note\r\nSeen before\r\n",
    "#assign wei\r\n",
    "#close\r\n",
    "Thanks\r\n",
)


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The mails to agents as they were last composed, by their keys."""
    seen: dict[str, Any] = {}
    whole = Composer.compose

    def compose(self: Composer, mail: Mail, ticket: Ticket, now: datetime) -> Any:
        if mail.kind.to_agent:
            seen[mail.dedupe] = mail
        return whole(self, mail, ticket, now)

    monkeypatch.setattr(Composer, "compose", compose)
    return seen


def a_desk(folder: Path, url: str = "") -> PumpedDesk:
    desk = PumpedDesk(folder, "desk.example", Clock(), f"\n[store]\nurl = {url}\n" if url else "")
    desk.store.agents.add(WEI, "Wei", (), desk.clock())
    return desk


def agents_address(desk: PumpedDesk, ticket: int, agent: int = 1) -> str:
    expires = desk.clock.now + timedelta(days=9)
    return tokens.address(desk.address, tokens.make(desk.desk.keys[0], Purpose.AGENT, ticket, agent, expires))


def conversation(desk: PumpedDesk) -> None:
    """Let three people and an agent write in sets of twelve."""
    for turn in range(3):
        arrivals = []
        for number in range(12):
            text, who, ticket = (
                TEXTS[(turn + number) % len(TEXTS)],
                PEOPLE[number % 3],
                (number + turn) % 7 + 1,
            )
            to = desk.address if turn == 0 or number % 4 == 3 else desk.reply_address(ticket)
            if turn and number % 3 == 1:
                who, to = desk.agent, agents_address(desk, ticket)
            raw = letter(who, to, f"About {turn} {number}", f"{text}{turn} {number}\r\n")
            arrivals.append(Arrival(raw, Envelope("lmtp", "support", who, (desk.address,))))
        desk.service.receive(arrivals)
        while desk.service.process_pending(50):
            pass
        desk.clock.later(minutes=7)
        desk.deliver()


def known_of(mail: Mail) -> Any:
    """What a page says, without what is drawn by lot."""
    page = mail.page
    assert page is None or mail.ticket != 0
    return (mail.kind, mail.to, mail.event, page)


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_page_in_a_set_is_the_one_that_it_is_alone(
    tmp_path: Path,
    engine: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    pages: dict[str, Any],
) -> None:
    whole = Processing._decide_all

    def one_by_one(self: Processing, readable: Any, together: bool) -> None:
        for item in readable:
            whole(self, [item], together=False)

    results = []
    for alone in (True, False):
        url = request.getfixturevalue("postgres_url") if engine == "postgres" and not alone else ""
        monkeypatch.setattr(Processing, "_decide_all", one_by_one if alone else whole)
        pages.clear()
        with closing(a_desk(tmp_path / str(alone), url)) as desk:
            conversation(desk)
        results.append([known_of(mail) for mail in pages.values() if mail.page is not None])
    alone_all, together = ([_unnumbered(known) for known in some] for some in results)
    assert len(together) > 30
    assert sorted(map(repr, alone_all)) == sorted(map(repr, together))
    assert any(known[3].lines for known in results[1])
    assert any(known[3].others for known in results[1])


def _unnumbered(known: Any) -> Any:
    """Numbers of entries are asked for ahead on PostgreSQL, and some are never given."""
    *rest, page = known
    lines = tuple(replace(line, id=0) for line in page.lines)
    return (*rest, replace(page, lines=lines))


WITH_FILE = (
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the bill.\r\n"
    "--b\r\nContent-Type: application/pdf\r\n"
    'Content-Disposition: attachment; filename="bill.pdf"\r\n\r\nPDF\r\n--b--\r\n'
)


def with_file(desk: PumpedDesk, who: str) -> None:
    raw = f"From: {who}\r\nTo: {desk.address}\r\nSubject: A bill\r\nMessage-ID: <{who}>\r\n{WITH_FILE}"
    desk.take(raw.encode(), sender=who)


def test_who_is_given_a_ticket_gets_the_conversation_and_the_files(
    tmp_path: Path, pages: dict[str, Any]
) -> None:
    with closing(a_desk(tmp_path)) as desk:
        desk.store.agents.change(WEI, notify="digest")
        with_file(desk, "lin@a.example")
        for text in ("#note\r\nTheir third bill.\r\n", "#assign wei\r\n"):
            desk.take(letter(desk.agent, agents_address(desk, 1), "Re: it", text), sender=desk.agent)
        desk.deliver()
        (mail,) = [mail for mail in pages.values() if mail.to.mailbox == WEI and mail.kind is MailKind.ALERT]
        assert ("assigned", "Anna") == (mail.event, mail.by)
        words = [line.text.strip() for line in mail.page.lines if line.kind is not EntryKind.EVENT]
        assert ["See the bill.", "Their third bill."] == words
        assert any("assigned to Wei" in line.text for line in mail.page.lines)
        (sent,) = [mail for mail in desk.sent if mail.rcpt == WEI and mail.kind is MailKind.ALERT]
        read: Any = message_from_bytes(sent.raw, policy=policy.default)
        assert ["bill.pdf"] == [part.get_filename() for part in read.iter_attachments()]


def test_tickets_with_files_that_are_given_on_together_all_bring_them(
    tmp_path: Path, pages: dict[str, Any]
) -> None:
    with closing(a_desk(tmp_path)) as desk:
        desk.store.agents.change(WEI, notify="digest")
        for number in range(3):
            with_file(desk, f"c{number}@n{number}.example")
        mails = [
            letter(desk.agent, agents_address(desk, n), f"Re: {n}", "#assign wei\r\n") for n in (1, 2, 3)
        ]
        at = Envelope("lmtp", "support", desk.agent, (desk.address,))
        desk.service.receive([Arrival(raw, at) for raw in mails])
        while desk.service.process_pending(50):
            pass
        brought = [mail.attachments for mail in pages.values() if mail.event == "assigned"]
        assert [["bill.pdf"]] * 3 == [[file.name for file in files] for files in brought]
