"""The digest: one email from time to time, for agents who do not want one for each message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from intake.desk.agent_effects import MarkSummary
from intake.desk.block_effects import BlockedSender
from intake.desk.effects import Effect, Mail, MailKind
from intake.desk.listing import HOW, ListRow, ListTable
from intake.desk.lookup import TicketLine
from intake.desk.people import Notify, on_duty
from intake.desk.policy import Policy
from intake.desk.rules.leads import told_as_lead
from intake.desk.sensitive.scan import excerpt
from intake.desk.text.said import counted, joined, said
from intake.desk.ticket import Agent

# At most this many tickets are in a digest; an agent with more needs the list, not a longer email.
MOST_TICKETS = 30
# At most this much of the newest message of each is shown.
MOST_TEXT = 200
# Of thanks alone agents are told when the first of them is so old, all of them in one email; what is older
# than the last nobody is told of any more.
THANKS_AFTER, THANKS_FOR = timedelta(hours=2), timedelta(days=14)


@dataclass(frozen=True, slots=True)
class News:
    """A ticket with `many` messages that an agent was not notified of; `text` is the newest, `at` (aware)
    when the first of them came."""

    ticket: TicketLine
    many: int
    text: str
    at: datetime | None = None


def due(agent: Agent, now: datetime) -> datetime | None:
    """Return since when an agent was not notified, if their next digest is due at `now` (aware); else None.

    It comes in their shift only: what came at night is read in the morning, in one email.
    """
    if agent.notify != Notify.DIGEST or not on_duty(agent, now):
        return None
    wait = timedelta(minutes=agent.digest_minutes)
    since = agent.digest_at or now - wait
    if since > now:
        # Sent while the clock was ahead: else there would be none until it is there again.
        since = now - wait
    return since if now - since >= wait else None


def spam_day(agent: Agent, since: datetime, now: datetime, policy: Policy) -> datetime | None:
    """Return from when on spam is counted in a digest that is due at `now`: the beginning of the day, in the
    agent's time zone, on which the one before came (`since`). None where there was one today already."""
    zone = policy.zone_of(agent)
    day = datetime.combine(since.astimezone(zone).date(), time(), zone)
    first = agent.digest_at is None or day.date() < now.astimezone(zone).date()
    return day.astimezone(UTC) if first else None


def digest(
    agent: Agent,
    since: datetime,
    news: Sequence[News],
    now: datetime,
    policy: Policy,
    spam: int = 0,
    thanked: Sequence[int] = (),
    silent: Sequence[int] = (),
    blocks: Sequence[BlockedSender] = (),
) -> list[Effect]:
    """Return the email with the news since then, sorted by due date; nothing when there is none.

    `spam` is how many tickets were taken for spam since `spam_day`; it is told in one line, once a day.
    `thanked` are closed tickets in which somebody only thanked since then, `silent` those that the desk
    closed because nothing was heard: one line for each says so. Leads and the admin also read of `blocks`
    made since then, for who is blocked by mistake can tell nobody.
    """
    oversees = told_as_lead(agent.address.lower(), policy)
    blocked = [row for row in blocks if row.at > since] if oversees else []
    if not (news or spam or thanked or silent or blocked):
        return []
    ordered = sorted(
        news, key=lambda item: (item.ticket.due or _NEVER, item.ticket.updated_at, item.ticket.id)
    )
    left = len(ordered) - MOST_TICKETS
    more = counted(left, single="And {count} more ticket.", several="And {count} more tickets.")
    day = since.astimezone(policy.zone_of(agent)).date()
    below: list[str] = [*([more] if left > 0 else []), *([HOW] if news else [])]
    below += [_silent(silent)] if silent else []
    below += [*([_thanked(thanked)] if thanked else []), *([_quiet(day, spam)] if spam else [])]
    below += [_blocked(blocked)] if blocked else []
    title = said("News since {at}, sorted by due date", at=since) if news else ""
    table = ListTable(title, tuple(map(_row, ordered[:MOST_TICKETS])), left > 0, tuple(below))
    to = agent.as_address
    key = f"digest:{agent.id}:{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"
    mail = Mail(MailKind.ANSWER, 0, to, key, agent=agent, event="digest", table=table)
    return [mail, MarkSummary(agent.id, now)]


def thanks_since(agent: Agent, now: datetime) -> datetime | None:
    """Return since when an agent who reads no digest was told of no thanks; None where they are not to be
    told at `now` (aware): they read a digest, which has such messages, too, or they are not on duty."""
    if agent.notify == Notify.DIGEST or not on_duty(agent, now):
        return None
    earliest = now - THANKS_FOR
    last = agent.digest_at
    return last if last is not None and earliest < last <= now else earliest


def thanks(agent: Agent, news: Sequence[News], now: datetime) -> list[Effect]:
    """Return the email about an agent's answered or closed tickets in which somebody only thanked (`news`),
    once the first of them is old enough (`THANKS_AFTER`); nothing before."""
    first = min((item.at for item in news if item.at is not None), default=None)
    if first is None or now - first < THANKS_AFTER:
        return []
    left = len(news) - MOST_TICKETS
    more = counted(left, single="And {count} more ticket.", several="And {count} more tickets.")
    below: tuple[str, ...] = (*((more,) if left > 0 else ()), HOW)
    title = said("They only said thanks; these tickets stay as they are")
    table = ListTable(title, tuple(map(_row, news[:MOST_TICKETS])), left > 0, below)
    key = f"thanks:{agent.id}:{now.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"
    to = agent.as_address
    mail = Mail(MailKind.ANSWER, 0, to, key, agent=agent, event="digest", table=table)
    return [mail, MarkSummary(agent.id, now)]


_NEVER = datetime.max.replace(tzinfo=UTC)


def _quiet(day: date, spam: int) -> str:
    tickets = counted(spam, single="{count} ticket", several="{count} tickets")
    kept = said("Kept as spam since {day}, nobody was notified: {tickets}.", day=day, tickets=tickets)
    how = said("Send #list spam to see them, and #notspam in a reply to bring one back.")
    return joined([kept, how])


def _thanked(tickets: Sequence[int]) -> str:
    return said("They only said thanks, and their tickets stay closed: {tickets}", tickets=_named(tickets))


def _silent(tickets: Sequence[int]) -> str:
    return said("Closed after a reminder that nobody answered: {tickets}", tickets=_named(tickets))


def _named(tickets: Sequence[int]) -> str:
    shown = ", ".join(f"#{number}" for number in tickets[:MOST_TICKETS])
    return shown + (", …" if len(tickets) > MOST_TICKETS else "")


def _blocked(rows: Sequence[BlockedSender]) -> str:
    about = [f"{row.key} ({', '.join(filter(None, (row.by, row.reason)))})" for row in rows[:MOST_TICKETS]]
    shown = ", ".join(about) + (", …" if len(rows) > MOST_TICKETS else "")
    return said(
        "Newly blocked: {senders}. To undo it, send #unblock with the address or domain.", senders=shown
    )


def _row(news: News) -> ListRow:
    many = counted(news.many, single="{count} new message", several="{count} new messages")
    shown = excerpt(" ".join(news.text.split()), MOST_TEXT)
    return ListRow(news.ticket, (joined([many, shown], ": "),))
