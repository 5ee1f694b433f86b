"""Agents and their teams."""

import json
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from peewee import fn

from intake.desk.agent_effects import MarkSummary
from intake.desk.business_time import Calendar
from intake.desk.people import Load
from intake.desk.ticket import Agent, Status, Ticket
from intake.store.base import StorePart
from intake.store.schema import tables
from intake.store.schema.acts import Factor
from intake.views import AgentRow

# Said so that an index finds them: nearly all tickets are closed.
_NOT_CLOSED = tuple(status.value for status in Status if status is not Status.CLOSED)


class SqlAgents(StorePart):
    """Who answers tickets."""

    def enabled(self, team: str = "") -> list[Agent]:
        """Return enabled agents, of one team if named, in the order they were added.

        An agent of no team in particular is of every team.
        """
        return [
            agent
            for agent in self.by_id().values()
            if agent.enabled and (not team or not agent.teams or team in agent.teams)
        ]

    def by_address(self, address: str) -> Agent | None:
        """Return the agent with that address, enabled or not."""
        key = address.strip().lower()
        return next((agent for agent in self.by_id().values() if agent.address.lower() == key), None)

    def by_id(self) -> dict[int, Agent]:
        """Return every agent by id, disabled ones too; read once a transaction."""
        cache = self.db.cache
        if "agents" not in cache:
            # What is written of agents is written at once, but for when they were given a ticket.
            with self.db.beside() if self.db.batch is not None else nullcontext():
                cache["agents"] = self._loaded()
        agents: dict[int, Agent] = cache["agents"]
        return agents

    def _loaded(self) -> dict[int, Agent]:
        # Asked in the same statement: it is asked for each set of mails.
        factor = fn.EXISTS(Factor.select(Factor.person).where(Factor.person == tables.Agent.id))
        agents = tables.Agent.select(tables.Agent, factor.alias("has_factor")).order_by(tables.Agent.id)
        loaded = {
            row.id: Agent(
                row.id,
                row.name,
                row.address,
                (),
                row.enabled,
                shift_of(row.shift, row.timezone),
                row.away_until,
                row.notify,
                row.digest_minutes,
                row.digest_at,
                row.language,
                colleagues=bool(row.colleagues),
                editor=bool(row.editor),
                factor=bool(row.has_factor),
                own_zone=ZoneInfo(row.timezone) if row.timezone else None,
            )
            for row in self.db.rows(agents)
        }
        query = tables.AgentTeam.select().order_by(tables.AgentTeam.team)
        for row in self.db.rows(query):
            if row.agent in loaded:
                agent = loaded[row.agent]
                loaded[row.agent] = replace(agent, teams=(*agent.teams, row.team))
        return loaded

    def list_agents(self) -> list[AgentRow]:
        """Return every agent, newest first."""
        return [agent_row(agent) for agent in reversed(self.by_id().values())]

    def add(self, address: str, name: str, teams: tuple[str, ...], now: datetime) -> Agent:
        """Add an agent, or give the one with this address a new name and teams and enable it."""
        address = address.strip()
        with self.transaction():
            there = self.by_address(address)
            if there is None:
                agent_id: int = self.db.run(
                    tables.Agent.insert(name=name, address=address, key=address.lower(), created_at=now)
                )
            else:
                agent_id = there.id
                self.db.run(
                    tables.Agent.update(name=name, address=address, enabled=True).where(
                        tables.Agent.id == agent_id
                    )
                )
                self.db.run(tables.AgentTeam.delete().where(tables.AgentTeam.agent == agent_id))
            for team in sorted(set(teams)):
                self.db.run(tables.AgentTeam.insert(agent=agent_id, team=team).as_rowcount())
            self.db.cache.clear()
            return self.by_id()[agent_id]

    def change(self, address: str, **columns: object) -> bool:
        """Change what an agent wishes (`shift` a week or None, `timezone`, `away_until`, `notify`,
        `digest_minutes`, `digest_at`, `colleagues`, `language`) or may do (`editor`).
        False for no such agent."""
        if "shift" in columns:
            columns["shift"] = json.dumps(columns["shift"]) if columns["shift"] else ""
        with self.transaction():
            query = tables.Agent.update(**columns).where(tables.Agent.key == address.strip().lower())
            done = bool(self.db.run(query))
            self.db.cache.clear()
            return done

    def mark_summary(self, effect: MarkSummary) -> None:
        """Note up to when an agent was told of everything."""
        self.db.run(tables.Agent.update(digest_at=effect.at).where(tables.Agent.id == effect.agent))
        self.db.cache.clear()

    def loads(self) -> dict[int, Load]:
        """Return what each agent has to do, by id."""
        batch = self.db.batch
        if batch is None:
            return self._loads()
        if "loads" not in batch.known:
            with self.db.beside():
                batch.known["loads"] = self._loads()
        loads: dict[int, Load] = dict(batch.known["loads"])
        for number, ticket in batch.tickets.items():
            for agent, more in ((_busy(batch.loaded.get(number)), -1), (_busy(ticket), 1)):
                if agent in loads:
                    loads[agent] = replace(loads[agent], open=loads[agent].open + more)
        for agent, row in self.db.changes_of(tables.Agent).items():
            if agent in loads:
                loads[agent] = replace(loads[agent], given_at=row["given_at"])
        return loads

    def _loads(self) -> dict[int, Load]:
        open_now = (
            tables.Ticket.select(tables.Ticket.assignee, fn.COUNT(tables.Ticket.id))
            .where(tables.Ticket.status.in_(_NOT_CLOSED) & tables.Ticket.assignee.is_null(False))
            .group_by(tables.Ticket.assignee)
        )
        many = dict(self.db.rows(open_now.tuples()))
        assigned = tables.Agent.select(tables.Agent.id, tables.Agent.given_at)
        return {agent_id: Load(many.get(agent_id, 0), at) for agent_id, at in self.db.rows(assigned.tuples())}

    def disable(self, address: str) -> bool:
        """Let an agent neither answer nor be told any more. False when there is none enabled."""
        with self.transaction():
            query = tables.Agent.update(enabled=False).where(
                (tables.Agent.key == address.strip().lower()) & (tables.Agent.enabled == True)  # noqa: E712
            )
            done = bool(self.db.run(query))
            self.db.cache.clear()
            return done


def _busy(ticket: Ticket | None) -> int | None:
    """Return whose open ticket this is, None when it is nobody's."""
    if ticket is None or ticket.assignee is None or ticket.status is Status.CLOSED:
        return None
    return ticket.assignee.id


@lru_cache(maxsize=256)
def shift_of(week: str, zone: str) -> Calendar | None:
    """Return a shift; the same text gives the same object, so that agents can be compared."""
    if not week:
        return None
    spans = tuple(tuple((begin, end) for begin, end in day) for day in json.loads(week))
    return Calendar("shift", ZoneInfo(zone) if zone else UTC, spans)


def agent_row(agent: Agent) -> AgentRow:
    """Return what is shown of an agent."""
    return AgentRow(
        agent.id,
        agent.name,
        agent.address,
        agent.teams,
        agent.enabled,
        agent.away_until,
        agent.notify,
        agent.shift,
        agent.language,
        agent.editor,
    )
