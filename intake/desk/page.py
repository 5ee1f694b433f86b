"""What an agent's mail shows around its news: the conversation so far, the customer's other tickets. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from intake.desk.lookup import Line, TicketLine
from intake.desk.sensitive.excusing import hidden_but
from intake.desk.ticket import EntryKind, Status

# What an ALERT tells that carries the whole ticket: what changed, for somebody who may never have seen it;
# of a split, a NOTICE tells it with the words that were split off.
# "due" is a deadline that is near or missed, "handed_over" that another agent is away.
ASSIGNED, ESCALATED, HANDED_OVER = "assigned", "escalated", "handed_over"
MERGED, SPLIT, WOKEN, DUE = "merged", "split", "woken", "due"
WHOLE = (ASSIGNED, ESCALATED, HANDED_OVER, MERGED, SPLIT, WOKEN, DUE)

# So many entries of the conversation stand in a notification; #full sends the rest.
MOST_SHOWN = 20
# At most so many of the lines are events; words come first.
MOST_EVENTS = 6
# So many of the customer's closed tickets are named beside all that are open.
MOST_CLOSED = 3
# So many of the customer's open tickets are named.
MOST_OPEN = 10
# Of a customer with thousands of tickets only so many of the newest are looked at.
MOST_LOOKED_AT = 100
# So much of an entry is shown, and so much of the newest words where the mail brings none of its own.
MOST_TEXT = 2_000
MOST_NEWEST = 10_000
# What stands where a text was cut.
CUT = " […]"
# So much of a text is looked at for secrets that begin before the cut and end behind it.
AHEAD = 2_000
MOST_READ = MOST_NEWEST + AHEAD
_NEVER = datetime.max.replace(tzinfo=UTC)
# So many tickets that may be about the same are named: what it follows, and what agents linked with it.
MOST_ALIKE = 3
# So many notes about the person are shown.
MOST_ABOUT = 3


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A ticket's surroundings as they stand when the mail is written.

    `lines` are the newest entries before the news itself, the oldest of them first, notes, drafts and some
    events (kind EVENT, never more than MOST_EVENTS) among them; their texts are cut at MOST_TEXT characters
    (`CUT` says so), the newest words of a mail that brings none at MOST_NEWEST, and come without
    `full_text`. `earlier` counts the entries with words that are not among the lines. `others` are the
    requester's other tickets, open ones first, and `more` counts open ones that are not named; no spam,
    nothing that was merged away. `drafts` counts those that wait for somebody's word, but for the one that
    the mail is about. `alike` are tickets that may be about the same; they are not among the `others`.
    """

    lines: tuple[Line, ...] = ()
    earlier: int = 0
    others: tuple[TicketLine, ...] = ()
    more: int = 0
    drafts: int = 0
    alike: tuple[TicketLine, ...] = ()
    watchers: tuple[str, ...] = ()
    # The newest notes about the requester as a person (`intake.desk.persons`), the newest first.
    about: tuple[str, ...] = ()
    # How far the requester is proven by the newest entry of theirs (`intake.desk.evidence`).
    evidence: str = ""
    # The finds (`intake secret list`) of the message at hand that an agent may call false alarms.
    doubtful: tuple[int, ...] = ()


BARE = TicketPage()


@dataclass(frozen=True, slots=True)
class Talk:
    """What a mail that answers #show or #full brings of the conversation, the oldest first.

    `left` counts entries with words that it leaves out, `whole` says that all were asked for, and
    `unanswered` that a reply to it goes to nobody.
    """

    lines: tuple[Line, ...] = ()
    left: int = 0
    whole: bool = False
    unanswered: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a ticket's history: the newest entries (`lines`, in any order; at least MOST_SHOWN + 1
    with words, if there are so many, the newest of a customer's, and MOST_EVENTS events), how many have
    words, how many drafts wait."""

    lines: Sequence[Line] = ()
    words: int = 0
    drafts: int = 0
    # What is no secret in this ticket (`Ticket.excused`).
    excused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class News:
    """What a mail says itself, so that its page need not: `texts` of entries, and the entry that is asked
    about or was written down for the message at hand (`entry`, 0 for none)."""

    texts: tuple[str, ...] = ()
    entry: int = 0
    # It is a draft that waits, and is not counted among the others.
    draft: bool = False
    # The mail brings no words of the conversation: of the newest ones more is shown.
    none: bool = False


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks: the `key` of their address, "" for nobody, and the newest `notes` about them."""

    key: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OtherTicket:
    """A ticket that a page may name. `aside`: spam, or merged into another one."""

    line: TicketLine
    closed_at: datetime | None
    aside: bool


