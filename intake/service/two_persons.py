"""Two persons for what cannot be taken back: asking for an act, and doing one that may be done.

How to guard an act with it, at the command line (`intake.commands.permits` does these lines):

    permit = two.ask(Plan("export", ticket=12, details={"revision": "2026-11-30T12:00"}), reason, by, now)
    if isinstance(permit, Waiting): tell the person `permit.request.id` and that nothing was done
    with store.transaction():
        two.use(permit, now)      # raises UserError where somebody was quicker
        ... the act itself, exactly what the plan says ...

The command is run twice with the same words: the first time it asks, and once a second person has agreed
(`intake act approve N`) it finds its approved request by the plan's digest and goes on. So whatever the act
was decided on must stand in `details`: if that changed meanwhile, it is another plan, and it asks anew.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from intake.desk import acts
from intake.desk.acts import Actor, Plan, Request, State
from intake.desk.effects import Effect, Mail, MailKind, Record
from intake.desk.mails import alerts
from intake.desk.message import Address
from intake.desk.sensitive.scan import hidden
from intake.desk.text.said import joined, said
from intake.desk.ticket import NO_TICKET, Agent
from intake.ports import UserError
from intake.ports.acts import Acts, FactorRows

# So many agents are asked.
MOST_ASKED = 5


@dataclass(frozen=True, slots=True)
class Permit:
    """An act may be done. `request` is the number that is used up by it, 0 where none was needed."""

    request: int = 0
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """An act may not be done yet. `asked`: it was asked for just now."""

    request: Request
    asked: bool


@dataclass(frozen=True, slots=True)
class TwoPersons:
    """`act` applies effects, `transaction` begins what is done whole or not at all; `agents` are those who
    are enabled, `admin` the address of [desk] admin, "" for none."""

    rows: Acts
    factors: FactorRows
    agents: Callable[[], Sequence[Agent]]
    admin: str
    act: Callable[[Sequence[Effect]], object]
    transaction: Callable[[], AbstractContextManager[object]]

    def ask(
        self, plan: Plan, reason: str, by: Actor, now: datetime, authority: str, break_glass: bool = False
    ) -> Permit | Waiting:
        """Return whether an act may be done; where it needs a second person, ask for one.

        `reason` is why, in the asker's words, `authority` what the audit says of how they asked. With
        `break_glass` it may be done at once: everybody is told, and `intake check` fails until two people
        have acknowledged it. Raises UserError where a reason is needed and there is none.
        """
        holders = frozenset(self.factors.holders())
        if not acts.needs_two(plan.kind, len(holders)):
            return Permit()
        there = self.rows.of(plan.digest, now)
        if there is not None and there.usable(now):
            return Permit(there.id)
        if len(reason.strip()) < acts.SHORTEST_REASON:
            raise UserError("This cannot be taken back and needs a reason: give it with --reason.")
        if there is not None and not break_glass:
            return Waiting(there, asked=False)
        others = [
            agent
            for agent in self.agents()
            if agent.id in holders and not acts.alike(agent.address, by.agent)
        ]
        ready_at, expires = acts.lasting(not others, now)
        with self.transaction():
            number = self.rows.file(plan, hidden(reason.strip()), by, now, ready_at, expires)
            request = self.rows.get(number)
            assert request is not None
            if break_glass:
                self.rows.break_glass(number)
                self._tell(plan, request, self.agents(), authority, _broken(plan, request), "did alone")
                return Permit(number, alone=True)
            self._tell(plan, request, others[:MOST_ASKED], authority, _asked(plan, request), "asked for")
        return Waiting(request, asked=True)

    def use(self, permit: Permit, now: datetime) -> None:
        """Use a permit up, in the transaction that does the act. Raises UserError for one that is gone."""
        if permit.request and not permit.alone and not self.rows.use(permit.request, now):
            raise UserError(f"Act {permit.request} was done or refused meanwhile. Run `intake act list`.")

    def tell_of_factor(self, agent: Agent, key: str) -> None:
        """Tell every agent and the admin that an agent was given a second factor, or lost one: who can do
        that could become a second person. `key` is of this change alone."""
        text = said(
            "The second factor of {agent} was changed at the command line. Who did it stands in "
            "`intake audit`. If you did not expect this, ask at once.",
            agent=agent.address,
        )
        self.act(self._mails(self.agents(), text, f"factor:{key}"))

    def approve(self, number: int, by: Actor, now: datetime, authority: str) -> Request:
        """Agree to an act as its second person. Raises UserError with the reason where it does not count."""
        request = self._open(number, now)
        if acts.same_person(request.by, by):
            raise UserError(
                f"Act {number} needs another person than who asked for it ({request.by.name}), with a code "
                "of their own. Give --as AGENT and --code."
            )
        return self._settled(request, State.APPROVED, by, now, authority)

    def refuse(self, number: int, by: Actor, now: datetime, authority: str) -> Request:
        """Refuse an act, or withdraw one's own. Raises UserError where it is settled."""
        request = self._open(number, now)
        return self._settled(request, State.REFUSED, by, now, authority)

    def acknowledge(self, number: int, by: Actor, now: datetime, authority: str) -> Request:
        """Note that somebody saw what was done alone; two people must. Raises UserError for no such act."""
        with self.transaction():
            request = self.rows.seen(number, by.name)
            if request is None:
                raise UserError(f"Act {number} was not done alone. Run `intake act list`.")
            self.act([Record(by.name, authority, f"acknowledged act {number}: {request.kind}", NO_TICKET)])
        return request

    def _settled(self, request: Request, state: State, by: Actor, now: datetime, authority: str) -> Request:
        with self.transaction():
            if not self.rows.settle(request.id, state, by.name, now):
                raise UserError(f"Act {request.id} was settled meanwhile. Run `intake act list`.")
            action = f"{state.value} act {request.id}: {request.kind}"
            self.act([Record(by.name, authority, action, request.ticket or NO_TICKET)])
        return request

    def _open(self, number: int, now: datetime) -> Request:
        request = self.rows.get(number)
        if request is None:
            raise UserError(f"There is no act {number}. Run `intake act list`.")
        if not request.open(now):
            raise UserError(f"Act {number} is settled or over. Run `intake act list`.")
        return request

    def _tell(
        self, plan: Plan, request: Request, to: Sequence[Agent], authority: str, text: str, verb: str
    ) -> None:
        """Write down that an act was asked for, and mail those who should know."""
        effects = self._mails(to, text, f"act:{request.id}")
        action = f"{verb} act {request.id}: {plan.kind}"
        self.act([*effects, Record(request.by.name, authority, action, plan.ticket or NO_TICKET)])

    def _mails(self, to: Sequence[Agent], text: str, key: str) -> list[Effect]:
        """Return the mails to agents, and to the admin where that is none of them."""
        effects: list[Effect] = [*alerts(NO_TICKET, to, text, key, event="command")]
        if self.admin and self.admin.lower() not in {agent.address.lower() for agent in to}:
            admin = Address(self.admin)
            effects.append(Mail(MailKind.ALERT, NO_TICKET, admin, f"alert:{key}:admin", text=text))
        return effects


def _asked(plan: Plan, request: Request) -> str:
    about = said(
        "{by} asks for an act that cannot be taken back: {plan}. Reason: {reason}.",
        by=request.by.name,
        plan=plan.in_words,
        reason=request.reason,
    )
    if request.ready_at is None:
        how = said(
            "A second person must agree before {when}: `intake act approve {number}`.",
            when=request.expires_at,
            number=request.id,
        )
        return joined([about, how])
    alone = said(
        "There is no second person, so it may be done after {when}. To stop it: "
        "`intake act refuse {number}`.",
        when=request.ready_at,
        number=request.id,
    )
    return joined([about, alone])


def _broken(plan: Plan, request: Request) -> str:
    return said(
        "{by} did this without a second person: {plan}. Reason: {reason}. Two people must acknowledge it: "
        "`intake act acknowledge {number}`.",
        by=request.by.name,
        plan=plan.in_words,
        reason=request.reason,
        number=request.id,
    )
