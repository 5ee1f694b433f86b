"""Surveys: which closed tickets are still to be asked about, what was asked, and what was answered."""

import sys
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from intake.desk.ceilings import ceiling_key
from intake.desk.effects import MailKind
from intake.desk.message import Address
from intake.desk.survey_effects import AskSurvey, RecordScore
from intake.desk.surveys import LOOK_BACK, Candidate, closing_of
from intake.desk.ticket import EntryKind, Status
from intake.store import locks
from intake.store.address_state import AddressStates
from intake.store.base import StorePart
from intake.store.blobs import Blobs
from intake.store.connection import Connection
from intake.store.rate_counts import RateCounts
from intake.store.schema import tables
from intake.store.schema.tables import Entry, Outbox, Survey
from intake.store.tickets import SqlTickets
from intake.views import SurveyRow

_OF_THE_DESK = tuple(kind.value for kind in MailKind if kind.budgeted)


class SqlSurveys(StorePart):
    """Reading what surveys are decided from, and showing them."""

    def __init__(
        self,
        db: Connection,
        blobs: Blobs,
        tickets: SqlTickets,
        addresses: AddressStates,
        rates: RateCounts,
    ) -> None:
        super().__init__(db, blobs)
        self._tickets, self._addresses, self._rates = tickets, addresses, rates

    def candidates(self, now: datetime, before: datetime, limit: int) -> tuple[list[Candidate], int]:
        """Return closed tickets nobody was asked about yet, the earliest closed first, and how many
        automatic mails the desk owed in the last hour.

        Only those closed before `before` and within LOOK_BACK. Within a transaction on
        PostgreSQL this also makes other processes wait that ask.
        """
        if self.db.postgres and self.db.database.in_transaction():
            self.db.sql("SELECT pg_advisory_xact_lock(%s)", locks.SURVEYS)
        model = tables.Ticket
        query = (
            model.select(model.id)
            .where(
                (model.closed_at > now - LOOK_BACK)
                & (model.closed_at <= before)
                & (model.status == Status.CLOSED.value)
                # By the microsecond, where tokens and keys name a closing by its second.
                & ~fn.EXISTS(
                    Survey.select(Survey.id).where(
                        (Survey.ticket == model.id) & (Survey.closed_at == model.closed_at)
                    )
                )
            )
            .order_by(model.closed_at, model.id)
            .limit(limit)
        )
        numbers = [number for (number,) in self.db.rows(query.tuples())]
        if not numbers:
            return [], 0
        return [self._candidate(number, now) for number in numbers], self._automatic_desk(now)

    def _automatic_desk(self, now: datetime) -> int:
        """Return how much automatic mail the desk owed in the last hour; no end of it while braked."""
        if self._rates.braked_at(now) is not None:
            return sys.maxsize
        owed = Outbox.select(fn.COUNT(Outbox.id)).where(
            Outbox.kind.in_(_OF_THE_DESK) & (Outbox.created_at > now - timedelta(hours=1))
        )
        return int(self.db.rows(owed.tuples())[0][0])

    def _candidate(self, number: int, now: datetime) -> Candidate:
        ticket = self._tickets.get(number)
        if ticket is None:
            raise LookupError(f"there is no ticket {number}")
        kinds = Entry.select(Entry.kind).where(Entry.ticket == number).distinct()
        there = {kind for (kind,) in self.db.rows(kinds.tuples())}
        lost = Outbox.select(Outbox.id).where(
            (Outbox.ticket == number)
            & (Outbox.rcpt_key == ticket.requester.key)
            & ((Outbox.delivery == "failed") | (Outbox.state == "failed"))
        )
        last = Outbox.select(fn.MAX(Outbox.created_at)).where(
            (Outbox.kind == MailKind.SURVEY.value)
            & (
                (Outbox.rcpt_ceiling == ceiling_key(ticket.requester.mailbox))
                # Those of before mails were counted by mailbox.
                | (Outbox.rcpt_key == ticket.requester.key)
            )
        )
        asked = self.db.rows(last.tuples())[0][0]
        hour, day, _ = self._rates.owed_to(Address(ticket.requester.mailbox), now)
        return Candidate(
            ticket,
            answered=EntryKind.REPLY.value in there,
            written=EntryKind.CUSTOMER.value in there,
            undeliverable=self.db.first(lost) is not None
            or bool(self._addresses.failed(ticket.requester, now)),
            last_asked=asked,
            automatic_last_hour=hour,
            automatic_last_day=day,
            barred="a flood" if self._flooded(number) else "",
        )

    def _flooded(self, number: int) -> bool:
        """Whether the ticket holds the flood of an address or a domain: nobody is thanked for one."""
        model = tables.Ticket
        return (
            self.db.first(model.select(model.id).where((model.id == number) & (model.flood != "")))
            is not None
        )

    def get(self, ticket: int, closing: int) -> SurveyRow | None:
        """Return the survey about one closing of a ticket, None when nobody was asked about it."""
        surveys = self._surveys((Survey.ticket == ticket) & (Survey.closing == closing), 1)
        return surveys[0] if surveys else None

    def list_surveys(
        self, ticket: int | None = None, answered: bool = False, limit: int = 50
    ) -> list[SurveyRow]:
        """Return surveys, newest first: those of one ticket, or only the `answered` ones."""
        where: Any = Survey.id > 0
        if ticket is not None:
            where = where & (Survey.ticket == ticket)
        if answered:
            where = where & Survey.score.is_null(False)
        return self._surveys(where, limit)

    def _surveys(self, where: Any, limit: int) -> list[SurveyRow]:
        model = Survey
        query = model.select().where(where).order_by(model.id.desc()).limit(limit)
        return [
            SurveyRow(
                survey.ticket,
                survey.closing,
                survey.asked_at,
                survey.skipped,
                survey.score,
                survey.comment,
                bool(survey.consent),
                survey.answered_at,
            )
            for survey in self.db.rows(query)
        ]


def ask(db: Connection, effect: AskSurvey, closed_at: datetime | None, now: datetime) -> None:
    """Write down that a closing was asked about, or never will be; once and for all."""
    closed_at = closed_at or now
    insertion = Survey.insert(
        ticket=effect.ticket,
        closing=closing_of(closed_at),
        closed_at=closed_at,
        asked_at=now,
        skipped=effect.skipped,
    )
    db.run(insertion.on_conflict(action="ignore", conflict_target=[Survey.ticket, Survey.closed_at]))


def record(db: Connection, effect: RecordScore, now: datetime) -> bool:
    """Keep an answer in place of any earlier one. False when this very answer is there."""
    values = {
        "score": effect.score,
        "comment": effect.comment,
        "consent": effect.consent,
        "answered_at": now,
    }
    where = (Survey.ticket == effect.ticket) & (Survey.closing == effect.closing)
    other = (
        Survey.score.is_null()
        | (Survey.score != effect.score)
        | (Survey.comment != effect.comment)
        | (Survey.consent != effect.consent)
    )
    return bool(db.run(Survey.update(**values).where(where & other)))
