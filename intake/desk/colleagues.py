"""One line to colleagues when somebody takes, answers, closes or gives on a ticket. Pure.

A decision only writes down what happened (`news_of`, the pass `colleagues`); the clock, seconds later, asks
who was told of the ticket and still thinks it open, and tells them (`telling`). Of several such lines
within ten minutes the first goes at once, the others go together at their end.
See docs/decisions/0028-news-of-colleagues.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from intake.desk.draft_effects import Withdraw
from intake.desk.effects import AddEntry, Amend, Assign, Effect, Mail, MailKind, Record, SetStatus
from intake.desk.message import Address
from intake.desk.page import BARE, MERGED
from intake.desk.people import Notify
from intake.desk.people_effects import ColleagueNews, Happened, Mark, MarkColleagues
from intake.desk.text.said import joined, said
from intake.desk.ticket import Agent, EntryKind, Status, Ticket

# At most one mail per ticket and agent in this time.
WINDOW = timedelta(minutes=10)
# A notification that is older is nobody's open work any more.
REMEMBERED = timedelta(days=14)
EVENT = "colleague"
# After these a ticket that was in somebody's hands is nobody's: whom a line told of it hears it, too.
_BACK = (Happened.FREE, Happened.WITHDRAWN)
# Nothing is to be done about these: whoever hears of it later hears it with the next news, or off a page.
_PATIENT = (Happened.SECOND,)
_CHANGES = (Assign, SetStatus, Amend, AddEntry, Withdraw)


@dataclass(frozen=True, slots=True)
class Waiting:
    """News that is written down (`id`), since `at` (aware)."""

    id: int
    at: datetime
    news: ColleagueNews


@dataclass(frozen=True, slots=True)
class Standing:
    """What an agent knows of a ticket: when it was last shown to them as work, and their mark."""

    agent: Agent
    shown_at: datetime | None = None
    known_at: datetime | None = None
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """A ticket's news, the oldest first, and how those stand to it whom it may concern."""

    ticket: Ticket
    waiting: tuple[Waiting, ...]
    standings: tuple[Standing, ...]


# -- what happened ---------------------------------------------------------------------------


def changed(effects: Iterable[Effect]) -> set[int]:
    """Return the tickets of which these effects may be news."""
    return {effect.ticket for effect in effects if isinstance(effect, _CHANGES) and effect.ticket is not None}


def news_of(effects: Sequence[Effect], known: Mapping[int, Ticket]) -> list[ColleagueNews]:
    """Return what a person did with tickets that were there before. What no person did, such as a step of
    an SLA's ladder, is said by the mail about it; of spam nothing is said."""
    made: list[ColleagueNews] = []
    for number in sorted(changed(effects) & set(known)):
        theirs = [effect for effect in effects if getattr(effect, "ticket", None) == number]
        if not _spam(known[number], theirs):
            made += _of(known[number], theirs)
    # Whom the mail in the ticket that goes on tells of a merge needs no line in the one that was merged.
    mails = [effect for effect in effects if isinstance(effect, Mail) and effect.event == MERGED]
    knowing = {mail.agent.id for mail in mails if mail.agent}
    return [
        replace(news, knowing=tuple(sorted({*news.knowing, *knowing})))
        if news.happened is Happened.MERGED
        else news
        for news in made
    ]


def _spam(ticket: Ticket, effects: Sequence[Effect]) -> bool:
    changes = [effect.changes for effect in effects if isinstance(effect, Amend)]
    return [ticket.spam, *(change["spam"] for change in changes if "spam" in change)][-1]


def _of(ticket: Ticket, effects: Sequence[Effect]) -> list[ColleagueNews]:
    by = _actor(effects)
    if by is None:
        return []
    name, actor = by
    assigned = [effect for effect in effects if isinstance(effect, Assign)]
    now = assigned[-1].agent if assigned else ticket.assignee
    owners = {owner.id for owner in (ticket.assignee, now) if owner is not None and owner.id != actor}
    knowing = {mail.agent.id for mail in effects if isinstance(mail, Mail) and mail.agent and _says(mail)}
    like = ColleagueNews(
        ticket.id, Happened.TAKEN, name, actor, "", tuple(sorted(owners)), tuple(sorted(knowing - {actor}))
    )
    return [replace(like, happened=step, whom=whom) for step, whom in _happened(ticket, effects, actor)]


