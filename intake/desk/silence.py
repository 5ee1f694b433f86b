"""A ticket of which nothing is heard: one reminder to its requester, then it is closed. Pure.

The count begins with the last word of ours that waits for an answer (an agent's answer, or that we asked for
one), and only time in which the desk was at work counts: `lost` is how far its clock has leapt, or stood
still, so that a clock set a month ahead closes nothing, and no answer is missed that came while the desk was
off. Ceilings on automatic mail hold, and a part of the desk's is left to everything else: a desk that has ten
thousand old tickets when this is switched on reminds of them one after the other, for days.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from intake.desk import budgets
from intake.desk.effects import AddEntry, Effect, SetStatus
from intake.desk.facts import Facts
from intake.desk.mails import status_mail
from intake.desk.policy import Policy
from intake.desk.rule_context import own_address
from intake.desk.sla_ladder import shown_at
from intake.desk.sla_target import Target
from intake.desk.ticket import DESK, EntryKind, Status, Ticket

# How the events begin of closing a ticket like this, and of the reminder before.
CLOSED = "closed without an answer for "
REMINDED = "the requester was reminded: "
# What keeps a ticket from being closed is looked at again so often.
AGAIN = timedelta(hours=6)
HOUR = timedelta(hours=1)
# What lies between two looks at the clock and is longer was a leap, or the desk was off.
LONGEST_GAP = timedelta(hours=2)
# So many leaps are remembered; a word of which no look knows is seldom older than one.
MOST_LEAPS = 20
# This part of the desk's automatic mail of an hour may be spent here, and while the same part is still free.
SHARE = 4


@dataclass(frozen=True, slots=True)
class Note:
    """What is remembered of a ticket that waits: the entry that the count began with (`word`), how much time
    was `lost` when that was written down or, once they were reminded, by then; when they were reminded of it
    and told that it is closed; and when it is to be looked at again. Moments are aware."""

    word: int
    lost: timedelta
    look_at: datetime
    reminded_at: datetime | None = None
    closes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ticket that may wait for its requester, and all that decides whether it is closed.

    `word` is the entry of the last word, 0 for none, `since` when it was said, `theirs` whether the
    requester's side said it. `draft`: words of an agent wait there. `owed` is what else the desk owes there,
    "" for nothing (`desk.owed`), `newer` an open ticket of the requester's that is related to it
    and was opened since, 0 for none. `lost_then` is how much the clock had lost when the word was said.
    `escalated`: an escalation is open. `undelivered`: a mail of ours to the requester since then has not
    left, or came back. `sent_at` is when the reminder about this word left. `facts` are those that ceilings
    on automatic mail are judged by, and `lately` counts how many mails of this kind the desk owed in the last
    hour. `flood`: it holds a flood.
    """

    ticket: Ticket
    word: int
    since: datetime
    theirs: bool
    facts: Facts
    note: Note | None = None
    lost_then: timedelta = timedelta(0)
    draft: bool = False
    owed: str = ""
    newer: int = 0
    escalated: bool = False
    undelivered: bool = False
    sent_at: datetime | None = None
    lately: int = 0
    flood: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What is done about a ticket, and what is remembered of it (None: nothing any more).

    `full`: the desk may send no more of these mails for now, and nothing was done.
    """

    effects: tuple[Effect, ...] = ()
    note: Note | None = None
    full: bool = False


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many tickets wait for their requesters: all, those that a reminder is due for, those reminded."""

    waiting: int
    due: int
    reminded: int


def key_of(word: int) -> str:
    """Return what the mails about a word are known by: there is one of each for a word."""
    return f"silence:{word}"


def reminder_key(ticket: int, word: int) -> str:
    """Return the dedupe key of the reminder about a word."""
    return f"status:closing:{key_of(word)}:{ticket}"


# How the dedupe keys of all mails of this kind begin.
KEYS = ("status:closing:silence:", "status:closed:silence:")


