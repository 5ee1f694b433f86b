"""Surveys, in memory."""

import sys
from datetime import datetime, timedelta

from intake.desk.ceilings import ceiling_key
from intake.desk.effects import MailKind
from intake.desk.survey_effects import AskSurvey, RecordScore
from intake.desk.surveys import LOOK_BACK, Candidate, closing_of
from intake.desk.ticket import EntryKind, Status, Ticket
from intake.testing.memory.facts import MemoryRates
from intake.testing.memory.people import MemoryAddresses
from intake.testing.memory.rows import StoredSurvey
from intake.testing.memory.state import Memory, MemoryPart, State
from intake.testing.memory.tickets import MemoryTickets
from intake.views import SurveyRow


class MemorySurveys(MemoryPart):
    """What surveys are decided from, and what was answered."""

    def __init__(
        self, memory: Memory, tickets: MemoryTickets, addresses: MemoryAddresses, rates: MemoryRates
    ) -> None:
        super().__init__(memory)
        self._tickets, self._addresses, self._rates = tickets, addresses, rates

    def candidates(self, now: datetime, before: datetime, limit: int) -> tuple[list[Candidate], int]:
        """Return closed tickets nobody was asked about yet, and how much automatic mail the desk owed."""
        asked = {(survey.ticket, survey.closed_at) for survey in self._now.surveys}
        closed = [
            (row.ticket.closed_at, row.id)
            for row in self._now.tickets
            if row.ticket.status is Status.CLOSED and row.ticket.closed_at
        ]
        numbers = [
            number
            for at, number in sorted(closed)
            if now - LOOK_BACK < at <= before and (number, at) not in asked
        ]
        tickets = [ticket for number in numbers[:limit] if (ticket := self._tickets.get(number))]
        if not tickets:
            return [], 0
        return [self._candidate(ticket, now) for ticket in tickets], self._automatic_desk(now)

    def _automatic_desk(self, now: datetime) -> int:
        if self._rates.braked_at(now) is not None:
            return sys.maxsize
        since = now - timedelta(hours=1)
        return sum(mail.outgoing.kind.budgeted and mail.created_at > since for mail in self._now.outbox)

    def _candidate(self, ticket: Ticket, now: datetime) -> Candidate:
        state, key = self._now, ticket.requester.key
        kinds = {entry.kind for entry in state.entries if entry.ticket == ticket.id}
        lost = any(
            mail.ticket == ticket.id and mail.key == key and "failed" in (mail.delivery, mail.state)
            for mail in state.outbox
        )
        ceiling = ceiling_key(ticket.requester.mailbox)
        theirs = (mail for mail in state.outbox if mail.kind == MailKind.SURVEY.value)
        asked = [mail.created_at for mail in theirs if mail.ceiling == ceiling or mail.key == key]
        hour, day, _ = self._rates.owed_to(ticket.requester, now)
        row = state.tickets.get(ticket.id)
        return Candidate(
            ticket,
            answered=EntryKind.REPLY in kinds,
            written=EntryKind.CUSTOMER in kinds,
            undeliverable=lost or bool(self._addresses.failed(ticket.requester, now)),
            last_asked=max(asked, default=None),
            automatic_last_hour=hour,
            automatic_last_day=day,
            barred="a flood" if row and row.flood else "",
        )

    def get(self, ticket: int, closing: int) -> SurveyRow | None:
        """Return the survey about one closing of a ticket, None when nobody was asked about it."""
        rows = (
            survey
            for survey in self._now.surveys.newest()
            if (survey.ticket, survey.closing) == (ticket, closing)
        )
        return next((_shown(survey) for survey in rows), None)

    def list_surveys(
        self, ticket: int | None = None, answered: bool = False, limit: int = 50
    ) -> list[SurveyRow]:
        """Return surveys, newest first: those of one ticket, or only the `answered` ones."""
        rows = (survey for survey in self._now.surveys.newest() if ticket is None or survey.ticket == ticket)
        return [_shown(survey) for survey in rows if not answered or survey.score is not None][:limit]


def ask(state: State, effect: AskSurvey, closed_at: datetime, now: datetime) -> None:
    """Write down that a closing was asked about, or never will be; once and for all."""
    if not any((survey.ticket, survey.closed_at) == (effect.ticket, closed_at) for survey in state.surveys):
        closing = closing_of(closed_at)
        state.surveys.add(
            lambda number: StoredSurvey(number, effect.ticket, closing, closed_at, now, effect.skipped)
        )


def score(state: State, effect: RecordScore, now: datetime) -> bool:
    """Keep an answer in place of any earlier one. False when this very answer is there."""
    new = (effect.score, effect.comment, effect.consent)
    done = False
    for survey in state.surveys:
        mine = (survey.ticket, survey.closing) == (effect.ticket, effect.closing)
        if mine and new != (survey.score, survey.comment, survey.consent):
            said = {"score": effect.score, "comment": effect.comment, "consent": effect.consent}
            state.surveys.change(survey.id, answered_at=now, **said)
            done = True
    return done


def _shown(survey: StoredSurvey) -> SurveyRow:
    return SurveyRow(
        survey.ticket,
        survey.closing,
        survey.asked_at,
        survey.skipped,
        survey.score,
        survey.comment,
        survey.consent,
        survey.answered_at,
    )
