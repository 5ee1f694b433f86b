"""The agents: each opens the newest unread mail, knows what their own mailbox tells, and acts on it."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from day import facts, programs
from day.canaries import Canaries, Fate, Sentence, whole
from day.customers import Case
from day.desk import DayDesk
from day.facts import Fact, Found, Where
from day.programs import Letter
from day.words import (
    ADVICE,
    BETTER,
    FILE_ANSWER,
    HANDED,
    QUESTION,
    SECOND_ANSWER,
    SHORT,
    WITHDRAWN,
)
from intake.desk.commands.table import COMMANDS
from intake.desk.ticket import EntryKind
from intake.views import EntryRow

PUBLIC = (EntryKind.CUSTOMER, EntryKind.REPLY)
# Minutes that reading, a command and an answer take.
READING, COMMANDING, ANSWERING = 0.5, 1.0, 3.0
# How long a colleague's advice is waited for.
PATIENCE = 15
# The commands of a desk with files by mail, and notes that name a colleague.
HAS_FILES = any(spec.name == "files" for spec in COMMANDS)
NAMES_IN_NOTES = any(spec.name == "note" and spec.grammar for spec in COMMANDS)


class Office(Protocol):
    """What an agent needs of the day around them."""

    desk: DayDesk
    canaries: Canaries
    agents: list["Person"]

    def pump(self) -> None:
        """Have the desk work, and its mails arrive."""

    def case_of(self, ticket: int) -> Case | None:
        """Return the request that a ticket, or one that was merged into it, is about."""

    def kind_of(self, letter: Letter) -> str:
        """Return what kind of mail of the desk's it is."""


