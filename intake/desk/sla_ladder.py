"""What happens as the time of an SLA target runs out, and escalating by hand. Pure.

After downtime, or a leap of the clock, each escalation rule that was missed is carried out
once, in order. A clock set back repeats nothing: what was done is
recorded with the target.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

from intake.desk import budgets, form_origin
from intake.desk.business_time import after
from intake.desk.effects import AddEntry, Amend, Assign, Effect, Mail, MailKind
from intake.desk.facts import Facts
from intake.desk.incident import letters, reports
from intake.desk.mails import status_mail
from intake.desk.message import Address
from intake.desk.page import DUE, ESCALATED
from intake.desk.people import on_duty, working
from intake.desk.policy import Policy
from intake.desk.sla_clocks import next_step, reached_at
from intake.desk.sla_effects import Escalate, Page, SetPromises, SettleEscalation
from intake.desk.sla_policies import Action, EscalationRule, ServiceLevel
from intake.desk.sla_target import PromiseState, SlaTarget, Target
from intake.desk.telling_effects import Telling
from intake.desk.text.said import joined, said
from intake.desk.text.states import STATES, URGENCIES
from intake.desk.ticket import DESK, Agent, EntryKind, Status, Ticket, urgency

# What an SLA target is called in emails to agents and in histories.
NAMES = {
    Target.FIRST_RESPONSE: said("first response"),
    Target.NEXT_RESPONSE: said("next response"),
    Target.RESOLUTION: said("resolution"),
    Target.REPORT: said("report"),
}
# These ask a person for something; the others are complete at once.
# These say what is due; the others that somebody else is asked, too.
_OF_TIME = (Action.REMIND, Action.PAGE)
# These hand the ticket to others.
_GIVING = (Action.REASSIGN, Action.TEAM)
_ASKING = (Action.REMIND, Action.LEAD, Action.REASSIGN, Action.TEAM, Action.PAGE)


@dataclass(frozen=True, slots=True)
class DuePromise:
    """An SLA target with an escalation rule that is due, and what decides who is notified.

    `facts` holds the counts of automatic email to the requester, and why mail to them
    fails; `acknowledged` whether they were told a reply time at all, and `quoted` whether that
    email had their subject and name. `agents` are the enabled agents of the teams that `teams_of` names.
    """

    ticket: Ticket
    promise: SlaTarget
    facts: Facts
    acknowledged: bool = False
    agents: Mapping[str, Sequence[Agent]] = field(default_factory=dict)
    quoted: bool = False


def teams_of(ticket: Ticket, promise: SlaTarget, policy: Policy) -> set[str]:
    """Return the teams whose agents the escalation rules may notify."""
    level = reports.level_of(policy.levels, promise)
    steps = level.steps(promise.target) if level else ()
    # "" is every agent's: a lead may be an agent of another team, and replies as one.
    return {ticket.team, "", *(step.argument for step in steps if step.action is Action.TEAM)}


def due_steps(
    promise: SlaTarget, level: ServiceLevel, now: datetime
) -> list[tuple[EscalationRule, datetime]]:
    """Return the escalation rules that are due and were not carried out, in order, and when each was due."""
    if promise.state is not PromiseState.RUNNING:
        return []
    steps = [step for step in level.steps(promise.target) if step.percent > promise.reached]
    timed = [(step, reached_at(promise, step.percent, level)) for step in steps]
    return [(step, at) for step, at in timed if at <= now]


def fire(due: DuePromise, policy: Policy, now: datetime) -> list[Effect]:
    """Return the effects of the due escalation rules, each recorded once, and when the next one is."""
    level = reports.level_of(policy.levels, due.promise)
    steps = due_steps(due.promise, level, now) if level else []
    doing = _Doing(due, policy, now)
    for step, at in steps:
        doing.step(step, at, level)
    promise = doing.promise
    if steps:
        promise = replace(promise, reached=max(step.percent for step, _ in steps))
    promise = replace(promise, next_at=next_step(promise, level))
    if doing.missed:
        promise = reports.after_miss(promise, now)
    ticket = due.ticket
    others = {promise.target: promise.due for promise in ticket.promises if promise.due is not None}
    kept = SetPromises(ticket.id, (promise,), others, ticket.first_response_at, ticket.waiting_since)
    return [*doing.effects, kept]


class _Doing:
    """Carries out the escalation rules of one SLA target."""

    def __init__(self, due: DuePromise, policy: Policy, now: datetime) -> None:
        self.due, self.policy, self.now = due, policy, now
        self.ticket, self.promise = due.ticket, due.promise
        self.effects: list[Effect] = []
        self.told = 0
        # What the rules did to the ticket, for the alerts about it.
        self.taken: Agent | None = None
        self.done: list[str] = []
        # A mail of our own stands for the report that is due.
        self.missed = False

    def step(self, step: EscalationRule, at: datetime, level: ServiceLevel | None) -> None:
        before = len(self.effects)
        text = self._do(step, level)
        situation = self._situation(step.percent, in_history=True)
        # Recorded first: a rule that was recorded before must not be carried out again.
        self.effects[before:before] = [
            Escalate(
                self.ticket.id,
                str(step),
                at,
                self.promise.id,
                self.promise.target.value,
                "open" if step.action in _ASKING else "done",
                text,
                step.argument if step.action is Action.TEAM else "",
            ),
            AddEntry(
                self.ticket.id,
                EntryKind.EVENT,
                DESK,
                f"{situation} {text}",
            ),
        ]

    def _do(self, step: EscalationRule, level: ServiceLevel | None) -> str:
        match step.action:
            case Action.REMIND:
                assignee = self.ticket.assignee
                whom = (
                    [assignee] if assignee and on_duty(assignee, self.now) else self._team(self.ticket.team)
                )
                return self._tell(whom, step)
            case Action.LEAD:
                return self._tell(self._lead(), step)
            case Action.REASSIGN:
                had = "Unassigned." if self.ticket.assignee else "It was unassigned."
                self._assign("")
                return f"{had} {self._tell(self._team(self.ticket.team), step)}"
            case Action.TEAM:
                self._assign(step.argument)
                self.done.append(said("It was assigned to team {team}.", team=step.argument))
                return f"Assigned to team {step.argument}. {self._tell(self._team(step.argument), step)}"
            case Action.PRIORITY:
                return self._raise(step.argument)
            case Action.LATE:
                return self._late(level)
            case Action.PAGE:
                return self._page(step)
            case Action.REPORT:
                return self._report()

    def _situation(self, percent: int, in_history: bool = False) -> str:
        """Return how far it is; for the history on the desk's clock, else said on the reader's own."""
        target, due = NAMES[self.promise.target], self.promise.due
        if due is None:
            return said("{percent}% of the time for the {target} has passed.", percent=percent, target=target)
        return said(
            "{percent}% of the time for the {target} has passed, due {due}.",
            percent=percent,
            target=target,
            due=shown_at(due, self.policy.hours.zone) if in_history else due,
        )

    def _key(self, step: EscalationRule) -> str:
        return f"escalation:{self.promise.id}:{step}"

    def _team(self, team: str) -> list[Agent]:
        return list(working(self.due.agents.get(team, ()), self.now))

    def _lead(self) -> list[Agent] | list[Address]:
        """Return the lead of the ticket's team; the team itself where it has none."""
        team = self.policy.teams.get(self.ticket.team)
        address = team.lead if team else ""
        return [Address(address)] if address else self._team(self.ticket.team)

    def _tell(self, whom: Sequence[Agent | Address], step: EscalationRule) -> str:
        if not whom:
            return "There was nobody to notify."
        names = ", ".join(person.name or _address(person) for person in whom)
        mails = self._alerts(whom, step)
        # What is theirs from now on no limit keeps from them: each rule gives a ticket away once.
        if step.action not in _GIVING:
            room = budgets.room_for_alerts(self.due.facts, self.policy) - self.told
            if room <= 0:
                return self._tell_together(whom, step)
            mails = budgets.within(room, mails)
        self.effects += mails
        self.told += len(whom)
        return f"Notified: {names}."

    def _tell_together(self, whom: Sequence[Agent | Address], step: EscalationRule) -> str:
        """Tell whom no alert of their own reaches any more in this hour: in one mail with all others.

        A deadline is nothing that may be missed, and one mail for many is no flood. Who is no agent gets no
        such mail: the ticket's team does.
        """
        names = ", ".join(person.name or _address(person) for person in whom)
        mails = [mail for mail in self._alerts(whom, step) if isinstance(mail, Mail) and mail.agent]
        left = "" if mails else f"Not notified, because the hourly alert limit was reached: {names}."
        if not mails:
            team = self._team(self.ticket.team)
            mails = [mail for mail in self._alerts(team, step) if isinstance(mail, Mail)]
        self.effects += [replace(mail, telling=Telling.TOGETHER) for mail in mails]
        names = ", ".join(mail.agent.name or mail.to.mailbox for mail in mails if mail.agent)
        together = f"Notified in one email with others, because the hourly alert limit was reached: {names}."
        return " ".join(part for part in (left, together if mails else "") if part)

    def _alerts(self, whom: Sequence[Agent | Address], step: EscalationRule) -> list[Effect]:
        """Return the alerts of a rule: what is missing, how late it is, and what was done about it."""
        made: list[Effect] = []
        missing = said("Nobody has replied yet.")
        if self.promise.target is Target.RESOLUTION:
            missing = said("It is not solved yet.")
        if self.promise.target is Target.REPORT:
            missing = said("The customer waits for the next report on the incident.")
        state = said(
            "The ticket is {status}, its priority {priority}.",
            status=STATES[self.ticket.status],
            priority=URGENCIES.get(self.ticket.priority, self.ticket.priority),
        )
        known = {person.address.lower(): person for team in self.due.agents.values() for person in team}
        for person in whom:
            address = _address(person)
            agent = person if isinstance(person, Agent) else known.get(address.lower())
            name = agent.name if agent else person.name
            key = f"{self._key(step)}:{address.lower()}"
            text = joined([missing, self._situation(step.percent), *self._taken(address), *self.done, state])
            mail = Mail(MailKind.ALERT, self.ticket.id, Address(address, name), key, agent=agent, text=text)
            made.append(replace(mail, event=DUE if step.action in _OF_TIME else ESCALATED))
        return made

    def _taken(self, address: str) -> list[str]:
        """Return that the ticket was unassigned; the reader may be that agent."""
        if self.taken is None:
            return []
        own = self.taken.address.lower() == address.lower()
        if own:
            return [said("It was unassigned from you.")]
        return [said("It was unassigned from {name}.", name=self.taken.name or self.taken.address)]

    def _assign(self, team: str) -> None:
        self.taken = self.ticket.assignee or self.taken
        self.effects.append(Assign(self.ticket.id, None, team))
        self.ticket = replace(self.ticket, assignee=None, team=team or self.ticket.team)

    def _raise(self, priority: str) -> str:
        if urgency(self.ticket.priority) >= urgency(priority):
            return f"Its priority is already {self.ticket.priority}."
        self.effects.append(Amend(self.ticket.id, {"priority": priority}))
        self.ticket = replace(self.ticket, priority=priority)
        return f"Its priority is now {priority}."

    def _late(self, level: ServiceLevel | None) -> str:
        why_not = self._why_silent()
        if why_not or level is None:
            return f"The requester was not notified: {why_not}."
        more = self.promise.total * level.extension / 100
        new = max(
            after(self.promise.counted_from, self.promise.left + more, level.calendar),
            after(self.now, more, level.calendar),
        )
        mail = status_mail(self.ticket, "delayed", f"promise:{self.promise.id}")
        # Before an agent has replied only what verified the sender then shows who they are: none of
        # anybody else's words. As in the acknowledgement, so that both are in one thread.
        quoted = self.ticket.first_response_at is not None or self.due.quoted
        self.effects.append(replace(mail, due=new, quote_subject=quoted))
        self.promise = replace(self.promise, told=new)
        return f"The requester was told to expect a reply by {shown_at(new, self.policy.hours.zone)}."

    def _report(self) -> str:
        """Tell who waits for a report that we are still working, and when they hear of us next."""
        self.missed = True
        who, failed = self.ticket.requester, self.due.facts.failed
        why_not = f"mail to this address failed: {failed}" if failed else ""
        if not who.mailbox or who.key in self.policy.own_addresses:
            why_not = "there is nobody to notify"
        why_not = why_not or budgets.enough(self.due.facts, self.policy)
        if why_not:
            return f"The requester was not notified: {why_not}."
        new = reports.after_miss(self.promise, self.now)
        self.effects.append(letters.still_working(self.ticket, new))
        at = new.due or self.now
        return f"The requester was told to expect a reply by {shown_at(at, self.policy.hours.zone)}."

    def _why_silent(self) -> str:
        who = self.ticket.requester
        if not who.mailbox or who.key in self.policy.own_addresses:
            return "there is nobody to notify"
        if self.ticket.channel in form_origin.CHANNELS and self.ticket.first_response_at is None:
            # Such an address has had its one confirmation; this email would carry the typed subject.
            return "unverified address, and no agent has replied yet"
        if not self.due.acknowledged:
            return "the request was not acknowledged, so no reply time was given"
        if not self.policy.mailbox(self.ticket.mailbox).acknowledge:
            return "automatic email is off for this mailbox"
        if self.due.facts.failed:
            return f"mail to this address failed: {self.due.facts.failed}"
        return budgets.enough(self.due.facts, self.policy)

    def _page(self, step: EscalationRule) -> str:
        names = []
        if self.policy.webhook:
            details = {
                "event": "escalation",
                "ticket": str(self.ticket.id),
                "step": str(step),
                "target": self.promise.target.value,
                "due": self.promise.due.isoformat() if self.promise.due else "",
                "priority": self.ticket.priority,
                "team": self.ticket.team,
            }
            self.effects.append(Page(self.ticket.id, self._key(step), details))
            names.append("the webhook")
        on_call = self.policy.on_call or ("" if names else self.policy.admin)
        if on_call:
            # A page is sent whatever else was sent this hour: that is what it is for.
            self.effects += self._alerts([Address(on_call)], step)
            names.append(on_call)
        if not names:
            return self._tell(self._team(self.ticket.team), step)
        return f"Paged: {', '.join(names)}."