def _happened(ticket: Ticket, effects: Sequence[Effect], actor: int | None) -> list[tuple[Happened, str]]:
    answered = any(isinstance(effect, AddEntry) and effect.kind is EntryKind.REPLY for effect in effects)
    if not answered and any(isinstance(effect, Withdraw) for effect in effects):
        return [(Happened.WITHDRAWN, "")]
    changes = [effect.changes for effect in effects if isinstance(effect, Amend)]
    into = next((change["merged_into"] for change in changes if change.get("merged_into")), None)
    if into:
        return [(Happened.MERGED, str(into))]
    closed = ticket.status is not Status.CLOSED and any(
        isinstance(effect, SetStatus) and effect.status is Status.CLOSED for effect in effects
    )
    made: list[tuple[Happened, str]] = []
    if closed:
        made.append((Happened.SOLVED if answered else Happened.CLOSED, ""))
    elif answered:
        made.append((Happened.ANSWERED, ""))
    assigned = [effect for effect in effects if isinstance(effect, Assign)]
    if assigned:
        agent, team = assigned[-1].agent, assigned[-1].team
        if agent is not None and agent.id != actor:
            made.append((Happened.GIVEN, agent.name or agent.address))
        elif agent is not None and not made and _id(ticket.assignee) != actor:
            made.append((Happened.TAKEN, ""))
        elif agent is None:
            made.append((Happened.GIVEN_TO_TEAM, team) if team else (Happened.FREE, ""))
    return made


def _actor(effects: Sequence[Effect]) -> tuple[str, int | None] | None:
    """Return the name of who acts, and their id if they are an agent; None where no person does."""
    for effect in effects:
        if isinstance(effect, AddEntry) and effect.kind is EntryKind.REPLY and effect.agent is not None:
            return effect.author.name or effect.author.mailbox, effect.agent
    record = next((effect for effect in effects if isinstance(effect, Record)), None)
    return (record.who, record.agent) if record is not None else None


def _says(mail: Mail) -> bool:
    """Whether a mail to an agent shows the ticket as it is after the decision."""
    shows = mail.kind is MailKind.NOTICE and mail.event not in ("note", "copy", "partner")
    # Who is asked by name gets the ticket's card with the question.
    return shows or mail.asked or mail.kind is MailKind.ALERT


def _id(agent: Agent | None) -> int | None:
    return agent.id if agent is not None else None


# -- who is told -----------------------------------------------------------------------------


def tells(waiting: Waiting, standing: Standing, watches: bool) -> bool:
    """Whether an agent is told of this news. Not who acted, nor whom another mail of the same decision tells,
    nor who got the ticket's page since: it shows how the ticket stands.

    Watchers and those whose work it is or was are; and those who think it open, because a notification
    since the last such news showed it to them. News that takes a ticket out of somebody's hands again also
    goes to those who were told that it is in them.
    """
    news, agent = waiting.news, standing.agent
    if agent.id == news.actor or agent.id in news.knowing:
        return False
    if standing.known_at is not None and waiting.at <= standing.known_at:
        return False
    if news.happened is Happened.SECOND and agent.id not in news.concerned:
        return False
    shown, known = standing.shown_at, standing.known_at
    if shown is not None and shown > waiting.at:
        return False
    if watches or agent.id in news.concerned:
        return True
    if news.happened in _BACK and standing.told_at is not None:
        return True
    if shown is None or waiting.at - shown > REMEMBERED:
        return False
    return known is None or shown >= known


def wants(agent: Agent, now: datetime) -> bool:
    """Whether an agent gets such mails at `now` (aware): others read a digest, are away, or said no."""
    away = agent.away_until is not None and now < agent.away_until
    return agent.enabled and agent.colleagues and agent.notify != Notify.DIGEST and not away


def telling(pending: Pending, now: datetime) -> list[Effect]:
    """Return the mails about a ticket's news that go at `now` (aware), and what is to be noted of it."""
    ticket = pending.ticket
    watching = {watcher.id for watcher in ticket.watchers}
    last = pending.waiting[-1]
    mails: list[Effect] = []
    known = {standing.agent.id: standing.known_at for standing in pending.standings}
    # Who acts knows it.
    marks = [
        Mark(actor, waiting.at)
        for waiting in pending.waiting
        if (actor := waiting.news.actor) in known and (known[actor] or waiting.at) <= waiting.at
    ]
    again: list[datetime] = []
    for standing in pending.standings:
        agent = standing.agent
        theirs = [
            waiting
            for waiting in _standing_news(pending.waiting)
            if wants(agent, now) and tells(waiting, standing, agent.id in watching)
        ]
        if not theirs or ticket.spam:
            continue
        since = _held_since(theirs, standing, now)
        if since is not None:
            again.append(since + WINDOW)
            continue
        text = line(theirs)
        if text:
            mails.append(_mail(ticket, agent, text, last))
            marks.append(Mark(agent.id, last.at, now))
    ids = tuple(waiting.id for waiting in pending.waiting)
    return [*mails, MarkColleagues(ticket.id, ids, tuple(marks), min(again, default=None))]