@dataclass
class Person:
    """An agent. `todo` is what they mean to do later: when, in which case, in reply to what."""

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

    # -- turns -----------------------------------------------------------------------

    def work(self) -> bool:
        """Do the next thing if there is one and they are free; return whether they did."""
        if self.free is not None and self.free > self.now:
            return False
        due = next((todo for todo in self.todo if todo[0] <= self.now), None)
        if due is not None:
            self.todo.remove(due)
            if due[3] or self._believes_open(due[1], due[2]):
                self._act(due[1], due[2], due[3])
            return True
        letter = next((letter for letter in reversed(self.inbox) if not letter.read), None)
        if letter is None:
            return False
        for other in self.inbox:
            # A thread is read as a whole.
            other.read = (
                other.read or other is letter or (letter.number > 0 and other.number == letter.number)
            )
        self.busy(READING)
        self._read(letter)
        return True

    def _read(self, letter: Letter) -> None:
        case = self.office.case_of(letter.number)
        if case is None:
            return
        pending = self.pending.pop(letter.number, "") if self._holds(case, letter) else ""
        asked = self._asked(case, letter)
        if pending:
            self._held(case, letter, pending)
        elif asked:
            case.steps = [step for step in case.steps if step != f"asked {self.name}"]
            self._action(case, letter)
            self.send(letter, [self._note(), "", self.mark(case, ADVICE[self.zh], Fate.NOTE)], COMMANDING)
        elif any(todo[1] is case for todo in self.todo) and not self._advised(case, letter):
            return
        elif self._believes_open(case, letter):
            self.todo = [todo for todo in self.todo if todo[1] is not case]
            self._act(case, letter)

    def _holds(self, case: Case, letter: Letter) -> bool:
        """Whether a mail says that an answer of theirs was not sent: it shows the words."""
        mine = [one for one in self._of(case, Fate.ANSWER, Fate.DRAFT) if one.author == self.address]
        return self.office.kind_of(letter) == "alert" and any(one.canary in letter.shown for one in mine)

    def _asked(self, case: Case, letter: Letter) -> bool:
        """Whether a mail shows a colleague's question to me."""
        return f"asked {self.name}" in case.steps and self._shows(case, letter, Fate.NOTE)

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

    # -- what they do ------------------------------------------------------------------

    def mark(self, case: Case, sentence: str, fate: Fate) -> str:
        """Return a sentence of theirs with its canary."""
        zh = case.request.zh if fate is not Fate.NOTE else self.zh
        return self.office.canaries.mark((sentence,), zh, case.request.number, self.address, fate)

    def send(
        self, letter: Letter, lines: list[str], minutes: float, program: str = "", file: str = ""
    ) -> None:
        """Reply to a mail of the desk's, as their program writes replies."""
        mail = programs.reply(program or self.program, lines, letter, self.zh, self.me, self.now)
        if file:
            mail.add_attachment(b"%PDF-1.4 steps", "application", "pdf", filename=file)
        self.office.desk.put(mail.as_bytes())
        self.sent.setdefault(letter.number, []).append("\n".join(lines))
        self.busy(minutes)

    def _note(self, colleague: str = "") -> str:
        word = "#备注" if self.zh else "#note"
        return f"{word} @{colleague.split()[0].lower()}" if colleague and NAMES_IN_NOTES else word

    def _action(self, case: Case, letter: Letter) -> None:
        self._ask_facts(case, letter)
        self.handled.add(letter.number)

    def _act(self, case: Case, letter: Letter, step: str = "") -> None:
        """Do the next step of a case."""
        self._action(case, letter)
        if not step:
            own = [one for one in case.steps if not one.startswith("asked ")]
            step = own[0] if own else "answer"
            if own:
                case.steps.remove(step)
        if case.thanked and step != "collide answer":
            self.send(letter, [self._close()], COMMANDING)
            case.thanked = False
            return
        deed = getattr(self, f"_{step.replace(' ', '_')}")
        deed(case, letter)

    def _close(self) -> str:
        return "#关闭" if self.zh else "#close"

    def _later(self, minutes: float, case: Case, letter: Letter, step: str = "") -> None:
        self.todo.append((self.now + timedelta(minutes=minutes), case, letter, step))

    def _colleague(self, same: bool) -> "Person":
        return next(one for one in self.office.agents if one is not self and (one.zh == self.zh) == same)

    def _text(self, case: Case, sentence: str = "") -> list[str]:
        first = not any(one.author != case.request.address for one in self._of(case, Fate.ANSWER))
        sentence = sentence or (case.request.topic.answer if first else SECOND_ANSWER[case.request.zh])
        return whole(self.mark(case, sentence, Fate.ANSWER), case.request.zh, self.name).split("\n")

    def _answer(self, case: Case, letter: Letter, file: str = "") -> None:
        last = not case.request.follow and case.request.number % 4 != 0
        head = [self._close(), ""] if last else []
        self.send(letter, [*head, *self._text(case)], ANSWERING, file=file)

    def _collide_answer(self, case: Case, letter: Letter) -> None:
        self.pending[letter.number] = "collide"
        self.send(letter, self._text(case), ANSWERING)

    def _file(self, case: Case, letter: Letter) -> None:
        lines = self._text(case, FILE_ANSWER[case.request.zh])
        self.send(letter, lines, ANSWERING, file=f"steps-{case.request.number}.pdf")

    def _take(self, case: Case, letter: Letter) -> None:
        self.send(letter, ["#认领" if self.zh else "#mine"], COMMANDING)
        self._later(4, case, letter)

    def _list(self, case: Case, letter: Letter) -> None:
        self.command("#列表" if self.zh else "#list")
        self._later(1, case, letter)

    def _ask(self, case: Case, letter: Letter) -> None:
        colleague = self._colleague(same=False)
        case.steps.insert(0, f"asked {colleague.name}")
        self.send(
            letter,
            [self._note(colleague.name), "", self.mark(case, QUESTION[self.zh], Fate.NOTE)],
            COMMANDING,
        )
        self._later(PATIENCE, case, letter)

    def _hand(self, case: Case, letter: Letter) -> None:
        colleague = self._colleague(same=True)
        assign = f"{'#转给' if self.zh else '#assign'} {colleague.name}"
        self.send(letter, [assign, self._note(), "", self.mark(case, HANDED[self.zh], Fate.NOTE)], COMMANDING)

    def _snooze(self, case: Case, letter: Letter) -> None:
        self.send(letter, ["#稍后 20m" if self.zh else "#snooze 20m"], COMMANDING)

    def _merge(self, case: Case, letter: Letter) -> None:
        first = next((n for n in self._tickets_of(case) if f"#{n}" in letter.shown or self._mailbox(n)), 0)
        if not first:
            self.command(f"#search {case.request.address}")
            first = next((n for n in self._tickets_of(case) if f"#{n}" in self.inbox[-1].shown), 0)
        if not first:
            self._answer(case, letter)
            return
        self.send(letter, [f"{'#合并' if self.zh else '#merge'} {first}"], COMMANDING)

    def _tickets_of(self, case: Case) -> list[int]:
        """The numbers of the customer's other tickets, as the truth has them."""
        rows = self.office.desk.store.listing.list_tickets(limit=200)
        return [row.id for row in rows if row.requester == case.request.address and row.id != case.ticket]

    def _collide(self, case: Case, letter: Letter) -> None:
        colleague = self._colleague(same=True)
        self.send(letter, [f"{'#转给' if self.zh else '#assign'} {colleague.name}"], COMMANDING)
        # And answers all the same.
        self._later(6, case, letter, "collide answer")

    def _mistype(self, case: Case, letter: Letter) -> None:
        self.pending[letter.number] = "mistype"
        text = whole(self.mark(case, case.request.topic.answer, Fate.DRAFT), case.request.zh, self.name)
        self.send(letter, ["#关比" if self.zh else "#colse", "", text], ANSWERING)

    def _phone(self, case: Case, letter: Letter) -> None:
        text = self.mark(case, SHORT[case.request.zh], Fate.ANSWER)
        self.send(letter, [text], COMMANDING, program=self.phone)

    def _older(self, case: Case, letter: Letter) -> None:
        self._answer(case, self._mailbox(letter.number)[0])

    def _undo(self, case: Case, letter: Letter) -> None:
        zh = case.request.zh
        self.send(letter, [self.mark(case, WITHDRAWN[zh], Fate.DRAFT)], COMMANDING)
        self.office.pump()
        self.office.desk.clock.now += timedelta(seconds=20)
        self.send(letter, ["#撤回" if self.zh else "#undo", "", *self._text(case, BETTER[zh])], COMMANDING)
        self.office.pump()

    def _held(self, case: Case, letter: Letter, pending: str) -> None:
        """An answer of theirs was not sent, and this mail says why."""
        self._action(case, letter)
        if pending == "mistype":
            self.send(letter, [self._close(), "", *self._text(case)], ANSWERING)
        elif case.request.number % 2 == 0:
            # Having read the colleague's answer, they write what lacks in it.
            self.send(letter, self._text(case, BETTER[case.request.zh]), ANSWERING)
