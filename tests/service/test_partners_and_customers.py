"""However mail programs quote: a partner never gets a customer's words or a note, a customer never theirs.

Each client answers every mail there is in the conversation, as text and as HTML, with all that it quotes;
each kind of words is a canary here. What goes out is looked at as a whole: header, bodies, files, pictures.
"""

import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from pathlib import Path

import agent_replies
import pytest
from agent_replies import CLIENTS, Line, mail
from desk_mail import LIN, MailDesk

from intake.desk.effects import MailKind, Outgoing
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose
from intake.mail.parse import parse

PAUL = "paul@partner.example"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)
# What each must not get. Lin's name stands in their address, too.
NOT_FOR_PAUL = (
    "CANARYLIN",
    "CANARYNOTE",
    "CANARYPAUL",
    "lin@",
    "customer.example",
    "Lin",
    "\u258e",
    "ref:",
    "##-",
)
NOT_FOR_LIN = ("CANARYPAUL", "CANARYNOTE", "CANARYASK", "partner.example", "Paul", "\u258e", "ref:", "##-")
FROM_LIN = (
    "From: Lin <{lin}>\r\nTo: {to}\r\nSubject: Parcel of lin@customer.example\r\nMessage-ID: <{id}>\r\n"
    "Thread-Index: AdHOFTs4fIDzsHLySS6cC3HCsA7jNA==\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nCANARYLIN waits.\r\n\r\n--b\r\n"
    "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
    "Content-Disposition: attachment; filename=CANARYLIN.png\r\n\r\niVBORw0KGgo=\r\n--b--\r\n"
)


def from_lin(desk: MailDesk, to: str, message_id: str) -> None:
    """Lin writes, with a picture."""
    desk.take(FROM_LIN.format(lin=LIN, to=to, id=message_id).encode(), sender=LIN)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    made = MailDesk(tmp_path / "desk")
    from_lin(made, made.address, "l1@customer.example")
    made.reply("#note\nCANARYNOTE is ours alone.", ticket=2)
    made.reply("#mine", ticket=2)
    made.out()
    yield made
    made.close()


def bodies(sent: Outgoing) -> tuple[str, str]:
    """The text of a mail and what its HTML shows, "" where it has none."""
    made = message_from_bytes(sent.raw, policy=policy.default)
    assert isinstance(made, EmailMessage)
    plain, page = made.get_body(("plain",)), made.get_body(("html",))
    assert plain is not None
    html = page.get_content() if page is not None else ""
    body = re.search(r"<body[^>]*>(.*)</body>", html, re.DOTALL)
    return plain.get_content().replace("\r\n", "\n").strip(), body[1].strip() if body else html


