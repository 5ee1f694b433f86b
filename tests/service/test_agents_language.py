"""What agents are told is in their language: every refusal, answer and alert, at a desk in Chinese, too.

The detector is the small words of English: what stands around them is names, commands and quoted text.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_mail import LIMITS, LIN, MailDesk, subject_of, text_of

from intake.desk.effects import MailKind
from intake.desk.message import Envelope
from intake.desk.ticket import EntryKind
from intake.ports import Arrival

# Neither German nor Chinese has these.
ENGLISH = re.compile(
    r"\b(?:the|not|your|you|is|with|been|it|of|to|this|that|by|no|does|has|have|will|are|be|from|ticket's)\b",
    re.IGNORECASE,
)
# What stays as it is: quoted lines, commands and how they are written, addresses, the line above replies.
KEPT = re.compile(
    r"^>.*$|^##- .* -##$|#[a-z]+(?: \[[^\]\n]*\])+|#[a-z]+(?: (?:add|remove) ADDRESS| [A-Z]+)*"
    r"|\S+@\S+|https?://\S+|^ {2,}.*$|Re: coins"
    r"|My coins are late|Please help\.?|he is difficult|Message-ID|off\|on|add\|remove|reply above this line",
    re.MULTILINE,
)
REPLIES = [
    "#clsoe\nprivate",
    "#关比\nprivate",
    "#note now\nprivate",
    "#assign Nobody\nHello",
    "#assign",
    "#priority soon",
    "#tag",
    "#tag " + "x" * 60,
    "#snooze yesterday",
    "#snooze",
    "#merge 99",
    "#merge 1",
    "#merge",
    "#link 99",
    "#split",
    "#cc remove eve@elsewhere.example",
    "#cc add help@desk.example",
    f"#cc add {LIN}",
    "#cc eve",
    "#subject",
    "#language tlh",
    "#language",
    "#notspam",
    "#survey maybe",
    "#canned nothing\nHello",
    "#canned",
    "#undo",
    "#new eve@elsewhere.example\nHello",
    "#my language tlh",
    "#my language",
    "#help",
    "#escalate",
    "#assign Ben",
    "#spam\nHello",
    "Hello Lin,\n#note\nhe is difficult",
    "",
    "#close\n#escalate",
]
COMMANDS = ["#clsoe", "#close", "#new help@desk.example\nx", "#new eve@elsewhere.example", "nothing", "#help"]


class TwoLanguages(MailDesk):
    """A desk in Chinese; Ben is its second agent, and reads German."""

    ben = "ben@staff.desk.example"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, f"{LIMITS}\nlanguage = zh-Hans")
        self.store.agents.add(self.ben, "Ben", (), self.clock.now)
        self.store.agents.change(self.ben, language="de")

    def both(self) -> list[tuple[str, str]]:
        """Return what agents got, and whose language it should be in."""
        kinds = (MailKind.ALERT, MailKind.ANSWER, MailKind.NOTICE)
        return [
            ("de" if mail.rcpt == self.ben else "zh-Hans", f"{subject_of(mail)}\n{text_of(mail)}")
            for mail in self.out(*kinds)
        ]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[TwoLanguages]:
    made = TwoLanguages(tmp_path)
    yield made
    made.close()


def english(text: str) -> list[str]:
    """Return the small words of English in what a mail says, with what stands around them."""
    own = KEPT.sub("", text)
    return [own[max(match.start() - 30, 0) : match.end() + 30] for match in ENGLISH.finditer(own)]


@pytest.mark.parametrize("language", ["zh-Hans", "de"])
@pytest.mark.parametrize("text", REPLIES)
def test_what_becomes_of_a_reply_is_told_in_the_agents_language(
    desk: TwoLanguages, text: str, language: str
) -> None:
    if language == "de":
        desk.store.agents.change(desk.agent, language="de")
    desk.reply(text)
    got = desk.both()
    assert got, "its agent is told"
    for _, said in got:
        assert english(said) == []


@pytest.mark.parametrize("text", COMMANDS)
def test_what_becomes_of_a_command_is_told_in_the_agents_language(desk: TwoLanguages, text: str) -> None:
    desk.command(text)
    got = desk.both()
    assert got
    for _, said in got:
        assert english(said) == []


def test_each_agent_gets_the_alert_of_an_unproven_mail_in_their_language(desk: TwoLanguages) -> None:
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    desk.reply("#assign Ben")
    (assigned,) = [said for language, said in desk.both() if language == "de"]
    assert "zugewiesen" in assigned
    assert english(assigned) == []


def test_a_mail_that_fails_is_told_in_the_agents_language(desk: TwoLanguages) -> None:
    desk.reply("Here is your answer.")
    (outgoing,) = desk.out(MailKind.RELAY)
    report = (
        f"From: postmaster@x.example\r\nTo: {outgoing.mail_from}\r\nSubject: Undelivered\r\n"
        "Message-ID: <r@x.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNo.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; x.example\r\n\r\n"
        f"Final-Recipient: rfc822; {LIN}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1\r\n\r\n--b--\r\n"
    )
    envelope = Envelope("ingest", "support", "", (outgoing.mail_from,))
    got = desk.service.receive([Arrival(report.encode(), envelope)])
    desk.service.process([row.ledger_id for row in got])
    told = desk.both()
    assert told
    assert all(english(said) == [] for _, said in told)
    assert any("无法送达" in said for _, said in told)


def test_an_agent_chooses_their_language_by_mail(desk: TwoLanguages) -> None:
    desk.command("#my language de")
    (answer,) = [said for _, said in desk.both()]
    assert "Ab jetzt schreiben wir Ihnen in dieser Sprache: Deutsch." in answer
    agent = desk.store.agents.by_address(desk.agent)
    assert agent is not None
    assert agent.language == "de"
    desk.reply("#clsoe")
    assert "#clsoe ist kein Befehl. Meinten Sie #close?" in desk.both()[0][1]
    assert not desk.said(EntryKind.REPLY)
