"""A ticket as its requester may see it: a timeline, and only the public part of the history. Pure."""

import hashlib
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from intake.desk import lifecycle, tokens
from intake.desk.incident.kinds import STEPS, Incident, StepState
from intake.desk.sensitive import leaks
from intake.desk.sensitive.excusing import hidden_but
from intake.desk.sensitive.scan import NEVER
from intake.desk.sensitive.together import hidden_across
from intake.desk.text import folded
from intake.desk.ticket import EntryKind, Status, Ticket
from intake.views import EntryRow
from intake.web import text

# By these a person has taken up the ticket.
_SEEN = (EntryKind.REPLY, EntryKind.NOTE)


@dataclass(frozen=True, slots=True)
class ProgressStep:
    """One station. `name` is a key of the words; without a time it lies ahead; `now`: it lasts."""

    name: str
    at: datetime | None = None
    now: bool = False


@dataclass(frozen=True, slots=True)
class ProgressFile:
    """A file of an entry: its place in it, its name made safe to show, its size in bytes.

    `preview`: there is a small picture of it for browsers that cannot show the file itself.
    """

    entry: int
    place: int
    name: str
    size: int
    preview: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """One public entry. `who` is "requester", "desk" or "other"; `name` is never an address."""

    who: str
    name: str
    text: str
    at: datetime
    files: tuple[ProgressFile, ...] = ()
    # What else stood in the requester's own message, and how many lines of it are not empty.
    folded: str = ""
    more: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """A step of an incident. `known`: the words have a name for it; else its own is shown."""

    name: str
    done: bool
    known: bool


@dataclass(frozen=True, slots=True)
class View:
    """All that the page shows; two pages with equal views are the same page."""

    number: int
    subject: str
    status: Status
    steps: tuple[ProgressStep, ...]
    said: tuple[Said, ...] = ()
    # When a person means to answer, while that lies ahead.
    due: datetime | None = None
    # When it is closed without an answer, as its requester was told.
    closes: datetime | None = None
    # The requester wrote a secret of theirs; it is not shown.
    exposed: bool = False
    # What is done about an incident, and when its victim hears of us next.
    tasks: tuple[Task, ...] = ()
    report: datetime | None = None

    @property
    def tag(self) -> str:
        """A digest of all of it."""
        return hashlib.sha256(repr(self).encode("utf-8", "replace")).hexdigest()[:32]


def view(
    ticket: Ticket,
    entries: Sequence[EntryRow],
    readable: bool,
    now: datetime,
    closing: tuple[int, datetime] | None = None,
    with_secret: Container[int] = (),
) -> View:
    """Return what is shown of a ticket at `now` (aware).

    `closing` is when it is closed without an answer, with the entry that this is about; what was said since
    makes it void. `with_secret` are the entries in which somebody exposed a wallet.

    `readable`: the holder of the link has the requester's mailbox. What was written,
    the subject too, is shown only to them, and only once a person has answered: till
    then a forger could have us show their words to anybody whose address they know.
    """
    # What can still be withdrawn has not been said yet.
    entries = [entry for entry in entries if not entry.held]
    answers = [entry.created_at for entry in entries if entry.kind is EntryKind.REPLY]
    steps = _steps(ticket, entries, answers)
    due, closes = _due(ticket, now), _closes(ticket, entries, now, closing)
    theirs = [entry for entry in entries if entry.author.lower() == ticket.requester.key]
    exposed = any(entry.kind is EntryKind.CUSTOMER and entry.id in with_secret for entry in theirs)
    if not readable or not answers:
        return View(ticket.id, "", ticket.status, steps, due=due, closes=closes, exposed=exposed)
    said, *texts = hidden_across([ticket.subject, *(entry.text for entry in entries)])
    entries = [replace(entry, text=part) for entry, part in zip(entries, texts, strict=True)]
    subject = text.one_line(hidden_but(said, ticket.excused))
    return View(ticket.id, subject, ticket.status, steps, _said(ticket, entries), due, closes, exposed)


def with_incident(shown: View, incident: Incident | None, report: datetime | None) -> View:
    """Return a page that also shows the steps of an open incident, and when the next report comes.

    Why a step is not done, and by whom one was, is for agents.
    """
    if incident is None or not incident.open:
        return shown
    known = {name for names in STEPS.values() for name in names}
    steps = (step for step in incident.steps if step.state is not StepState.NO)
    tasks = tuple(Task(step.name, step.state is StepState.DONE, step.name in known) for step in steps)
    return replace(shown, tasks=tasks, report=report)


def _due(ticket: Ticket, now: datetime) -> datetime | None:
    if ticket.status in (Status.PENDING, Status.CLOSED):
        return None
    ahead = [due for due in (ticket.first_response_due, ticket.next_response_due) if due and due > now]
    return min(ahead, default=None)