class Writer:
    """Whoever answers mails of the desk with one client."""

    def __init__(self, desk: MailDesk, client: str, html: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        self.desk, self.client, self.html, self.patch = desk, CLIENTS[client], html, monkeypatch
        self.number = 0

    def answer(self, sent: Outgoing, lines: Sequence[str], sender: str, to: str = "") -> list[Outgoing]:
        """Answer a mail of the desk with these lines above the whole of it; return what goes out."""
        self.number += 1
        text, page = bodies(sent)
        own: list[Line] = [(line, escape(line)) for line in lines]
        with self.patch.context() as patch:
            if self.html and page:
                patch.setattr(agent_replies, "br", lambda said: page if said == text else escape(said))
                patch.setattr(agent_replies, "escape", lambda said: page if said == text else escape(said))
            plain, html = self.client.make(own, text, False)
        # Clients send the pictures along that a quote shows.
        pictures = [(place, PNG) for place in dict.fromkeys(re.findall(r"cid:([^\"'\s>]+)", html))]
        raw = mail(plain, html, to or parse(sent.raw).reply_to[0].mailbox, pictures=pictures)
        raw = re.sub(rb"(?m)^From: .*$", f"From: {sender}".encode(), raw, count=1)
        raw = re.sub(rb"(?m)^Message-ID: .*$", b"Message-ID: <r%d@x.example>" % self.number, raw, count=1)
        raw = re.sub(rb"(?m)^Subject: .*$", b"Subject: Re: it", raw, count=1)
        self.desk.clock.later(minutes=3)
        references = f"In-Reply-To: <{sent.message_id}>\r\nReferences: <{sent.message_id}>\r\n".encode()
        self.desk.take(references + raw, sender=sender)
        return self.desk.out()


def inside(sent: Sequence[Outgoing]) -> list[str]:
    """Return what stands in these mails that their readers must not get."""
    wrong: list[str] = []
    for one in sent:
        if one.kind.to_agent:
            assert one.rcpt.startswith(("anna@", "ben@"))
            continue
        words = NOT_FOR_PAUL if one.rcpt == PAUL else NOT_FOR_LIN
        made = message_from_bytes(one.raw, policy=policy.default)
        said = [f"{name}: {value}" for name, value in made.items()]
        for part in made.walk():
            said += [part.get_filename() or "", part.get_content_type()]
            if part.get_content_maintype() == "text":
                said.append(part.get_content())
        wrong += [f"{one.rcpt}: {word}" for word in (*words, "image/") if word in "\n".join(said)]
    return wrong


def kinds(sent: Sequence[Outgoing]) -> list[tuple[MailKind, str]]:
    return [(one.kind, one.rcpt) for one in sent if not one.kind.to_agent]


@pytest.mark.parametrize("html", [False, True], ids=["text quoted", "page quoted"])
@pytest.mark.parametrize("client", CLIENTS)
def test_nothing_crosses_over_whatever_is_quoted(
    client: str, html: bool, desk: MailDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = Writer(desk, client, html, monkeypatch)
    from_lin(desk, desk.to(Purpose.CUSTOMER, 2, 0), "l2@customer.example")
    (told,) = desk.out(MailKind.NOTICE)
    assert all(word in bodies(told)[0] for word in ("CANARYLIN", "CANARYNOTE")), "it is there to be quoted"
    assert "cid:" in bodies(told)[1]
    # The agent asks in reply to the customer's words, and then in reply to the partner's.
    sent = writer.answer(told, [f"#ask {PAUL}", "Where is CANARYASK?"], desk.agent)
    assert ([(MailKind.PARTNER, PAUL)], []) == (kinds(sent), inside(sent))
    question = next(one for one in sent if one.kind is MailKind.PARTNER)
    assert "Where is CANARYASK?" in bodies(question)[0]
    heard = writer.answer(question, ["CANARYPAUL is in Hamburg."], PAUL)
    assert [(MailKind.NOTICE, desk.agent)] == [(one.kind, one.rcpt) for one in heard]
    assert "CANARYPAUL is in Hamburg." in bodies(heard[0])[0]
    again = writer.answer(heard[0], [f"#ask {PAUL}", "Since when?"], desk.agent)
    assert ([(MailKind.PARTNER, PAUL)], []) == (kinds(again), inside(again))
    # What is written without a command stays inside; the customer gets what is meant for them.
    assert [] == kinds(writer.answer(heard[0], ["That is good."], desk.agent))
    answered = writer.answer(heard[0], ["#reply", "We found it."], desk.agent)
    assert ([(MailKind.RELAY, LIN)], []) == (kinds(answered), inside(answered))
    relay = next(one for one in answered if one.kind is MailKind.RELAY)
    # The customer answers, and the agent answers a page on which all of it stands.
    (page,) = [one for one in writer.answer(relay, ["Thank you, and CANARYLIN?"], LIN) if one.kind.to_agent]
    assert all(word in bodies(page)[0] for word in ("CANARYPAUL", "CANARYASK", "CANARYNOTE"))
    last = writer.answer(page, ["It comes tomorrow."], desk.agent)
    assert ([(MailKind.RELAY, LIN)], []) == (kinds(last), inside(last))
    # A partner who answers once more, and passes their whole mail on to the customer, who answers it.
    late = writer.answer(question, ["Once more CANARYPAUL."], PAUL)
    passed = writer.answer(question, ["What is this CANARYLIN?"], LIN)
    assert [] == kinds([*late, *passed])
    assert not [
        text for text in desk.said(EntryKind.CUSTOMER, 2) if "CANARYPAUL" in text or "CANARYASK" in text
    ]


def test_the_page_of_the_customer_shows_nothing_of_it(desk: MailDesk) -> None:
    from intake.web import progress

    desk.reply(f"#ask {PAUL}\nWhere is CANARYASK?", ticket=2)
    (question,) = desk.out(MailKind.PARTNER)
    desk.answer(question, "CANARYPAUL is in Hamburg.")
    desk.reply("We are looking.", ticket=2)
    ticket = desk.store.tickets.get(2)
    assert ticket is not None
    shown = repr(progress.view(ticket, desk.store.tickets.entries(2), True, desk.clock.now))
    assert "We are looking." in shown
    assert [] == [word for word in NOT_FOR_LIN[:5] if word in shown]
