"""What agents are told of their own mails that were kept: the first ones at once, then all in one mail.

So are deadlines, where there were more alerts within the hour than the desk may send.

No ceiling holds this back, and nothing of it is left out: what is not told at once is a row in the store
(`Telling`), and the clock makes one mail of all rows of an agent. A machine that answers each of our mails
gets no more than a few of them an hour, and a person who mistypes is not written to forty times. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from intake.desk.effects import Effect, Mail, MailKind
from intake.desk.policy import Policy
from intake.desk.sensitive.scan import excerpt
from intake.desk.telling_effects import MarkTold, Telling
from intake.desk.text.said import Joined, counted, joined, said
from intake.desk.ticket import NO_TICKET, Agent

# So many in a row are told at once, each in a mail of its own, and no more of what is gathered in a day.
AT_ONCE, MOST_A_DAY = 3, 60
# What rules say of a mail that was carried out, unless its agent is told why not: with it a row is over.
CARRIED_OUT = (
    "agent_reply",
    "command_mail",
    "confirmed_draft",
    "answered_directly",
    "kept_draft",
    "kept_note",
)
# What belongs to one row.
ROW, DAY = timedelta(minutes=10), timedelta(days=1)
# What is gathered is told this long after the first of it; what a machine may have caused, after an hour.
SOON, LATER = timedelta(minutes=5), timedelta(hours=1)
# At most this many stand in one mail; the rest follows in the next.
MOST_IN_A_MAIL = 100
# At most this much is shown of what was written, and of why it was kept.
MOST_WORDS, MOST_WHY = 200, 1000


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail of an agent's that was kept, and of which they are still to be told.

    `why` is what the alert would have said; `ticket` and `draft` (an entry) are 0 for none, `subject` is the
    ticket's or else the mail's own, `words` what was written. `asks` is the event
    of the mail that asks about the draft (`draft_effects.question`), "" where none does.
    `deadline`: it is no mail that was kept, but an alert of a ticket's deadline.
    """

    id: int
    at: datetime
    why: str
    ticket: int = 0
    draft: int = 0
    subject: str = ""
    words: str = ""
    asks: str = ""
    deadline: bool = False


def wait(telling: Telling, row: int, day: int) -> timedelta:
    """Return how long it is until an agent is told; zero: at once.

    They were to be told of so many others within the time of a `row`, and of a `day`: more than a person
    mistypes is a machine's that answers each of our mails, and gets one an hour.
    """
    if telling is Telling.TOGETHER:
        return SOON
    if telling is Telling.LATER or day >= MOST_A_DAY:
        return LATER
    return SOON if telling is Telling.GATHERED and row >= AT_ONCE else timedelta(0)


def told(agent: Agent, kept: Sequence[Kept], policy: Policy) -> list[Effect]:
    """Return the one mail that tells an agent of all these, the oldest first; nothing for none. Deadlines
    are in a mail of their own.

    Where it is one draft the mail asks about it, and a yes sends it. Else it belongs to no ticket, so that no
    reply to it goes to a customer; without a command address it stands in the ticket of the newest.
    """
    if not kept:
        return []
    late = [item for item in kept if item.deadline][:MOST_IN_A_MAIL]
    mails = [_late(agent, late)] if late else []
    kept = [item for item in kept if not item.deadline]
    some = kept[:MOST_IN_A_MAIL]
    done = MarkTold(tuple(item.id for item in (*late, *some)))
    if not some:
        return [*mails, done]
    key = f"kept:{agent.id}:{some[-1].id}"
    mail = Mail(MailKind.ALERT, NO_TICKET, agent.as_address, key, agent=agent, event="kept")
    if len(some) == 1 and some[0].asks:
        only = some[0]
        return [*mails, _question(mail, only), done]
    place = next((item.ticket for item in reversed(some) if item.ticket), NO_TICKET)
    if place and not policy.command_address:
        mail = _in_ticket(mail, place)
    return [*mails, _with(mail, _text(some, len(kept) - len(some))), done]


def _late(agent: Agent, late: Sequence[Kept]) -> Mail:
    """Return the mail that names tickets whose time is running out; which step of a ladder it was, too."""
    head = counted(
        len(late),
        single="The time of a ticket is running out. It is told here, because there were many such alerts "
        "within this hour:",
        several="The time of {count} tickets is running out. They are told together, because there were many "
        "such alerts within this hour:",
    )
    key = f"deadlines:{agent.id}:{late[-1].id}"
    how = said("Reply with #show and a number to get a ticket, #due to see what is due next.")
    text = joined([head, *(_item(item) for item in late), how], "\n\n")
    return Mail(MailKind.ANSWER, NO_TICKET, agent.as_address, key, agent=agent, text=text, event="digest")


def _question(mail: Mail, kept: Kept) -> Mail:
    return Mail(
        mail.kind,
        kept.ticket,
        mail.to,
        mail.dedupe,
        agent=mail.agent,
        text=kept.why,
        event=kept.asks,
        draft=kept.draft,
        quoted=kept.words,
    )


def _in_ticket(mail: Mail, ticket: int) -> Mail:
    return Mail(mail.kind, ticket, mail.to, mail.dedupe, agent=mail.agent, event="kept")


def _with(mail: Mail, text: str) -> Mail:
    return Mail(mail.kind, mail.ticket, mail.to, mail.dedupe, agent=mail.agent, text=text, event=mail.event)


def _text(kept: Sequence[Kept], more: int) -> Joined:
    head = counted(
        len(kept),
        single="An email was not carried out, and nothing of it was sent. It is kept:",
        several="{count} emails were not carried out, and nothing of them was sent. They are kept:",
    )
    parts: list[str] = [head, *(_item(item) for item in kept)]
    if more:
        parts.append(
            counted(
                more,
                single="One more follows in the next email.",
                several="{count} more follow in the next email.",
            )
        )
    if any(item.draft for item in kept):
        parts.append(
            said(
                "Send #draft with the number of a draft to get it again: your yes to that email sends it. "
                "#drafts lists all that wait."
            )
        )
    return joined(parts, "\n\n")


def _item(kept: Kept) -> Joined:
    subject = kept.subject or said("(no subject)")
    if kept.ticket and kept.draft:
        head = said(
            "Ticket #{ticket}, draft {draft}, {at}: {subject}",
            ticket=kept.ticket,
            draft=kept.draft,
            at=kept.at,
            subject=subject,
        )
    elif kept.ticket:
        head = said("Ticket #{ticket}, {at}: {subject}", ticket=kept.ticket, at=kept.at, subject=subject)
    else:
        head = said("Email of {at}: {subject}", at=kept.at, subject=subject)
    words = excerpt(" ".join(kept.words.split()), MOST_WORDS)
    return joined([head, _first(kept.why), said("“{words}”", words=words) if words else ""], "\n")


def _first(why: str) -> str:
    """Return the first paragraph of a reason: what follows is the same in each, such as all commands."""
    if isinstance(why, Joined):
        if why.between.startswith("\n\n"):
            return _first(why.parts[0])
        return joined([_first(part) for part in why.parts], why.between)
    return why if hasattr(why, "template") else excerpt(why.partition("\n\n")[0], MOST_WHY)
