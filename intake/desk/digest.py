"""The digest: what an agent who wants no mail for each message is told of, now and then, in one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from intake.desk.effects import Effect, Mail, MailKind, MarkDigest
from intake.desk.lookup import TicketLine
from intake.desk.people import Notify, on_duty
from intake.desk.policy import Policy
from intake.desk.sensitive.scan import excerpt
from intake.desk.text.counting import counted
from intake.desk.ticket import Agent

# A digest names so many tickets; who has more needs the list, not a longer mail.
MOST_TICKETS = 30
# So much of the newest message of each is shown.
MOST_TEXT = 200


@dataclass(frozen=True, slots=True)
class News:
    """A ticket with `many` messages that an agent was not told of; `text` is the newest."""

    ticket: TicketLine
    many: int
    text: str


def due(agent: Agent, now: datetime) -> datetime | None:
    """Return since when an agent was told of nothing, if his next digest is due at `now` (aware); else None.

    It comes in his shift only: what came at night is read in the morning, in one mail.
    """
    if agent.notify != Notify.DIGEST or not on_duty(agent, now):
        return None
    wait = timedelta(minutes=agent.digest_minutes)
    since = agent.digest_at or now - wait
    if since > now:
        # Sent while the clock was ahead: else there would be none until it is there again.
        since = now - wait
    return since if now - since >= wait else None


def digest(
    agent: Agent, since: datetime, news: Sequence[News], now: datetime, policy: Policy
) -> list[Effect]:
    """Return the mail with the news since then, what is due first above; nothing when there is none."""
    if not news:
        return []
    zone = agent.shift.zone if agent.shift is not None else policy.hours.zone
    ordered = sorted(news, key=lambda one: (one.ticket.due or _NEVER, one.ticket.updated_at, one.ticket.id))
    shown = ordered[:MOST_TICKETS]
    parts = [f"Since {since.astimezone(zone):%Y-%m-%d %H:%M}, what is due first above:"]
    parts += [_piece(one, now, zone) for one in shown]
    if len(ordered) > len(shown):
        parts.append(f"And {counted(len(ordered) - len(shown), 'more ticket')}.")
    parts.append("#show NUMBER brings one of them, ready to be answered.")
    to = agent.as_address
    key = f"digest:{agent.id}:{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"
    mail = Mail(MailKind.ANSWER, 0, to, key, agent=agent, text="\n\n".join(parts), event="digest")
    return [mail, MarkDigest(agent.id, now)]


_NEVER = datetime.max.replace(tzinfo=UTC)


def _piece(news: News, now: datetime, zone: tzinfo) -> str:
    ticket = news.ticket
    marks = [counted(news.many, "new mail"), ticket.status.value]
    if ticket.priority != "normal":
        marks.append(ticket.priority)
    if ticket.due is not None:
        late = "late since" if ticket.due < now else "due"
        marks.append(f"{late} {ticket.due.astimezone(zone):%Y-%m-%d %H:%M}")
    marks.append(ticket.assignee or "nobody has it")
    shown = excerpt(" ".join(news.text.split()), MOST_TEXT)
    subject = ticket.subject or "(no subject)"
    return f"#{ticket.id}  {subject}\n    {ticket.requester}: {', '.join(marks)}\n    {shown or '(no text)'}"
