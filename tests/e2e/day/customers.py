"""The customers: they write, wait for an answer, and write again with the answer quoted."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage

from day import programs
from day.canaries import Canaries, Fate, whole
from day.desk import DayDesk
from day.programs import DESK, Letter
from day.script import BEGIN, Request
from day.words import AWAY, THANKS
from intake.demo.picture import screenshot


@dataclass(slots=True)
class Case:
    """A request in the course of the day. `open` says that its customer waits for words of ours.

    `steps` are what agents do before they simply answer; `thanked` that nothing is to be answered.
    """

    request: Request
    steps: list[str] = field(default_factory=list)
    message_id: str = ""
    ticket: int = 0
    open: bool = False
    thanked: bool = False
    inbox: list[Letter] = field(default_factory=list)
    answered: int = 0

    @property
    def me(self) -> str:
        return f"{self.request.name} <{self.request.address}>"


@dataclass
class Customers:
    """All of them. `later` takes what is to happen at a minute of the day."""

    desk: DayDesk
    canaries: Canaries
    chance: random.Random
    later: Callable[[float, Callable[[], None]], None]
    cases: dict[int, Case]
    _noise: dict[int, bytes] = field(default_factory=dict)

    def write(self, case: Case) -> None:
        """Send the first mail, or fill in the form."""
        request = case.request
        zh = request.zh
        text = self.canaries.mark(request.topic.asks, zh, request.number, request.address, Fate.CUSTOMER)
        case.open = True
        if request.form:
            fields = {"name": request.name, "email": request.address, "subject": request.topic.subject}
            noise = self.noise(request.bytes)
            self.desk.post({**fields, "message": whole(text, zh)}, request.file, noise)
            return
        mail = programs.fresh(
            case.me, DESK, request.topic.subject, whole(text, zh, request.name), self.desk.clock()
        )
        if not request.proven:
            del mail["Authentication-Results"]
        self._attach(mail, request)
        self.send(case, mail)

    def send(self, case: Case, mail: EmailMessage) -> None:
        """Put a customer's mail into the desk's mailbox."""
        case.message_id = case.message_id or str(mail["Message-ID"])
        self.desk.put(mail.as_bytes())

    def got(self, case: Case, letter: Letter, sender: str) -> None:
        """Read a mail of the desk's; what a person wrote is answered, some minutes later."""
        case.inbox.append(letter)
        if letter.automatic:
            return
        case.answered += 1
        follow = case.request.follow
        if not follow:
            return
        kind = follow.pop(0)
        minutes = (self.desk.clock() - BEGIN) / timedelta(minutes=1)
        if kind == "bounce":
            raw = programs.bounce(letter, sender, case.request.address, self.desk.clock())
            self.later(minutes, lambda: self.desk.put(raw))
        elif kind == "away":
            self.later(minutes, lambda: self._away(case, letter))
        else:
            self.later(minutes + self.chance.randint(4, 22), lambda: self._again(case, letter, kind))

    def _away(self, case: Case, letter: Letter) -> None:
        zh = case.request.zh
        text = self.canaries.mark((AWAY[zh],), zh, case.request.number, case.request.address, Fate.CUSTOMER)
        self.send(case, programs.away(letter, case.me, text, self.desk.clock()))
        self.later(
            (self.desk.clock() - BEGIN) / timedelta(minutes=1) + 20, lambda: self._again(case, letter, "more")
        )

    def _again(self, case: Case, letter: Letter, kind: str) -> None:
        request, zh = case.request, case.request.zh
        sentence = THANKS[zh] if kind == "thanks" else request.topic.again
        case.thanked = kind == "thanks"
        case.open = True
        me = case.me
        if case.thanked:
            # Whoever only thanks writes no word more: the canary is a part of their name, and signs.
            canary = self.canaries.fresh(request.number, request.address, Fate.CUSTOMER)
            text, me = f"{sentence}\n{canary}", f"{request.name} {canary} <{request.address}>"
        else:
            text = self.canaries.mark((sentence,), zh, request.number, request.address, Fate.CUSTOMER)
        mail = programs.reply(request.program, [text], letter, zh, me, self.desk.clock())
        if kind == "file":
            picture = screenshot()
            mail.add_attachment(picture, "image", "png", filename=f"again-{request.number}.png")
        self.send(case, mail)

    def noise(self, size: int) -> bytes:
        """Return bytes that compress to nothing, made once."""
        if size not in self._noise:
            self._noise[size] = random.Random(size).randbytes(size)
        return self._noise[size]

    def _attach(self, mail: EmailMessage, request: Request) -> None:
        if request.bytes:
            mail.add_attachment(
                self.noise(request.bytes), "application", "octet-stream", filename=request.file
            )
        elif request.picture:
            mail.add_attachment(screenshot(), "image", "png", filename=request.file)
