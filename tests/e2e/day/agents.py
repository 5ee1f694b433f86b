"""The agents: each opens the newest unread mail, knows what their own mailbox tells, and acts on it."""

from dataclasses import dataclass
from datetime import timedelta

from day import programs
from day.canaries import Fate, whole
from day.customers import Case
from day.knowing import Knowing
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

# Minutes that reading, a command and an answer take.
READING, COMMANDING, ANSWERING = 0.5, 1.0, 3.0
# How long a colleague's advice is waited for.
PATIENCE = 15
# Whether notes can name the colleague who is to be told.
NAMES_IN_NOTES = any(spec.name == "note" and spec.grammar for spec in COMMANDS)


@dataclass
class Person(Knowing):
    """An agent at work."""

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

    def _colleague(self, same: bool) -> Knowing:
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
