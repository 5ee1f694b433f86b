"""Messages that are decided on together: what was asked for all of them, as the decisions have left it."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from intake.desk.ticket import Ticket
from intake.ports import Asked, Temporary
from intake.store.connection import Alone, Connection
from intake.store.failures import DATABASE_ERRORS

if TYPE_CHECKING:
    from intake.store.gathering import Gathering

T = TypeVar("T")

log = logging.getLogger("intake.store")


@dataclass(slots=True, eq=False)
class Batch:
    """The messages (`asked`, in their order), and what is known of what they concern.

    `tickets` are as the decisions before have left them, `loaded` as the database had them.
    `locked` are the ledger rows that wait still and are ours in this transaction.
    """

    db: Connection
    asked: Sequence[Asked]
    locked: frozenset[int]
    done: set[int] = field(default_factory=set)
    tickets: dict[int, Ticket | None] = field(default_factory=dict)
    loaded: dict[int, Ticket] = field(default_factory=dict)
    answered: dict[int, set[int]] = field(default_factory=dict)
    known: dict[Any, Any] = field(default_factory=dict)
    gathered: "Gathering | None" = None

    def part(self, ledger_id: int, decide: Callable[[], T]) -> T:
        """Decide on one message in a part of the transaction that can fail alone."""
        try:
            with self.db.as_a_set(self), self.db.savepoint():
                return decide()
        except Alone:
            # It asked for what is only known once everything before it is written.
            pass
        except DATABASE_ERRORS as err:
            problem = f"what messages concern could not be asked together ({type(err).__name__})"
            raise Temporary(problem) from err
        except Temporary:
            raise
        except Exception:
            # Nobody may fail because of others: it fails when it does so alone.
            log.debug("decided on alone after a failure", extra={"ledger": ledger_id}, exc_info=True)
        finally:
            self.done.add(ledger_id)
        self.write()
        try:
            with self.db.savepoint():
                return decide()
        finally:
            self.forget()

    def write(self) -> None:
        """Write what was decided. Raises Temporary where it cannot be: whose fault it is, nobody can say."""
        try:
            self.db.flush()
        except Temporary:
            raise
        except Exception as err:
            raise Temporary(
                f"what was decided on together could not be written ({type(err).__name__})"
            ) from err

    def left(self) -> list[Asked]:
        """Return the messages that were not decided on yet."""
        return [asked for asked in self.asked if asked.ledger_id not in self.done]

    def forget(self) -> None:
        """Ask everything anew: somebody else may have written."""
        self.tickets, self.loaded, self.answered, self.known = {}, {}, {}, {}
        self.gathered = None

    def keep(self, tickets: Iterable[Ticket]) -> None:
        """Take tickets as a decision has left them; taken back when its part fails."""
        for ticket in tickets:
            number = ticket.id
            there, before = number in self.tickets, self.tickets.get(number)
            # As the database would give it.
            people = tuple(sorted(ticket.participants, key=str.lower))
            self.tickets[number] = replace(ticket, participants=people)

            def back(number: int = number, there: bool = there, before: Ticket | None = before) -> None:
                if there:
                    self.tickets[number] = before
                else:
                    del self.tickets[number]

            self.db.writes.remember(back)