def an_hour(policy: Policy) -> int:
    """Return how many of these mails the desk may send in an hour, 0 where it sends nothing by itself."""
    most = policy.limits.automatic_per_hour
    return max(most // SHARE, 1) if most else 0


def reminded_after(policy: Policy) -> timedelta | None:
    """Return after how much silence the requester is reminded, None where nothing is closed."""
    after, before = policy.silence.close_after, policy.silence.remind_before
    return None if after is None or not policy.silence.reminds else after - before


def lost_since(before: datetime, now: datetime) -> timedelta:
    """Return how much of the time between two looks (aware) was none: a leap, or the desk was off."""
    gap = now - before
    return gap if abs(gap) > LONGEST_GAP else timedelta(0)


@dataclass(frozen=True, slots=True)
class Looks:
    """What is remembered of looks at the clock: the last one (aware), how much time was lost in all, and the
    newest leaps, each with when it was noticed and how much had been lost before."""

    last: datetime | None = None
    lost: timedelta = timedelta(0)
    leaps: tuple[tuple[datetime, timedelta], ...] = ()

    def at(self, now: datetime) -> "Looks":
        """Return this after a look at the clock."""
        gone = timedelta(0) if self.last is None else lost_since(self.last, now)
        leaps = (*self.leaps, (now, self.lost))[-MOST_LEAPS:] if gone else self.leaps
        return Looks(now, self.lost + gone, leaps)

    def lost_then(self, moment: datetime) -> timedelta:
        """Return how much had been lost at a moment (aware), which the desk was at work at."""
        lost = self.lost
        for noticed, before in reversed(self.leaps):
            if noticed <= moment:
                break
            lost = before
        return lost


def kept_open(waiting: Waiting, policy: Policy) -> str:
    """Return why the desk does not close a ticket, however long nothing is heard; "" for no reason."""
    ticket = waiting.ticket
    if not waiting.word or waiting.theirs:
        return "the last word is the requester's"
    if ticket.snoozed_until is not None:
        return "snoozed"
    if waiting.draft:
        return "a draft waits"
    if waiting.owed:
        return waiting.owed
    if waiting.newer:
        return f"their newer email is in ticket {waiting.newer}"
    if waiting.escalated:
        return "escalated"
    if any(promise.target is Target.REPORT for promise in ticket.promises):
        return "an incident goes on"
    if ticket.quiet or waiting.flood or not ticket.requester.mailbox:
        return "automatic"
    if own_address(ticket.requester.key, policy):
        return "an address of this desk"
    if not policy.mailbox(ticket.mailbox).acknowledge:
        return "mailbox is silent"
    # They may never have read what they are to answer: that is for a person.
    if waiting.facts.failed:
        return "mail to them fails"
    return "a mail to them has not arrived" if waiting.undelivered else ""


def decide(waiting: Waiting, policy: Policy, now: datetime, lost: timedelta) -> Step:
    """Return what is to be done at `now` (aware) about a ticket; `lost` is what the clock has lost so far."""
    ticket, wait = waiting.ticket, reminded_after(policy)
    if wait is None or ticket.status is not Status.PENDING or ticket.spam or ticket.merged_into is not None:
        return Step()
    note = waiting.note
    if note is None or note.word != waiting.word:
        note = Note(waiting.word, waiting.lost_then, now)
    if kept_open(waiting, policy):
        return Step(note=replace(note, look_at=now + AGAIN))
    if note.reminded_at is not None:
        return _close(waiting, note, policy, now, lost)
    left = wait - (now - waiting.since - (lost - note.lost))
    if left > timedelta(0):
        return _later(note, policy, now, left)
    return _remind(waiting, note, policy, now, lost)


def _later(note: Note, policy: Policy, now: datetime, left: timedelta) -> Step:
    # What was said or written down while the clock was ahead must not be forgotten for as long.
    return Step(note=replace(note, look_at=min(now + left, latest(policy, now))))


def latest(policy: Policy, now: datetime) -> datetime:
    """Return what no look is later than, unless it was planned while the clock was ahead."""
    return now + (policy.silence.close_after or AGAIN)


def _remind(waiting: Waiting, note: Note, policy: Policy, now: datetime, lost: timedelta) -> Step:
    if _full(waiting, policy):
        return Step(note=note, full=True)
    if _enough(waiting.facts, policy):
        return Step(note=replace(note, look_at=now + HOUR))
    closes_at = now + policy.silence.remind_before
    shown = shown_at(closes_at, policy.hours.zone)
    mail = status_mail(waiting.ticket, "closing", key_of(waiting.word))
    event = f"{REMINDED}without an answer it is closed at {shown}"
    effects = (AddEntry(waiting.ticket.id, EntryKind.EVENT, DESK, event), replace(mail, due=closes_at))
    return Step(effects, Note(note.word, lost, closes_at, now, closes_at))


def _close(waiting: Waiting, note: Note, policy: Policy, now: datetime, lost: timedelta) -> Step:
    if waiting.sent_at is None or note.closes_at is None:
        # Not sent yet, or nobody knows whether it was.
        return Step(note=replace(note, look_at=now + AGAIN))
    had = now - waiting.sent_at - (lost - note.lost)
    left = max(policy.silence.remind_before - had, note.closes_at - now)
    if left > timedelta(0):
        return _later(note, policy, now, left)
    if _full(waiting, policy):
        return Step(note=note, full=True)
    ticket, days = waiting.ticket, (now - waiting.since).days
    return Step(
        (
            SetStatus(ticket.id, Status.CLOSED),
            AddEntry(ticket.id, EntryKind.EVENT, DESK, f"{CLOSED}{days} days"),
            status_mail(ticket, "closed", key_of(waiting.word)),
        )
    )


def _full(waiting: Waiting, policy: Policy) -> bool:
    """Whether the desk may send no more of these mails now: the rest is for those who write to it."""
    most, share = policy.limits.automatic_per_hour, an_hour(policy)
    spent = waiting.facts.automatic_desk_hour >= most - (most // SHARE)
    return waiting.lately >= share or spent or budgets.braked(waiting.facts)


def _enough(facts: Facts, policy: Policy) -> bool:
    """Whether this person, or their domain, is to get no such mail now: one an hour, half of a day's."""
    limits = policy.limits
    return (
        facts.automatic_last_hour >= min(1, limits.automatic_per_address_hour)
        or facts.automatic_last_day >= (limits.automatic_per_address_day + 1) // 2
        or facts.automatic_domain_hour >= (limits.automatic_per_domain_hour + 1) // 2
        or not budgets.ticket_has_room(facts, policy)
    )
