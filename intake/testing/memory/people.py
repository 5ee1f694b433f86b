"""Agents, and addresses that mail could not be delivered to, in memory."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from intake.desk.agent_effects import MarkSummary
from intake.desk.facts import FAILED_DAYS
from intake.desk.message import Address
from intake.desk.people import Load
from intake.desk.ticket import Agent, Status
from intake.store.address_state import MAX_REASON
from intake.store.agents import agent_row, shift_of
from intake.testing.memory.rows import StoredAgent
from intake.testing.memory.state import MemoryPart
from intake.views import AgentRow


class MemoryAgents(MemoryPart):
    """Who answers tickets."""

    def enabled(self, team: str = "") -> list[Agent]:
        """Return enabled agents, of one team if named, in the order they were added."""
        enabled = (agent for agent in self.by_id().values() if agent.enabled)
        return [agent for agent in enabled if not team or not agent.teams or team in agent.teams]

    def by_address(self, address: str) -> Agent | None:
        """Return the agent with that address, enabled or not."""
        row = self._row(address)
        return row.agent if row else None

    def by_id(self) -> dict[int, Agent]:
        """Return every agent by id, disabled ones too."""
        return {row.id: row.agent for row in self._now.agents}

    def list_agents(self) -> list[AgentRow]:
        """Return every agent, newest first."""
        return [agent_row(agent) for agent in reversed(self.by_id().values())]

    def loads(self) -> dict[int, Load]:
        """Return what each agent has to do, by id."""
        open_now = [row.assignee for row in self._now.tickets if row.ticket.status is not Status.CLOSED]
        return {row.id: Load(open_now.count(row.id), row.given_at) for row in self._now.agents}

    def add(self, address: str, name: str, teams: tuple[str, ...], now: datetime) -> Agent:
        """Add an agent, or give the one with this address a new name and teams and enable it."""
        address, teams = address.strip(), tuple(sorted(set(teams)))
        with self._memory.transaction() as state:
            row = self._row(address)
            if row is None:
                row = state.agents.add(lambda number: StoredAgent(number, Agent(number, name, address)))
            agent = replace(row.agent, name=name, address=address, teams=teams, enabled=True)
            return state.agents.change(row.id, agent=agent).agent

    def change(self, address: str, **columns: object) -> bool:
        """Change what an agent wishes. False when there is no such agent."""
        with self._memory.transaction() as state:
            row = self._row(address)
            if row is None:
                return False
            week, zone = row.shift
            wishes: dict[str, Any] = dict(columns)
            if "shift" in wishes:
                week = json.dumps(wishes.pop("shift") or "").strip('"')
            zone = wishes.pop("timezone", zone)
            own = ZoneInfo(zone) if zone else None
            agent = replace(row.agent, **wishes, shift=shift_of(week, zone), own_zone=own)
            state.agents.change(row.id, agent=agent, shift=(week, zone))
            return True

    def disable(self, address: str) -> bool:
        """Let an agent neither answer nor be told any more. False when there is none enabled."""
        with self._memory.transaction():
            row = self._row(address)
            return bool(row and row.agent.enabled and self.change(address, enabled=False))

    def mark_summary(self, effect: MarkSummary) -> None:
        """Note up to when an agent was told of everything."""
        row = self._now.agents.get(effect.agent)
        if row is not None:
            self._now.agents.change(row.id, agent=replace(row.agent, digest_at=effect.at))

    def _row(self, address: str) -> StoredAgent | None:
        key = address.strip().lower()
        return next((row for row in self._now.agents if row.agent.address.lower() == key), None)


class MemoryAddresses(MemoryPart):
    """Which addresses our mail could not be delivered to."""

    def mark(self, address: str, reason: str, now: datetime) -> None:
        """Remember why mail to `address` failed, or with an empty `reason` forget that it did."""
        if reason:
            self._now.failures[address.lower()] = (now, reason[:MAX_REASON])
        else:
            self._now.failures.pop(address.lower(), None)

    def failed(self, address: Address | None, now: datetime) -> str:
        """Return why mail to `address` failed in the last FAILED_DAYS days, "" when it did not."""
        failure = self._now.failures.get(address.key) if address and address.mailbox else None
        return failure[1] if failure and failure[0] > now - timedelta(days=FAILED_DAYS) else ""
