"""What an agent knows of a ticket: what their own mailbox tells, and what they ask the desk for beside."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from day import facts, programs
from day.canaries import Canaries, Fate, Sentence
from day.customers import Case
from day.desk import DayDesk
from day.facts import Fact, Found, Where
from day.programs import Letter
from intake.desk.commands.table import COMMANDS
from intake.desk.ticket import EntryKind
from intake.views import EntryRow

PUBLIC = (EntryKind.CUSTOMER, EntryKind.REPLY)
# Whether the desk sends files by mail.
HAS_FILES = any(spec.name == "files" for spec in COMMANDS)


class Office(Protocol):
    """What an agent needs of the day around them."""

    desk: DayDesk
    canaries: Canaries

    @property
    def agents(self) -> Sequence["Knowing"]:
        """All who work that day."""

    def pump(self) -> None:
        """Have the desk work, and its mails arrive."""

    def case_of(self, ticket: int) -> Case | None:
        """Return the request that a ticket, or one that was merged into it, is about."""

    def kind_of(self, letter: Letter) -> str:
        """Return what kind of mail of the desk's it is."""


@dataclass
class Knowing:
    """An agent and what they know. `todo` is what they mean to do later: when, in which case, how."""

    name: str
    address: str
    zh: bool
    program: str
    phone: str
    office: Office = field(repr=False)
    id: int = 0
    inbox: list[Letter] = field(default_factory=list)
    sent: dict[int, list[str]] = field(default_factory=dict)
    todo: list[tuple[datetime, Case, Letter, str]] = field(default_factory=list)
    handled: set[int] = field(default_factory=set)
    found: list[Found] = field(default_factory=list)
    pending: dict[int, str] = field(default_factory=dict)
    free: datetime | None = None

    @property
    def me(self) -> str:
        return f"{self.name} <{self.address}>"

    @property
    def now(self) -> datetime:
        return self.office.desk.clock()

    def busy(self, minutes: float) -> None:
        """Do nothing else for so long."""
        self.free = max(self.now, self.free or self.now) + timedelta(minutes=minutes)

    def _advised(self, case: Case, letter: Letter) -> bool:
        return self._shows(case, letter, Fate.NOTE)

    def _shows(self, case: Case, letter: Letter, fate: Fate) -> bool:
        """Whether a mail shows words of a colleague's of this kind."""
        return any(one.canary in letter.shown for one in self._of(case, fate) if one.author != self.address)

    def _of(self, case: Case, *fates: Fate) -> list[Sentence]:
        number = case.request.number
        return [one for one in self.office.canaries.said if one.case == number and one.fate in fates]

    def _believes_open(self, case: Case, letter: Letter) -> bool:
        """Whether, by all that their mailbox tells, the customer waits for words of theirs."""
        public = self._of(case, Fate.CUSTOMER, Fate.ANSWER)
        last = max((i for i, one in enumerate(public) if one.fate is Fate.CUSTOMER), default=-1)
        if last < 0:
            return False
        mailbox = self._mailbox(letter.number)
        answers = public[last + 1 :]
        mine = any(one.author == self.address for one in answers)
        seen = any(one.canary in held.shown for one in answers for held in mailbox)
        ticket = self.office.desk.store.tickets.get(letter.number)
        assignee = ticket.assignee.name if ticket is not None and ticket.assignee is not None else ""
        others = assignee not in ("", self.name)
        knows = others and any(facts.tells_who(held, assignee, self.name) for held in mailbox)
        told = public[last].canary in letter.shown or (
            assignee == self.name and facts.tells_who(letter, self.name, self.name)
        )
        advised = assignee == self.name and self._advised(case, letter)
        return (told or advised) and not mine and not seen and not knows

    def _mailbox(self, ticket: int) -> list[Letter]:
        return [letter for letter in self.inbox if letter.number == ticket]

    # -- what they must know ----------------------------------------------------------

    def _ask_facts(self, case: Case, hand: Letter) -> None:
        """Find out who has the ticket, what was said and which file was sent; ask the desk for what lacks."""
        store, number = self.office.desk.store, hand.number
        ticket = store.tickets.get(number)
        if ticket is None:
            return
        assignee = ticket.assignee.name if ticket.assignee else ""
        entries = store.tickets.entries(number)
        public = [entry for entry in entries if entry.kind in PUBLIC]
        newest = self._canaries(public[-1:])
        before = public[-4:-1] if newest and newest <= facts.tells_words(hand, newest) else public[-3:]
        said = self._canaries(before)
        names = {file.name for entry in public for file in entry.files if entry.kind is EntryKind.CUSTOMER}

        def who(letter: Letter) -> set[str]:
            return {"who"} if facts.tells_who(letter, assignee, self.name) else set()

        self._find(hand, Fact.WHO, who, {"who"}, f"#show {number}")
        if said:
            self._find(hand, Fact.SAID, lambda it: facts.tells_words(it, said), said, f"#show {number}")
        if names:
            command = f"#files {number}" if HAS_FILES else f"#show {number}"
            self._find(
                hand,
                Fact.FILE,
                lambda it: {name for name in names if facts.tells_file(it, name)},
                names,
                command,
            )

    def _canaries(self, entries: list[EntryRow]) -> set[str]:
        texts = "\n".join(entry.text for entry in entries)
        return {one.canary for one in self.office.canaries.said if one.canary in texts}

    def _find(self, hand: Letter, fact: Fact, tells: facts.Tells, wanted: set[str], command: str) -> None:
        mailbox = [letter for letter in self._mailbox(hand.number) if letter is not hand]
        sent = self.sent.get(hand.number, []) if fact is Fact.SAID else []
        where, mails = facts.look(hand, mailbox, sent, tells, wanted)
        seconds = float(facts.OPENING * mails)
        in_vain = any(one.where is Where.NOWHERE for one in self._same(hand.number, fact))
        if where is None and in_vain:
            # Nobody asks twice for what the desk does not tell.
            where = Where.NOWHERE
        elif where is None:
            before, began = len(self.inbox), time.monotonic()
            self.command(command)
            answers = self.inbox[before:]
            seconds += facts.ASKING + (time.monotonic() - began) + facts.OPENING
            mails += 1
            known: set[str] = set()
            for letter in [hand, *mailbox, *answers]:
                known |= tells(letter) & wanted
            known |= {word for word in wanted for text in sent if word in text}
            where = Where.ASKED if known == wanted else Where.NOWHERE
        self.found.append(Found(self.name, hand.number, fact, where, mails, seconds))

    def _same(self, ticket: int, fact: Fact) -> list[Found]:
        return [one for one in self.found if (one.ticket, one.fact) == (ticket, fact)]

    def command(self, command: str) -> None:
        """Write to their own command address and read what comes back."""
        desk, before = self.office.desk, len(self.inbox)
        to = desk.desk.command_address(self.id)
        mail = programs.fresh(self.me, to, command, command, self.now)
        desk.put(mail.as_bytes())
        desk.clock.now += timedelta(seconds=facts.ASKING)
        self.office.pump()
        for letter in self.inbox[before:]:
            letter.read = letter.read or self.office.kind_of(letter) == "answer"
