"""What became of the day's words, how much mail agents got, and how far away what they must know was."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.utils import parseaddr

from day.canaries import Fate, Sentence
from day.facts import Fact, Found, Where
from day.play import Day
from day.programs import Letter
from intake.desk.ticket import EntryKind

# Where a sentence of each fate belongs in a ticket's history.
KINDS = {
    Fate.CUSTOMER: {EntryKind.CUSTOMER, EntryKind.AUTOMATIC},
    Fate.ANSWER: {EntryKind.REPLY},
    Fate.NOTE: {EntryKind.NOTE},
    Fate.DRAFT: {EntryKind.DRAFT, EntryKind.REPLY},
}
_TOKEN = re.compile(r"\+([A-Za-z0-9._=-]{16,})@")
_MARKUP = re.compile(r"</?(?:br|span|img|div|p|b|a|td)\b|&(?:amp|lt|gt|nbsp);")


@dataclass(frozen=True, slots=True)
class Share:
    """An agent's day: `kinds` counts the mails they got, `handled` the tickets in which they acted."""

    name: str
    mails: int
    kinds: dict[str, int]
    handled: int

    @property
    def per_ticket(self) -> float:
        return self.mails / self.handled if self.handled else float(self.mails)


@dataclass
class Report:
    """The day judged. Lists name what should not be; but `held` are answers that wait, their authors told."""

    tickets: int
    shares: list[Share]
    found: list[Found]
    lost: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    private: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    # Mails that show their own markup.
    broken: list[str] = field(default_factory=list)
    automatic: int = 0
    answers: int = 0
    sentences: int = 0
    # What agents did, by the first word of its line in the audit log, and what became of the messages.
    deeds: dict[str, int] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def per_ticket(self) -> float:
        """Mails that an agent got for each ticket they handled, all agents together."""
        return sum(share.mails for share in self.shares) / sum(share.handled for share in self.shares)

    def without_request(self, facts: Iterable[Fact] = tuple(Fact), hand: bool = False) -> float:
        """The part of the questions that needed no further request; with `hand` those answered at hand."""
        asked = [one for one in self.found if one.fact in facts]
        good = [one for one in asked if (one.where is Where.HAND if hand else not one.where.requests)]
        return len(good) / len(asked) if asked else 1.0


def judged(day: Day) -> Report:
    """Judge a day that was lived."""
    history = _history(day)
    shares = [
        Share(
            person.name,
            len(person.inbox),
            dict(Counter(day.kind_of(letter) for letter in person.inbox)),
            len(person.handled),
        )
        for person in day.agents
    ]
    report = Report(
        len({case.ticket for case in day.cases.values()} - {0}),
        shares,
        [one for person in day.agents for one in person.found],
        sentences=len(day.canaries.said),
    )
    customers = [letter for case in day.cases.values() for letter in case.inbox]
    report.automatic = sum(letter.automatic for letter in customers)
    report.answers = len(customers) - report.automatic
    messages = day.desk.store.ledger.list_messages(limit=5000)
    report.unfinished = [str(row.id) for row in messages if not row.outcome]
    report.outcomes = dict(Counter(str(row.outcome) for row in messages))
    audit = day.desk.store.upkeep.list_audit(limit=5000)
    report.deeds = dict(Counter(row.what.split()[0] for row in audit))
    agents = "\n".join(letter.text + letter.shown for person in day.agents for letter in person.inbox)
    for sentence in day.canaries.said:
        _words(sentence, day, history[sentence.canary], agents, report)
    _outside(day, report)
    report.broken = [
        f"{letter.subject} to {person.name}: {shown[0]}"
        for person in day.agents
        for letter in person.inbox
        if letter.html and (shown := _MARKUP.search(letter.shown))
    ]
    return report


def _history(day: Day) -> dict[str, list[EntryKind]]:
    """Return in which kinds of entry each sentence stands as new text."""
    found: dict[str, list[EntryKind]] = defaultdict(list)
    canary = re.compile(r"kq[a-j]{4}z")
    for row in day.desk.store.listing.list_tickets(limit=1000):
        for entry in day.desk.store.tickets.entries(row.id):
            for word in canary.findall(entry.text):
                found[word].append(entry.kind)
    return found


def _words(sentence: Sentence, day: Day, kinds: list[EntryKind], agents: str, report: Report) -> None:
    """Judge whether a sentence is where it belongs, once."""
    name = f"{sentence.canary} ({sentence.fate}, request {sentence.case}, {sentence.author})"
    own = [kind for kind in kinds if kind in KINDS[sentence.fate]]
    if sentence.fate is Fate.ANSWER and not own and EntryKind.DRAFT in kinds:
        report.held.append(name)
        if sentence.canary not in agents:
            report.untold.append(name)
        return
    if not own:
        report.lost.append(f"{name}: {kinds}")
    if len(own) > 1:
        report.doubled.append(f"{name}: {kinds}")
    if sentence.fate is Fate.CUSTOMER and sentence.canary not in agents and EntryKind.CUSTOMER in kinds:
        report.unseen.append(name)
    if sentence.fate is Fate.ANSWER:
        # The answer to a ticket that was merged comes under the subject of the other.
        address = _address(day, sentence.case)
        inboxes = [case.inbox for case in day.cases.values() if case.request.address == address]
        times = sum(_told(letter, sentence.canary) for inbox in inboxes for letter in inbox)
        if times != 1:
            (report.lost if not times else report.doubled).append(f"{name}: {times} times at the customer")


def _told(letter: Letter, word: str) -> bool:
    return word in letter.text or word in letter.shown


def _outside(day: Day, report: Report) -> None:
    """Look for what no customer may read in every mail that went to a customer, all of its parts."""
    inside = {one.canary: one for one in day.canaries.said if one.fate in (Fate.NOTE, Fate.DRAFT)}
    tokens = {
        token
        for person in day.agents
        for letter in person.inbox
        for token in _TOKEN.findall(f"{letter.mail['Reply-To']} {letter.text}")
    }
    words = {*inside, *tokens, *(person.address for person in day.agents)}
    for case in day.cases.values():
        theirs = {one.canary for one in day.canaries.said if _address(day, one.case) != case.request.address}
        for letter in case.inbox:
            whole = f"{letter.mail.as_string()}\n{letter.text}\n{letter.html}\n{letter.shown}".lower()
            for word in words | theirs:
                if word.lower() in whole:
                    report.private.append(f"{word} in {letter.subject!r} to {case.request.address}")
            if parseaddr(str(letter.mail["To"]))[1] != case.request.address:
                report.private.append(f"{letter.mail['To']}: a mail of {case.request.address}'s")


def _address(day: Day, number: int) -> str:
    return day.cases[number].request.address
