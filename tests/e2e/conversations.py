"""Scripted customers and agents who write to each other through a running desk, and what each must read.

Customers and agents see nothing but their mail: what comes out of the SMTP receiver is
answered, as a mail program would, into the IMAP mailbox.
"""

import imaplib
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape

from agent_replies import CLIENTS, Line
from running import body, read

from intake.testing import Delivery, Dovecot, SinkServer
from intake.testing.imap import imap_connect

BORDER = "mx.desk.example"
AGENTS = {"anna@staff.example": "Anna", "wei@staff.example": "Wei"}
EN = "the wallet shows an empty page after my update to version 2.1 and 3 < 4 & co. while it said “done”"
ZH = "我的 钱包 更新 以后 是 空的 请 重新 启动 第2页 没有 余额 谢谢 您 版本 2.1"
# How many conversations are on at a time: a desk of many agents.
AT_ONCE = 60
_SUBJECT = re.compile(r"Question (\d+)")
_NOTICE = re.compile(r"(?:wrote:|写道：)\n\n(.*)\n\n---\n", re.DOTALL)
# The one line that tells an agent what their colleague did.
_COLLEAGUE = re.compile(r"^(?:Anna|Wei) (?:has taken|answered|closed) ?.*\.$", re.MULTILINE)
# What the desk adds where it folds a quote.
_FOLDED = re.compile(r"\n\n[^\n]*#full[^\n]*\Z")


@dataclass
class Talk:
    """One conversation. `script` is what is said, by turns: customer, agent, customer, ..."""

    number: int
    zh: bool
    agent: str
    client: str
    script: list[str]
    at: int = 0
    ticket: int = 0
    # What each side read of the other, in order.
    by_customer: list[str] = field(default_factory=list)
    by_agent: list[str] = field(default_factory=list)

    @property
    def customer(self) -> str:
        return f"c{self.number}@customer{self.number % 7}.example"

    @property
    def done(self) -> bool:
        return self.at >= len(self.script)

    @property
    def over(self) -> bool:
        """Whether the last word has arrived, too."""
        return self.done and len(self.by_customer) >= len(self.script) // 2

    def remark(self) -> str:
        """What the agent notes for himself with every fifth conversation's first answer."""
        return f"Note on {self.number}: check the shard." if self.number % 5 == 0 else ""


def written(chance: random.Random, zh: bool) -> str:
    """Something a person writes: a few paragraphs of a few lines, in one of two languages."""
    words, between = (ZH.split(), "") if zh else (EN.split(), " ")
    paragraphs = []
    for _ in range(chance.randint(1, 3)):
        lines = []
        for _ in range(chance.randint(1, 3)):
            line = between.join(chance.choices(words, k=chance.randint(3, 9)))
            lines.append(line[0].upper() + line[1:] + ("。" if zh else "."))
        paragraphs.append("\n".join(lines))
    if chance.random() < 0.2:
        paragraphs.append("https://lumen.example/help?a=1&b=2")
    if chance.random() < 0.2:
        paragraphs.append("\U0001f44d\U0001f3fd ok")
    return "\n\n".join(paragraphs)


def talks(count: int, seed: int = 20261122) -> list[Talk]:
    chance, names = random.Random(seed), list(CLIENTS)
    agents = list(AGENTS)
    return [
        Talk(
            number,
            number % 2 == 1,
            agents[number % len(agents)],
            names[number % len(names)],
            [written(chance, number % 2 == 1) for _ in range(chance.choice((2, 4, 4, 6)))],
        )
        for number in range(1, count + 1)
    ]