def page(
    history: History,
    news: News,
    requester: Requester,
    others: Iterable[OtherTicket],
    alike: Iterable[OtherTicket],
) -> TicketPage:
    """Return what stands around the news."""
    lines = sorted(history.lines, key=lambda line: line.id)
    spoken = [line for line in lines if line.kind is not EntryKind.EVENT]
    same = _same(spoken, news)
    kept = newest([line for line in lines if line is not same])
    words = [line.id for line in kept if line.kind is not EntryKind.EVENT]
    last = words[-1] if words and news.none else 0
    near = tuple(other.line for other in alike)[:MOST_ALIKE]
    theirs, more = _theirs(others, {line.id for line in near})
    return TicketPage(
        lines=tuple(
            _cut(line, MOST_NEWEST if line.id == last else MOST_TEXT, history.excused) for line in kept
        ),
        earlier=max(0, history.words - len(words) - (same is not None)),
        others=theirs,
        more=more,
        drafts=max(0, history.drafts - news.draft),
        alike=near,
        about=requester.notes[:MOST_ABOUT],
        evidence=_evidence(spoken, requester.key),
    )


def newest(lines: Sequence[Line]) -> list[Line]:
    """Return the newest MOST_SHOWN of entries that are sorted by id: few events, and no old ones."""
    events = [line for line in lines if line.kind is EntryKind.EVENT][-MOST_EVENTS:]
    words = [line for line in lines if line.kind is not EntryKind.EVENT][-(MOST_SHOWN - len(events)) :]
    if len(words) == MOST_SHOWN - len(events):
        # What happened before the first words that are shown is of no use.
        events = [event for event in events if event.id > words[0].id]
    return sorted([*words, *events], key=lambda line: line.id)


def told(page: TicketPage, talk: Talk | None) -> TicketPage:
    """Return a page with what an agent asked for of the conversation in place of its newest entries."""
    return replace(page, lines=talk.lines, earlier=talk.left) if talk is not None else page


def _evidence(spoken: Sequence[Line], requester: str) -> str:
    """Return how far the requester is proven by what they wrote last, "" where that is not known."""
    theirs = (line for line in reversed(spoken) if line.kind is EntryKind.CUSTOMER)
    return next((line.evidence for line in theirs if requester and line.author.lower() == requester), "")


def _same(spoken: Sequence[Line], news: News) -> Line | None:
    """Return the entry whose words the mail carries itself, the newest of several."""
    texts = {_compared(text) for text in news.texts if text.strip()}
    fitting = [line for line in spoken if _compared(line.text) in texts]
    mine = [line for line in spoken if line.id == news.entry]
    both = [line for line in fitting if line in mine]
    for lines in (both, fitting, mine):
        if lines:
            return lines[-1]
    return None


def _compared(text: str) -> str:
    return text.strip()[:MOST_TEXT]


def _cut(line: Line, most: int, excused: Sequence[str]) -> Line:
    """Return a line with no more of its text than is shown; a secret at the cut is hidden before."""
    text = line.text
    if len(text) > most:
        text = hidden_but(text[: most + AHEAD], excused)[:most].rstrip() + CUT
    return replace(line, text=text, full_text="")


def _theirs(others: Iterable[OtherTicket], near: set[int]) -> tuple[tuple[TicketLine, ...], int]:
    """Return the tickets that are named, and how many open ones are not."""
    there = [other for other in others if not other.aside and other.line.id not in near]
    opened = [other.line for other in there if other.line.status != Status.CLOSED.value]
    opened.sort(key=lambda line: (line.due or _NEVER, -line.id))
    closed = [other for other in there if other.line.status == Status.CLOSED.value]
    closed.sort(key=lambda other: (other.closed_at or other.line.updated_at, other.line.id), reverse=True)
    named = (*opened[:MOST_OPEN], *(other.line for other in closed[:MOST_CLOSED]))
    return named, max(0, len(opened) - MOST_OPEN)