def _closes(
    ticket: Ticket, entries: Sequence[EntryRow], now: datetime, closing: tuple[int, datetime] | None
) -> datetime | None:
    if closing is None or ticket.status is not Status.PENDING or closing[1] <= now:
        return None
    word, at = closing
    later = [entry for entry in entries if entry.id > word]
    said = any(_public(entry) for entry in later) or _last(later, lifecycle.WAITING)
    return None if said else at


def public_file(entries: Sequence[EntryRow], entry: int, place: int) -> str | None:
    """Return the sha256 of a file that may be shown, None when there is none."""
    for row in entries:
        if row.id == entry and _public(row) and 0 <= place < len(row.files) and not row.files[place].withheld:
            return row.files[place].sha256
    return None


def _steps(
    ticket: Ticket, entries: Sequence[EntryRow], answers: Sequence[datetime]
) -> tuple[ProgressStep, ...]:
    seen = next((entry.created_at for entry in entries if _by_person(entry)), None)
    steps = [
        ProgressStep("received", ticket.created_at),
        ProgressStep("seen", seen),
        ProgressStep("answered", answers[-1] if answers else None),
    ]
    reopened = _last(entries, lifecycle.REOPENED)
    if reopened is not None:
        steps.append(ProgressStep("reopened", reopened))
    asked = _last(entries, lifecycle.WAITING)
    # After any answer a ticket is pending; that we need one of theirs is only true once we said so.
    wrote = [entry.created_at for entry in entries if entry.kind is EntryKind.CUSTOMER]
    if (
        ticket.status is Status.PENDING
        and asked is not None
        and asked > max(wrote, default=ticket.created_at)
    ):
        steps.append(ProgressStep("waiting", asked, now=True))
    # In their order, and what lies ahead behind them.
    past = sorted(
        (step for step in steps if step.at), key=lambda step: (step.now, step.at or ticket.created_at)
    )
    if ticket.spam:
        # It is neither solved, nor will anybody look at it.
        return tuple(past)
    ahead = [step for step in steps if not step.at]
    return (*past, *ahead, ProgressStep("resolved", ticket.closed_at))


def _last(entries: Sequence[EntryRow], beginning: str | tuple[str, ...]) -> datetime | None:
    """Return when the desk last recorded an event that begins so, in any of these ways."""
    times = [
        entry.created_at
        for entry in entries
        if entry.kind is EntryKind.EVENT and entry.text.startswith(beginning)
    ]
    return times[-1] if times else None


def _by_person(entry: EntryRow) -> bool:
    assigned = entry.kind is EntryKind.EVENT and entry.text.startswith((lifecycle.ASSIGNED, lifecycle.TAKEN))
    return entry.kind in _SEEN or assigned


def _public(entry: EntryRow) -> bool:
    return entry.kind in (EntryKind.CUSTOMER, EntryKind.REPLY) and not entry.held


def _said(ticket: Ticket, entries: Sequence[EntryRow]) -> tuple[Said, ...]:
    said = []
    # What an agent's note was written in, as a mail that they forwarded, is not the requester's own; nor
    # is a notification that they answered, whoever passed it on to them.
    inside = {entry.full_text for entry in entries if entry.kind is not EntryKind.CUSTOMER}
    let_in = {ticket.requester.key, *(address.lower() for address in ticket.participants)}
    for entry in entries:
        desk = entry.kind is EntryKind.REPLY
        # What somebody else writes to a ticket's address, or to one merged into it, is for agents:
        # it may be somebody's sign-in code, asked for by who holds the link (reliability T15).
        if not _public(entry) or not (desk or entry.author.lower() in let_in):
            continue
        mine = entry.author.lower() == ticket.requester.key
        # Every mail carries the link, and who has the link reads this.
        name = text.one_line(hidden_but(entry.author_name, ticket.excused))
        files = tuple(
            ProgressFile(
                entry.id, place, text.one_line(hidden_but(file.name, ticket.excused)), file.size, file.preview
            )
            for place, file in enumerate(entry.files)
            if not file.withheld
        )
        more = folded.lines(entry.text, entry.full_text) if mine and not desk else 0
        if more and (entry.full_text in inside or leaks.held(entry.full_text.encode("utf-8", "replace"))):
            more = 0
        said.append(
            Said(
                "desk" if desk else "requester" if mine else "other",
                "" if "@" in name else name,
                text.body(hidden_but(entry.text, ticket.excused, NEVER if desk else ())),
                entry.created_at,
                files,
                text.body(tokens.masked(folded.text(entry.text, entry.full_text))) if more else "",
                more,
            )
        )
    return tuple(said)
