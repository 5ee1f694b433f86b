"""Tickets, the agents who answer them, and what is asked of many tickets at once."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from intake.desk.canned_texts import ApprovedText, CannedText
from intake.desk.colleagues import Pending
from intake.desk.digest import News
from intake.desk.facts import Collision, Draft, TicketMatch
from intake.desk.kept_files import KeptFile
from intake.desk.lookup import LookupRequest, LookupResult, TicketLine
from intake.desk.message import Address
from intake.desk.people import Load
from intake.desk.persons import Person
from intake.desk.ticket import Agent, Ticket
from intake.desk.undo import Relayed
from intake.desk.unsent import WaitingDraft
from intake.views import AgentRow, EntryRow, TicketFilter, TicketRow


class Tickets(Protocol):
    """Single tickets and what hangs on them."""

    def get(self, number: int) -> Ticket | None:
        """Return a ticket's snapshot, or None when there is no such number."""

    def match(self, number: int | None) -> TicketMatch | None:
        """Return a ticket with its assignee, its watchers, those who answered in it and its team, as far as
        enabled.

        Of one that was merged, the ticket that it went into.
        """

    def end(self, ticket: Ticket) -> Ticket:
        """Return the ticket that gets this one's mail: itself, or the last of those it was merged into."""

    def entries(self, ticket: int) -> list[EntryRow]:
        """Return a ticket's history, oldest first."""

    def links(self, ticket: int) -> list[int]:
        """Return the tickets that were linked with this one."""

    def merged(self, ticket: int) -> list[int]:
        """Return the tickets that were merged into this one, not those merged into them."""

    def unsent(self, agent: int | None, now: datetime) -> list[WaitingDraft]:
        """Return the drafts that wait, of one agent (id) or all, the oldest first."""

    def draft(self, entry: int) -> Draft | None:
        """Return a draft that may be confirmed, or was; without its message."""

    def asking(self, ticket: int, entry: int) -> Agent | None:
        """Return the agent who asked somebody outside a ticket by this entry; None when they are gone."""

    def question_to(self, ticket: int, address: Address) -> int | None:
        """Return the entry of the newest question that went from a ticket to an address outside it; None for
        none."""

    def relayed(self, ticket: int, agent: int | None = None) -> Relayed | None:
        """Return the newest answer in a ticket that can still be withdrawn (of one agent, if named)."""

    def waiting_long(self, now: datetime) -> list[tuple[int, Relayed]]:
        """Return the answers that wait for hours because nobody could confirm them, with their tickets."""

    def overtaken(self, ticket: int, agent: Agent, ids: Sequence[str], now: datetime) -> Collision | None:
        """Return another agent's answer that `agent` cannot have seen when they wrote theirs.

        `ids` are the Message-IDs that their mail names.
        """

    def file(self, sha256: str) -> bytes | None:
        """Return the bytes of a file by their sha256."""

    def chunks(self, sha256: str) -> Iterator[bytes] | None:
        """Return the bytes of a file piece by piece, None where there is no such file.

        The last piece comes when all of them were found to be right. Raises Temporary.
        """

    def file_of(self, ticket: int, digest: str) -> KeptFile | None:
        """Return the file of a ticket whose sha256 begins with `digest` (hex), None where it has none."""


class Agents(Protocol):
    """Who answers tickets."""

    def enabled(self, team: str = "") -> list[Agent]:
        """Return enabled agents, of one team if named, in the order they were added.

        An agent of no team in particular is of every team.
        """

    def by_address(self, address: str) -> Agent | None:
        """Return the agent with that address, enabled or not."""

    def by_id(self) -> Mapping[int, Agent]:
        """Return every agent by id, disabled ones too."""

    def list_agents(self) -> list[AgentRow]:
        """Return every agent, newest first."""

    def loads(self) -> Mapping[int, Load]:
        """Return what each agent has to do, by id."""

    def add(self, address: str, name: str, teams: tuple[str, ...], now: datetime) -> Agent:
        """Add an agent, or give the one with this address a new name and teams and enable it."""

    def change(self, address: str, **columns: object) -> bool:
        """Change what an agent wishes (`shift` a week or None, `timezone`, `away_until`, `notify`,
        `digest_minutes`, `digest_at`, `colleagues`, `language`). False when there is no such agent."""

    def disable(self, address: str) -> bool:
        """Let an agent neither answer nor be told any more. False when there is none enabled."""


class Colleagues(Protocol):
    """What colleagues did with tickets, and who is still to be told of it."""

    def due(self, now: datetime, limit: int) -> list[int]:
        """Return tickets with news that is to be looked at, those that wait longest first."""

    def pending(self, numbers: Sequence[int], now: datetime) -> list[Pending]:
        """Return the news of these tickets, and how every enabled agent stands to it."""


class Lookups(Protocol):
    """What the commands of agents and the clock ask of many tickets."""

    def look_up(
        self, wanted: LookupRequest, agent: Agent | None, ticket: int | None, now: datetime
    ) -> LookupResult:
        """Return what the commands of an agent (None: an admin) in a ticket (None: in none) ask for."""

    def tickets_for(self, name: str, agent: Agent | None, now: datetime) -> tuple[TicketLine, ...]:
        """Return a list by its name (`intake.desk.lookup`): what is due first comes first."""

    def canned(self) -> tuple[CannedText, ...]:
        """Return the canned responses that the database has, by name and language."""

    def approved(self) -> tuple[ApprovedText, ...]:
        """Return the texts that may pass the guard, by name."""

    def older_canned(self, name: str) -> tuple[CannedText, ...]:
        """Return what was replaced or deleted of a canned response, the newest first."""

    def person(self, address: str, now: datetime) -> Person:
        """Return what is known of the person of an address."""

    def news(self, agent: Agent, since: datetime) -> list[News]:
        """Return the tickets, the agent's or nobody's in their teams, in which somebody wrote since."""

    def thanked(self, agent: Agent, since: datetime) -> list[int]:
        """Return the closed tickets, the agent's or nobody's in their teams, in which somebody only thanked
        since (aware); the earliest first."""

    def silent(self, agent: Agent, since: datetime) -> list[int]:
        """Return the tickets, the agent's or nobody's in their teams, that were closed since (aware) because
        nothing was heard; the earliest first."""

    def only_thanks(self, agent: Agent, since: datetime) -> list[News]:
        """Return an agent's answered or closed tickets in which somebody only thanked since (aware); the
        earliest first, with the newest of such words."""

    def spam(self, agent: Agent | None, since: datetime) -> int:
        """Return how many tickets were taken for spam that came since, of all teams or an agent's."""

    def asleep(self, now: datetime, limit: int) -> list[int]:
        """Return tickets whose snooze is over, the earliest first."""


class Listing(Protocol):
    """Lists of tickets, newest first, never without a limit."""

    def list_tickets(
        self, status: str | None = None, team: str | None = None, assignee: str | None = None, limit: int = 50
    ) -> list[TicketRow]:
        """Return tickets; `assignee` is an agent's address, "" for tickets of nobody."""

    def find_tickets(self, wanted: TicketFilter, limit: int = 50) -> list[TicketRow]:
        """Return the newest tickets that fit everything `wanted`."""

    def search(self, text: str, limit: int = 50) -> list[int]:
        """Return the newest tickets that hold all that is asked for (`words.asked`)."""
