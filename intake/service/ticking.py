"""What time alone causes besides SLA targets: unsnoozed tickets, digests, surveys, news of colleagues.

Each ticket and each agent on its own: one that fails keeps no other
waiting, and `Retries` notifies a person.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

from intake.desk import colleagues, gathered, silence, waiting_alone
from intake.desk import digest as digests
from intake.desk.effects import Effect
from intake.desk.lifecycle import wake
from intake.desk.surveys import due_surveys
from intake.desk.text.said import said
from intake.desk.ticket import Agent, EntryKind
from intake.desk.undo import Relayed
from intake.desk.waiting import reminder
from intake.ports import Temporary
from intake.service.deciding import Deciding
from intake.service.retries import Retries

SURVEY_BATCH = 200
# So many tickets' news of colleagues are told in one transaction.
NEWS_BATCH = 50


class Every:
    """Says no more often than each so long that something is to be done. For one thread."""

    def __init__(self, pause: timedelta) -> None:
        self._pause = pause
        self._last: datetime | None = None

    def due(self, now: datetime) -> bool:
        """Whether it is to be done now, which it then is."""
        # Of a clock that was set back, the time between counts as well.
        if self._last is not None and abs(now - self._last) < self._pause:
            return False
        self._last = now
        return True


class Ticking:
    """The steps, over one store. `woken` is told outbox ids that became due."""

    def __init__(self, deciding: Deciding, retries: Retries, woken: Callable[[Sequence[int]], None]) -> None:
        self._deciding, self._store, self._policy = deciding, deciding.store, deciding.policy
        self._clock, self._retries, self._woken = deciding.clock, retries, woken

    def wake_snoozed(self, limit: int) -> None:
        """Unsnooze the tickets whose snooze is over. Safe to call from several processes at once."""
        for number in self._store.lookups.asleep(self._clock(), limit):
            task = said("Unsnoozing ticket {number}", number=number)
            self._retries.attempt(f"snooze {number}", task, partial(self._wake, number), self._clock())

    def _wake(self, number: int) -> None:
        with self._store.transaction():
            # Read again within it: another process may have been quicker.
            match = self._store.tickets.match(number)
            ticket = self._store.tickets.get(number)
            if match is None or ticket is None or ticket.snoozed_until is None:
                return
            if ticket.snoozed_until > self._clock():
                return
            effects = wake(ticket, match.agents or match.team, self._policy)
            applied = self._deciding.carry_out(effects, self._clock())
        self._woken(applied.outbox_ids)

    def close_silent(self, now: datetime, limit: int) -> None:
        """Remind requesters of whom nothing is heard, and close their tickets. Safe in several processes at
        once: each ticket is decided on anew in a transaction of its own, which keeps others from it."""
        lost = self._store.silence.lost(now)
        for number in self._store.silence.due(now, silence.latest(self._policy, now), limit):
            task = f"Closing ticket {number} after silence"
            room: list[bool] = []
            work = partial(self._close_silent, number, now, lost, room)
            if self._retries.attempt(f"silence {number}", task, work, now) and not all(room):
                return

    def _close_silent(self, number: int, now: datetime, lost: timedelta, room: list[bool]) -> None:
        with self._store.transaction():
            waiting = self._store.silence.waiting(number, now)
            if waiting is None:
                return
            step = silence.decide(waiting, self._policy, now, lost)
            room.append(not step.full)
            if step.full:
                return
            applied = self._deciding.carry_out(step.effects, now)
            self._store.silence.remember(number, step.note)
        self._woken(applied.outbox_ids)

    def tell_colleagues(self) -> None:
        """Queue what agents are told of their colleagues. Safe to call from several processes at once."""
        now = self._clock()
        due = [
            number
            for number in self._store.colleagues.due(now, NEWS_BATCH)
            if not self._retries.rests(f"colleagues {number}", now)
        ]
        if not due:
            return
        failed: dict[int, Exception] = {}
        owed: list[int] = []
        with self._store.transaction():
            for pending in self._store.colleagues.pending(due, now):
                try:
                    with self._store.savepoint():
                        applied = self._deciding.carry_out(colleagues.telling(pending, now), now)
                    owed += applied.outbox_ids
                except Temporary:
                    raise
                except Exception as err:
                    failed[pending.ticket.id] = err
        self._woken(owed)
        for number, failure in failed.items():
            task = said("Telling colleagues of ticket {number}", number=number)
            self._retries.failed(f"colleagues {number}", task, failure, now)

    def send_digests(self) -> None:
        """Queue the digests that are due. Safe to call from several processes at once."""
        now = self._clock()
        for agent in self._store.agents.enabled():
            since = digests.due(agent, now)
            if since is not None:
                work = partial(self._digest, agent, since, now)
                task = said("The digest of agent {number}", number=agent.id)
                self._retries.attempt(f"digest {agent.id}", task, work, now)

    def _digest(self, agent: Agent, since: datetime, now: datetime) -> None:
        with self._store.transaction():
            day = digests.spam_day(agent, since, now, self._policy)
            spam = self._store.lookups.spam(agent, day) if day is not None else 0
            news = self._store.lookups.news(agent, since)
            thanked = self._store.lookups.thanked(agent, since)
            silent = self._store.lookups.silent(agent, since)
            blocks = self._store.blocks.listed()
            effects = digests.digest(agent, since, news, now, self._policy, spam, thanked, silent, blocks)
            if effects:
                self._deciding.carry_out(effects, now)

    def tell_thanks(self, now: datetime) -> None:
        """Queue what agents are told of thanks alone. Safe to call from several processes at once."""
        for agent in self._store.agents.enabled():
            since = digests.thanks_since(agent, now)
            if since is not None:
                work = partial(self._thanks, agent, since, now)
                self._retries.attempt(f"thanks {agent.id}", f"Telling agent {agent.id} of thanks", work, now)

    def _thanks(self, agent: Agent, since: datetime, now: datetime) -> None:
        with self._store.transaction():
            effects = digests.thanks(agent, self._store.lookups.only_thanks(agent, since), now)
            if effects:
                self._woken(self._deciding.carry_out(effects, now).outbox_ids)

    def tell_kept(self) -> None:
        """Queue the mails that tell agents of their own that were kept. Safe in several processes at once."""
        now = self._clock()
        agents = {agent.id: agent for agent in self._store.agents.enabled()}
        for number in self._store.tellings.due(now):
            agent = agents.get(number)
            if agent is not None:
                task = said("Telling agent {number} of mails that were kept", number=number)
                self._retries.attempt(f"kept {number}", task, partial(self._tell_kept, agent, now), now)

    def _tell_kept(self, agent: Agent, now: datetime) -> None:
        with self._store.transaction():
            effects = gathered.told(agent, self._store.tellings.waiting(agent.id), self._policy)
            applied = self._deciding.carry_out(effects, now)
        self._store.tellings.forget(now - gathered.DAY)
        self._woken(applied.outbox_ids)

    def remind_of_drafts(self, now: datetime) -> None:
        """Queue the reminders of drafts that wait. Safe to call from several processes at once."""
        unsent = self._store.tickets.unsent(None, now)
        for agent in self._store.agents.enabled() if unsent else ():
            drafts = [draft for draft in unsent if draft.agent == agent.id]
            if reminder(agent, drafts, now):
                task = said("Reminding agent {number} of drafts", number=agent.id)
                self._retries.attempt(f"drafts {agent.id}", task, partial(self._remind, agent, now), now)

    def _remind(self, agent: Agent, now: datetime) -> None:
        with self._store.transaction():
            effects = reminder(agent, self._store.tickets.unsent(agent.id, now), now)
            applied = self._deciding.carry_out(effects, now)
        self._woken(applied.outbox_ids)

    def take_back(self, now: datetime) -> None:
        """Take back the replies that wait a day for want of a second person, where something has happened in
        their ticket. Safe to call from several processes at once."""
        for number, reply in self._store.tickets.waiting_long(now):
            task = f"Taking back reply {reply.entry}"
            self._retries.attempt(
                f"reply {reply.entry}", task, partial(self._take_back, number, reply, now), now
            )

    def _take_back(self, number: int, reply: Relayed, now: datetime) -> None:
        with self._store.transaction():
            ticket, entries = self._store.tickets.get(number), self._store.tickets.entries(number)
            at = next((entry.created_at for entry in entries if entry.id == reply.entry), None)
            if ticket is None or at is None:
                return
            agent = next((each for each in self._store.agents.enabled() if each.id == reply.agent), None)
            own = agent.address.lower() if agent is not None else ""
            since = [
                waiting_alone.Since(row.kind, row.author_name, row.author, row.created_at, row.text)
                for row in entries
                if row.id > reply.entry
                and (row.kind is not EntryKind.DRAFT or (row.waiting and row.author.lower() != own))
            ]
            why = waiting_alone.overtaken(ticket, at, since)
            if not why:
                return
            replaced = any(each.kind is EntryKind.REPLY and each.author.lower() == own for each in since)
            effects = waiting_alone.taken_back(ticket, reply, agent, why, replaced)
            applied = self._deciding.carry_out(effects, now)
        self._woken(applied.outbox_ids)

    def ask_surveys(self, now: datetime) -> None:
        """Queue the surveys whose delay is over. Safe to call from several processes at once."""
        before = now - timedelta(hours=self._policy.survey.delay_hours)
        failed: dict[int, Exception] = {}
        with self._store.transaction():
            candidates, sent = self._store.surveys.candidates(now, before, SURVEY_BATCH)
            effects = due_surveys(candidates, sent, self._policy, now)
            for number, asking in groupby(effects, key=lambda effect: effect.ticket):
                if self._retries.rests(f"survey {number}", now):
                    continue
                try:
                    self._ask(list(asking), now)
                except Temporary:
                    raise
                except Exception as err:
                    failed[number] = err
        for number, failure in failed.items():
            task = said("The survey of ticket {number}", number=number)
            self._retries.failed(f"survey {number}", task, failure, now)

    def _ask(self, asking: Sequence[Effect], now: datetime) -> None:
        with self._store.savepoint():
            self._deciding.carry_out(asking, now)
