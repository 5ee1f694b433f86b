"""Drafts that wait for their agent: their list, the mail that shows one again, the daily reminder. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from intake.desk.coded import coded
from intake.desk.draft_effects import question
from intake.desk.effects import Effect, Mail, MailKind
from intake.desk.people import on_duty
from intake.desk.sensitive.scan import excerpt
from intake.desk.telling_effects import MarkReminded
from intake.desk.text.said import Joined, counted, joined, said
from intake.desk.ticket import NO_TICKET, Agent
from intake.desk.unsent import WaitingDraft

# An agent is reminded of a draft that waits for so long, once in that time, and no more often than this.
REMIND_AFTER, MOST_REMINDERS = timedelta(days=1), 3
# At most this much is shown of each in a list, and of one that is asked about.
MOST_WORDS, MOST_SHOWN = 120, 4000
# At most so many are in one mail.
MOST_LISTED = 100


def listed(agent: Agent, drafts: Sequence[WaitingDraft], key: str) -> list[Effect]:
    """Return the mail that lists an agent's drafts; where it is one, the mail asks about it."""
    if len(drafts) == 1:
        return asking(agent, drafts[0], key)
    head = counted(
        len(drafts),
        single="{count} draft of yours waits. Nothing of it was sent.",
        several="{count} drafts of yours wait. Nothing of them was sent.",
    )
    return [_list(agent, joined([head, *_lines(drafts)], "\n\n"), f"answer:drafts:{key}")]


def none(agent: Agent, key: str) -> list[Effect]:
    """Return the mail that says that no draft waits."""
    return [_list(agent, said("No draft of yours waits."), f"answer:drafts:{key}")]


def discarded(agent: Agent, ticket: int, draft: int, key: str) -> Mail:
    """Return the mail that says that a draft was discarded; what answers it goes to no customer."""
    text = said(
        "Draft {draft} for ticket #{ticket} is discarded. Nothing of it was sent; it stays in the history.",
        draft=draft,
        ticket=ticket,
    )
    return _list(agent, text, f"answer:discarded:{key}")


def asking(agent: Agent, draft: WaitingDraft, key: str) -> list[Effect]:
    """Return the mail that shows a draft again; a yes in reply to it sends the draft, if it
    needs no other person."""
    text = joined([still(draft.entry), *_marks(draft)])
    mail = Mail(
        MailKind.ALERT,
        draft.ticket,
        agent.as_address,
        f"draft:{draft.entry}:{key}",
        agent=agent,
        text=text,
        event=question(draft.guard, own=True),
        draft=draft.entry,
        quoted=excerpt(draft.text.strip(), MOST_SHOWN),
    )
    return [coded(mail, draft.guard)]


def still(draft: int) -> str:
    """Return the sentence that a draft (an entry) waits."""
    return said("Draft {draft} waits. Nothing of it was sent.", draft=draft)


def to_remind(drafts: Iterable[WaitingDraft], now: datetime) -> list[WaitingDraft]:
    """Return the drafts of which to remind their agent now: a day old, not today, and not three times yet."""
    return [
        draft
        for draft in drafts
        if draft.pending
        and now - draft.at >= REMIND_AFTER
        and draft.times < MOST_REMINDERS
        and (draft.reminded_at is None or abs(now - draft.reminded_at) >= REMIND_AFTER)
    ]


def reminder(agent: Agent, drafts: Sequence[WaitingDraft], now: datetime) -> list[Effect]:
    """Return the mail that reminds an agent of drafts that wait, while they work; nothing where none does."""
    due = to_remind(drafts, now)
    if not due or not on_duty(agent, now):
        return []
    key = f"reminder:{agent.id}:{due[-1].entry}:{now:%Y-%m-%dT%H}"
    return [*listed(agent, due, key), MarkReminded(tuple(draft.entry for draft in due))]


def _list(agent: Agent, text: str, key: str) -> Mail:
    return Mail(MailKind.ANSWER, NO_TICKET, agent.as_address, key, agent=agent, text=text, event="drafts")


def _lines(drafts: Sequence[WaitingDraft]) -> list[str]:
    lines: list[str] = [_line(draft) for draft in drafts[:MOST_LISTED]]
    more = len(drafts) - MOST_LISTED
    if more > 0:
        lines.append(counted(more, single="And {count} more draft.", several="And {count} more drafts."))
    how = said("To send one, send #draft with its number, for example #draft {draft}, and reply yes to the "
               "email that comes.", draft=drafts[0].entry)  # fmt: skip
    return [*lines, how]


def _line(draft: WaitingDraft) -> Joined:
    head = said(
        "Ticket #{ticket}, draft {draft}, {at}: {subject}",
        draft=draft.entry,
        ticket=draft.ticket,
        at=draft.at,
        subject=draft.subject or said("(no subject)"),
    )
    words = excerpt(" ".join(draft.text.split()), MOST_WORDS)
    return joined([head, joined(_marks(draft)), said("“{words}”", words=words) if words else ""], "\n")


def _marks(draft: WaitingDraft) -> list[str]:
    marks: list[str] = []
    if draft.closed:
        marks.append(said("Its ticket is closed."))
    if draft.answered:
        marks.append(said("Somebody has replied since."))
    return marks