def _standing_news(waiting: Sequence[Waiting]) -> Sequence[Waiting]:
    """Return the news without answers that were taken back and followed by another: nobody waits for one."""
    answers = [each.id for each in waiting if each.news.happened in (Happened.ANSWERED, Happened.SOLVED)]
    last = max(answers, default=0)
    return [each for each in waiting if each.news.happened is not Happened.WITHDRAWN or each.id > last]


def _held_since(theirs: Sequence[Waiting], standing: Standing, now: datetime) -> datetime | None:
    """Return since when what an agent is to be told waits for the end of ten minutes; None: it goes now."""
    last = standing.told_at
    if last is not None and last <= now < last + WINDOW:
        return last
    first = theirs[0].at
    patient = all(waiting.news.happened in _PATIENT for waiting in theirs)
    return first if patient and first <= now < first + WINDOW else None


def _mail(ticket: Ticket, agent: Agent, text: str, last: Waiting) -> Mail:
    key = f"{EVENT}:{ticket.id}:{last.id}:{agent.id}"
    author = Address("", last.news.by)
    to = agent.as_address
    return Mail(
        MailKind.NOTICE, ticket.id, to, key, agent=agent, author=author, text=text, event=EVENT, page=BARE
    )


def line(waiting: Sequence[Waiting]) -> str:
    """Return what happened in one line, the latest last; what a later step says as well is left out.

    "" where nothing is left: an answer that was taken back before anybody was told of it.
    """
    steps: list[ColleagueNews] = []
    for news in (each.news for each in waiting):
        answers = (step for step in steps if step.happened in (Happened.ANSWERED, Happened.SOLVED))
        undone = news.happened is Happened.WITHDRAWN and any(step.by == news.by for step in answers)
        steps = [step for step in steps if not _covers(news, step)]
        if not undone:
            steps.append(news)
    return joined([_sentence(step) for step in steps])


def _covers(later: ColleagueNews, earlier: ColleagueNews) -> bool:
    """Whether what came later says all that matters of what came earlier."""
    if later.happened is earlier.happened and later.happened is not Happened.ANSWERED:
        return True
    if later.by != earlier.by:
        return earlier.happened in (Happened.TAKEN, Happened.GIVEN) and later.happened in (
            Happened.TAKEN, Happened.GIVEN, Happened.GIVEN_TO_TEAM, Happened.FREE,
        )  # fmt: skip
    covered: Mapping[Happened, tuple[Happened, ...]] = {
        Happened.ANSWERED: (Happened.TAKEN, Happened.ANSWERED, Happened.SECOND),
        Happened.SOLVED: (Happened.TAKEN, Happened.ANSWERED, Happened.SECOND),
        Happened.CLOSED: (Happened.TAKEN,),
        Happened.MERGED: (Happened.TAKEN,),
        Happened.GIVEN: (Happened.TAKEN,),
        Happened.GIVEN_TO_TEAM: (Happened.TAKEN, Happened.GIVEN),
        Happened.FREE: (Happened.TAKEN, Happened.GIVEN),
        Happened.WITHDRAWN: (Happened.ANSWERED, Happened.SOLVED),
    }
    return earlier.happened in covered.get(later.happened, ())


def _sentence(news: ColleagueNews) -> str:
    by, whom = news.by, news.whom
    match news.happened:
        case Happened.TAKEN:
            return said("{by} has taken this ticket.", by=by)
        case Happened.ANSWERED:
            return said("{by} answered; waiting for the customer.", by=by)
        case Happened.SOLVED:
            return said("{by} answered and closed this ticket.", by=by)
        case Happened.CLOSED:
            return said("{by} closed this ticket.", by=by)
        case Happened.MERGED:
            return said("{by} merged this ticket into #{number}.", by=by, number=whom)
        case Happened.GIVEN:
            return said("{by} gave this ticket to {whom}.", by=by, whom=whom)
        case Happened.GIVEN_TO_TEAM:
            return said("{by} gave this ticket to team {team}.", by=by, team=whom)
        case Happened.FREE:
            return said("{by} put this ticket back; it is unassigned.", by=by)
        case Happened.WITHDRAWN:
            return said("{by} took the answer back; the customer still waits.", by=by)
        case Happened.SECOND:
            return said("{by} has written a reply too. It is kept until {by} has read yours.", by=by)
