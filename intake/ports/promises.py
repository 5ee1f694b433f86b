"""Promises with their escalations and calls of the webhook; surveys; and the budgets of automatic mail."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from intake.desk.policy import Policy
from intake.desk.sla_ladder import DuePromise
from intake.desk.surveys import Candidate
from intake.ports.values import OwedPage
from intake.views import EscalationRow, PromiseRow, SurveyRow


class Promises(Protocol):
    """What the clock and the command line ask of promises."""

    def due(self, now: datetime, limit: int) -> Sequence[tuple[int, int]]:
        """Return promises a step of whose ladder is due, each with its ticket, the longest due first."""

    def due_promise(self, promise: int, ticket: int, policy: Policy, now: datetime) -> DuePromise | None:
        """Return a due promise with its ticket, which is kept from changing; None when it is due no more."""

    def put_off(self, promise: int, until: datetime) -> None:
        """Look at a promise again later: a step of it could not be done."""

    def of_ticket(self, ticket: int) -> list[PromiseRow]:
        """Return all that was ever promised in a ticket, the oldest first."""

    def list_escalations(
        self, ticket: int | None = None, states: tuple[str, ...] = ("open", "acked"), limit: int = 50
    ) -> list[EscalationRow]:
        """Return escalations in these states, newest first; () is any."""

    def escalation(self, number: int) -> EscalationRow | None:
        """Return one escalation, None when there is none of that number."""

    def due_page(self, now: datetime) -> OwedPage | None:
        """Take the call of the webhook that is due first, for as long as a lease lasts; None when none is."""

    def page_sent(self, number: int, now: datetime) -> None:
        """Record that the other side took it."""

    def page_failed(self, number: int, reason: str, until: datetime | None) -> None:
        """Record why it did not; it is due again at `until`, None: never."""


class Surveys(Protocol):
    """What surveys are decided from, and what was answered."""

    def candidates(self, now: datetime, before: datetime, limit: int) -> tuple[list[Candidate], int]:
        """Return tickets closed before `before` nobody was asked about, the earliest closed first, and
        how many automatic mails the desk owed in the last hour."""

    def get(self, ticket: int, closing: int) -> SurveyRow | None:
        """Return the survey about one closing of a ticket, None when nobody was asked about it."""

    def list_surveys(
        self, ticket: int | None = None, answered: bool = False, limit: int = 50
    ) -> list[SurveyRow]:
        """Return surveys, newest first: those of one ticket, or only the `answered` ones."""


class Rates(Protocol):
    """The circuit breaker of automatic mail."""

    def braked_at(self, now: datetime) -> datetime | None:
        """Return when the breaker was pulled, None when it does not hold."""

    def pull_brake(self, now: datetime) -> None:
        """Stop automatic mail from now on, for an hour or until it is released."""

    def release_brake(self, now: datetime) -> bool:
        """Let automatic mail go again and begin counting anew. False when it was not stopped."""
