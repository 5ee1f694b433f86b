"""Who gets a survey, and what an answer does. At most one survey for each closing of a ticket."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from intake.desk import business_time, lifecycle
from intake.desk.ceilings import ceiling_key
from intake.desk.effects import AddEntry, Effect, Mail, MailKind
from intake.desk.mails import alerts
from intake.desk.policy import Policy
from intake.desk.survey_effects import AskSurvey, RecordScore
from intake.desk.text.said import said
from intake.desk.ticket import Agent, EntryKind, Status, Ticket

SCORES = (5, 4, 3, 2, 1)
WORST, BEST = 1, 5
MAX_COMMENT = 1000
# An answer counts and can be changed for this long; then the links in the email expire.
OPEN_DAYS = 30
# A ticket closed longer ago is not asked about: nobody remembers, and switching surveys
# on must not write to everybody who ever wrote to us.
LOOK_BACK = timedelta(days=21)
# A number alone in the line, as people write one: "5", "4.", "5/5", full-width too.
# What people put behind the number: "5 stars", "5分"; and what they rate it out of.
_UNITS = (
    r"stars?|points?|sterne?n?|punkte?|étoiles?|estrellas?|puntos?|estrelas?|pontos?|звезд[аы]?|балл(?:а|ов)?|"
    r"yıldız|puan|sao|điểm|つ星|星|点|點|分|별|점"
)
_GIVEN = rf"([1-5])\s*(?:(?:/|out of|von|sur|de|из|trên)\s*5)?\s*(?:{_UNITS})?"
_NUMBER = re.compile(
    rf"{_GIVEN}\s*(?:[.!。~]*|[-–—,.:;!=。、]+(?:\s+|(?=[^\x00-\x7f]))(?P<remark>[^\W\d_].*))"
)
_LAST = re.compile(rf"(?P<remark>[^\W\d_](?:[^\d,]|,(?!\s*\d)){{0,30}}?)[!.。]?\s*[,–—-]\s*{_GIVEN}[.!。]*")
_STARS = re.compile(r"([\u2b50\u2605\U0001f31f]{1,5})[\u2606\u2729]{0,4}[.!。]*")
_DRESS = re.compile("[\\ufe0f\\u20e3\\u200b-\\u200d]")
# A longer remark, or one that asks something, is for a person to read.
_MAX_REMARK = 60


@dataclass(frozen=True, slots=True)
class Candidate:
    """A closed ticket that was not asked about yet, with what decides whether it is.

    `answered`: a person of the desk wrote to the requester. `written`: the requester
    wrote themselves, not a machine in their name. `undeliverable`: mail to them bounced.
    `last_asked` is when this person was last asked about any ticket (aware). The counts
    are automatic emails to them in the last hour and day. `barred` says what of it beside the
    ticket's own marks (spam, merged, survey_off) forbids to ask, "" when nothing does.
    """

    ticket: Ticket
    answered: bool
    written: bool
    undeliverable: bool = False
    last_asked: datetime | None = None
    automatic_last_hour: int = 0
    automatic_last_day: int = 0
    barred: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answered: 1 (very poor) to 5 (very good), a sentence, and whether we may print it."""

    score: int
    comment: str = ""
    consent: bool = False


def closing_of(moment: datetime) -> int:
    """Return what a closing is known by: its second since 1970. Fits four octets until 2106."""
    return int(moment.timestamp())


def due_surveys(
    candidates: Sequence[Candidate], automatic_desk_hour: int, policy: Policy, now: datetime
) -> list[AskSurvey | Mail]:
    """Return the surveys to send now, and those never to send with the reason.

    A candidate whose delay is not over, or for which the limits on automatic email
    leave no room, gets no effect and is looked at again.
    """
    effects: list[AskSurvey | Mail] = []
    asked: set[str] = set()
    room = policy.limits.automatic_per_hour - automatic_desk_hour
    delay = timedelta(hours=policy.survey.delay_hours)
    for candidate in candidates:
        ticket = candidate.ticket
        if ticket.status is not Status.CLOSED or ticket.closed_at is None:
            continue
        if business_time.after(ticket.closed_at, delay, policy.hours) > now:
            continue
        closing = closing_of(ticket.closed_at)
        why_not = (
            "asked lately"
            if ceiling_key(ticket.requester.mailbox) in asked
            else _why_not(candidate, policy, now)
        )
        if why_not:
            effects.append(AskSurvey(ticket.id, closing, why_not))
            continue
        if room <= 0 or _enough(candidate, policy):
            continue
        room -= 1
        asked.add(ceiling_key(ticket.requester.mailbox))
        effects += [
            AskSurvey(ticket.id, closing),
            Mail(MailKind.SURVEY, ticket.id, ticket.requester, f"survey:{ticket.id}:{closing}"),
        ]
    return effects