class Stage:
    """The mail programs of all of them."""

    def __init__(self, talks_: list[Talk], sink: SinkServer, server: Dovecot, user: str) -> None:
        self.talks = {one.number: one for one in talks_}
        self.sink, self.server, self.user = sink, server, user
        self.seen = 0
        self.counts: Counter[str] = Counter()
        self.odd: list[str] = []

    def play(self, seconds: float) -> None:
        """Go on until every conversation is at its end, or the time is over."""
        end = time.monotonic() + seconds
        waiting = list(self.talks.values())
        with imap_connect(self.server, self.user) as box:
            while time.monotonic() < end and not all(one.over for one in self.talks.values()):
                on = sum(0 < one.at and not one.done for one in self.talks.values())
                while waiting and on < AT_ONCE:
                    self._send(box, self._question(waiting.pop(0)))
                    on += 1
                for delivery in self._new():
                    for raw in self._read(delivery):
                        self._send(box, raw)
                time.sleep(0.05)

    def _new(self) -> list[Delivery]:
        mails = self.sink.mails
        found, self.seen = mails[self.seen :], len(mails)
        return found

    def _send(self, box: imaplib.IMAP4, mail: EmailMessage) -> None:
        mail["Date"] = format_datetime(datetime.now(UTC))
        self.counts["written"] += 1
        box.append("INBOX", "", None, mail.as_bytes())

    def _question(self, talk: Talk) -> EmailMessage:
        talk.at = 1
        mail = EmailMessage()
        mail["From"], mail["To"] = f"Customer {talk.number} <{talk.customer}>", "support@desk.example"
        mail["Subject"] = f"Question {talk.number}"
        mail["Message-ID"] = f"<q{talk.number}@customer.example>"
        mail.set_content(talk.script[0], cte="base64")
        return mail

    def _read(self, delivery: Delivery) -> list[EmailMessage]:
        """Return what the reader of a mail writes then."""
        mail, to = read(delivery.raw), delivery.recipients[0]
        if mail["Auto-Submitted"] and to not in AGENTS:
            self.counts["automatic"] += 1
            return []
        found = _SUBJECT.search(str(mail["Subject"]))
        if found is None:
            self.odd.append(f"{to}: {mail['Subject']}")
            return []
        talk = self.talks[int(found[1])]
        if to in AGENTS:
            return self._agent_reads(talk, mail, to)
        if to != talk.customer:
            self.odd.append(f"{to} got what is {talk.customer}'s")
        self.counts["relays"] += 1
        talk.by_customer.append(body(mail).replace("\r\n", "\n").rstrip("\n"))
        return self._customer_answers(talk, mail)

    def _agent_reads(self, talk: Talk, mail: EmailMessage, to: str) -> list[EmailMessage]:
        text = body(mail).replace("\r\n", "\n")
        said = _NOTICE.search(text)
        if said is None and to != talk.agent and _COLLEAGUE.search(text):
            self.counts["lines about colleagues"] += 1
            return []
        self.counts["notices"] += 1
        if said is None:
            self.odd.append(f"{to}: {text[:200]}")
            return []
        if to != talk.agent:
            return []
        talk.by_agent.append(_FOLDED.sub("", said[1]))
        talk.ticket = int(re.search(r"\[#(\d+)\]", str(mail["Subject"]))[1])  # type: ignore[index]
        if talk.done:
            return []
        answers = []
        if talk.at == 1 and talk.remark():
            answers.append(self._agents_mail(talk, mail, f"#note\n{talk.remark()}", text))
        last = talk.at + 1 >= len(talk.script)
        answer = ("#close\n\n" if last else "") + talk.script[talk.at]
        talk.at += 1
        return [*answers, self._agents_mail(talk, mail, answer, text)]

    def _agents_mail(self, talk: Talk, to: EmailMessage, text: str, notice: str) -> EmailMessage:
        own: list[Line] = [(line, escape(line)) for line in text.split("\n")]
        plain, html = CLIENTS[talk.client].make(own, notice.strip(), talk.zh)
        mail = EmailMessage()
        # Our own border has looked at it.
        mail["Authentication-Results"] = f"{BORDER}; dmarc=pass header.from=staff.example"
        mail["From"], mail["To"] = f"{AGENTS[talk.agent]} <{talk.agent}>", to["Reply-To"]
        mail["Subject"] = f"Re: {to['Subject']}"
        mail["Message-ID"] = f"<a{talk.number}.{talk.at}.{len(text)}@staff.example>"
        mail["In-Reply-To"] = mail["References"] = to["Message-ID"]
        mail.set_content(plain, cte="base64")
        mail.add_alternative(html, subtype="html", cte="base64")
        return mail

    def _customer_answers(self, talk: Talk, to: EmailMessage) -> list[EmailMessage]:
        if talk.done:
            return []
        text = talk.script[talk.at]
        talk.at += 1
        mail = EmailMessage()
        mail["From"], mail["To"] = f"Customer {talk.number} <{talk.customer}>", to["Reply-To"]
        mail["Subject"] = f"Re: Question {talk.number}"
        mail["Message-ID"] = f"<q{talk.number}.{talk.at}@customer.example>"
        mail["In-Reply-To"] = to["Message-ID"]
        mail["References"] = f"{to['References'] or ''} {to['Message-ID']}".strip()
        quoted = "".join(f"> {line}\n" for line in body(to).splitlines())
        who = "Anna (Example Wallet) <support@desk.example>"
        mail.set_content(f"{text}\n\nOn Sun, 22 Nov 2026 at 10:05, {who} wrote:\n{quoted}", cte="base64")
        return [mail]