def escalate(
    ticket: Ticket,
    team: str,
    reason: str,
    by: str,
    agents: Sequence[Agent],
    lead: str,
    key: str,
    now: datetime,
    everybody: Sequence[Agent] = (),
) -> list[Effect]:
    """Return the effects of escalating a ticket to another team by hand.

    `agents` are those of the team; they and its `lead` (an address, or "") are notified of the
    `reason`. `everybody` are all enabled agents: a lead who is an agent of another team replies as one.
    Raises ValueError for a closed ticket.
    """
    if ticket.status is Status.CLOSED:
        raise ValueError(f"ticket #{ticket.id} is closed")
    known = {agent.address.lower(): agent for agent in (*everybody, *agents)}
    people = {agent.address.lower(): agent.as_address for agent in agents}
    if lead:
        people.setdefault(lead.lower(), Address(lead))
    text = said("Escalated to team {team} by {by}: {reason}", team=team, by=by, reason=reason)
    return [
        Assign(ticket.id, None, team),
        Escalate(ticket.id, "manual", now, reason=reason, to_team=team, by=by),
        AddEntry(ticket.id, EntryKind.EVENT, DESK, text),
        *(
            Mail(
                MailKind.ALERT,
                ticket.id,
                whom,
                f"escalation:{key}:{address}",
                agent=known.get(address),
                text=text,
                event=ESCALATED,
                by=by,
            )
            for address, whom in people.items()
        ),
    ]


def settle(ticket: int, escalation: int, state: str, by: str, reason: str = "") -> list[Effect]:
    """Return the effects of acknowledging ("acked") or resolving ("resolved") an escalation."""
    text = f"Escalation {escalation} {'acknowledged' if state == 'acked' else state} by {by}"
    return [
        SettleEscalation(ticket, escalation, state, by, reason),
        AddEntry(ticket, EntryKind.EVENT, DESK, f"{text}: {reason}" if reason else text),
    ]


def _address(person: Agent | Address) -> str:
    return person.address if isinstance(person, Agent) else person.mailbox


def shown_at(moment: datetime, zone: tzinfo) -> str:
    """Return a moment (aware) for agents, by the clock of `zone`."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"