def _why_not(candidate: Candidate, policy: Policy, now: datetime) -> str:
    ticket = candidate.ticket
    barred = candidate.barred or _barred(ticket)
    if barred:
        return barred
    if not ticket.requester.mailbox or ticket.requester.key in policy.own_addresses:
        return "nobody to ask"
    if not candidate.written:
        return "automatic"
    if not candidate.answered:
        return "never answered"
    if not policy.mailbox(ticket.mailbox).acknowledge:
        return "mailbox is silent"
    if candidate.undeliverable:
        return "mail came back"
    if candidate.last_asked is not None and now - candidate.last_asked < timedelta(
        days=policy.survey.per_person_days
    ):
        return "asked lately"
    return ""


def _barred(ticket: Ticket) -> str:
    """Return why nobody is ever asked about a ticket of this kind, "" for any other."""
    if ticket.spam:
        return "spam"
    if ticket.merged_into is not None:
        return f"merged into #{ticket.merged_into}"
    return "switched off for this ticket" if ticket.survey_off else ""


def _enough(candidate: Candidate, policy: Policy) -> bool:
    return (
        candidate.automatic_last_hour >= policy.limits.automatic_per_address_hour
        or candidate.automatic_last_day >= policy.limits.automatic_per_address_day
    )


def read_score(text: str) -> tuple[int, str, str] | None:
    """Return the score that the first line of `text` gives, the remark beside it, and the text below it.

    People write "5", "5/5", "5 - great work", "5 stars", "Very good, 5" and five stars. A remark that is
    long or asks something is part of the text below, for a person answers that. None when there is no score.
    """
    first, _, rest = text.lstrip().partition("\n")
    line = unicodedata.normalize("NFKC", _DRESS.sub("", first)).strip()
    rest = rest.strip()
    if stars := _STARS.fullmatch(line):
        return len(stars[1]), "", rest
    folded = line.casefold()
    match = _NUMBER.fullmatch(folded) or _LAST.fullmatch(folded)
    if match is None:
        return None
    score = next(int(group) for group in match.groups() if group in ("1", "2", "3", "4", "5"))
    start, end = match.span("remark")
    # Folding a letter may make two of it; then the line as a whole is the remark.
    remark = line[start:end] if len(line) == len(folded) else line
    remark = remark.strip() if match["remark"] else ""
    if len(remark) > _MAX_REMARK or "?" in remark:
        return score, "", f"{remark}\n{rest}".strip()
    return score, remark, rest


def answered(
    ticket: Ticket,
    closing: int,
    answer: Answer,
    agents: Sequence[Agent],
    policy: Policy,
    key: str,
    earlier: Answer | None = None,
    from_message: bool = False,
) -> list[Effect]:
    """Return the effects of an answer: it is recorded, and a poor one reaches the ticket's agents.

    The same answer again (`earlier`) has none. A poor answer tells each agent once a
    closing, and reopens where the policy says so and the ticket is still closed.
    `from_message`: the entry is what the message at hand became.
    Raises ValueError for a score that is none.
    """
    if not WORST <= answer.score <= BEST:
        raise ValueError("a score is from 1 to 5")
    if answer == earlier:
        return []
    text = said("Survey: {score} of {best}.", score=answer.score, best=BEST)
    if answer.comment:
        text = said(
            "Survey: {score} of {best}. The requester wrote: {comment}",
            score=answer.score,
            best=BEST,
            comment=answer.comment,
        )
    effects: list[Effect] = [
        RecordScore(ticket.id, closing, answer.score, answer.comment, answer.consent),
        AddEntry(ticket.id, EntryKind.EVENT, ticket.requester, text, text, from_message=from_message),
    ]
    if answer.score > policy.survey.poor or policy.survey.poor_action == "nothing":
        return effects
    if policy.survey.poor_action == "reopen":
        effects += lifecycle.reopen(ticket, "a poor survey answer", key, waits=True)
    return effects + alerts(ticket.id, agents, text, f"survey:{ticket.id}:{closing}")
