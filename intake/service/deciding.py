"""One road for a decision: facts are gathered, the pure core decides, what it decided is applied.

Each is a step of its own, and each runs within the caller's transaction. What no message asked for,
at the command line, on a page or by the clock, goes through the same passes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from intake.desk import colleagues, sla_clocks
from intake.desk.effects import Effect, Mail, Outgoing
from intake.desk.factor import Standing
from intake.desk.facts import Facts
from intake.desk.guard.policy import Need
from intake.desk.guard.verdict import Words
from intake.desk.message import Envelope, Message
from intake.desk.policy import Policy
from intake.desk.rules import answers_to_us, carried
from intake.desk.rules.passes import PassContext
from intake.desk.rules.table import conclude, decide
from intake.desk.rules.tickets_quoted import passed_on
from intake.desk.sensitive.finds import Find
from intake.desk.survey_effects import RecordScore
from intake.desk.ticket import Ticket
from intake.ports import Applied, Store
from intake.service import composing, guarded, last_gate
from intake.service.composing import Composing, Unwritten
from intake.service.token_claims import Claim


@dataclass(frozen=True, slots=True)
class Deciding:
    """Over one store. `compose(mail, ticket, now)` makes a finished mail; `clock` returns aware UTC.

    `heard` is pure: it returns a message in which what was written into a quote of ours is its author's.
    """

    store: Store
    policy: Policy
    compose: Callable[[Mail, Ticket, datetime], Outgoing | None]
    clock: Callable[[], datetime]
    heard: Callable[[Message, Facts], Message] = lambda message, facts: message
    # Returns how the second factor of an agent stands at a moment, None where they have none.
    factor: Callable[[int, datetime], Standing | None] = lambda agent, now: None

    def facts(self, message: Message, envelope: Envelope, claim: Claim, leak: str = "") -> Facts:
        """Gather what the rules and the passes may know of a message; everything the store is asked, it is
        asked here. `leak` is what was found in an answer that must not leave."""
        now = self.clock()
        mailbox = self.policy.mailbox(envelope.mailbox)
        vouched = claim.vouched is True
        facts = self.store.facts(message, envelope, claim.token, mailbox.team, now, vouched)
        if passed_on(facts, message):
            claim = replace(claim, token=None, original=None)
            facts = self.store.facts(message, envelope, None, mailbox.team, now, vouched)
        draft = facts.draft and replace(facts.draft, message=claim.original)
        wanted = answers_to_us.wanted(claim.obeyed(message), claim.token, message)
        looked = facts.looked
        if wanted is not None:
            agent = facts.token_agent or (draft.agent if draft else None)
            ticket = facts.by_token.ticket.id if facts.by_token else None
            looked = self.store.lookups.look_up(wanted, agent, ticket, now)
        whose = facts.agent or (draft.agent if draft else None)
        facts = replace(
            facts,
            proof=claim.proof,
            lacks=claim.lacks,
            draft=draft,
            factor=self.factor(whose.id, now) if draft and whose and whose.factor else None,
            leak=leak,
            refuted=claim.vouched is False,
            looked=looked,
            loads=self.store.agents.loads() if self.policy.hands_out else facts.loads,
            finds=_in_files(message),
        )
        if wanted is None:
            return facts
        said = claim.obeyed(message)
        numbers = [match.ticket.id for match in facts.tickets()]
        return guarded.known(self.store, self.policy, facts, [_words(said)], dict.fromkeys(numbers))

    def decide(self, message: Message, envelope: Envelope, claim: Claim, leak: str = "") -> list[Effect]:
        """Return what is to be done about a message."""
        facts = self.facts(message, envelope, claim, leak)
        return decide(self.heard(message, facts), envelope, facts, self.policy)

    def conclude(
        self, effects: Sequence[Effect], now: datetime, released: Need = Need.NOTHING
    ) -> list[Effect]:
        """Return what no message asked for, after all passes.

        `released`: what somebody confirmed. Raises Held where an answer in it needs more.
        """
        numbers = sla_clocks.concerned(effects) | colleagues.changed(effects)
        commented = [
            effect.ticket for effect in effects if isinstance(effect, RecordScore) and effect.comment
        ]
        renamed = carried.changed(effects)
        numbers |= {*commented, *([renamed] if renamed is not None else [])}
        tickets = (self.store.tickets.get(number) for number in sorted(numbers))
        others = tuple(ticket for ticket in tickets if ticket is not None)
        # Who writes a secret into a survey is warned within the budget for that.
        theirs = next((ticket for ticket in others if ticket.id in commented), None)
        facts = self.store.readings.standing(theirs.id, theirs.requester, now) if theirs else Facts(now)
        agents = tuple(self.store.agents.enabled()) if others else ()
        facts = replace(facts, others=others, agents=agents, released=released)
        written = guarded.owed(effects)
        if written:
            facts = guarded.known(self.store, self.policy, facts, written, sorted(numbers))
        return conclude(effects, PassContext(facts, self.policy))

    def carry_out(self, effects: Sequence[Effect], now: datetime) -> Applied:
        """Apply what time alone causes, after all passes. A mail that cannot be written fails it: nobody
        waits for it, and it is done again later."""
        return self.store.apply(self.conclude(effects, now), self.composed, now)

    def apply(
        self,
        effects: Sequence[Effect],
        again: Callable[[str], list[Effect]] | None = None,
        ledger_id: int | None = None,
        message: Message | None = None,
    ) -> tuple[Applied, list[Unwritten]]:
        """Apply what was decided, and return the mails in it that could not be written.

        Where an answer must not leave, what `again` decides of the reason is applied instead; without
        it Leaking or Unwritable is raised.
        """
        now, words = self.clock(), Composing(self.composed)

        def once(made: Sequence[Effect]) -> Applied:
            words.unwritten.clear()
            applied = self.store.apply(made, words, now, ledger_id, message)
            missing = list(composing.missing(words.unwritten))
            if missing:
                self.store.apply(missing, words, now)
            return applied

        applied = once(effects) if again is None else last_gate.applied(self.store, effects, once, again)
        return applied, words.unwritten

    def composed(self, mail: Mail, ticket: Ticket) -> Outgoing | None:
        """Return the finished mail, None where its template has nothing to say."""
        return self.compose(mail, ticket, self.clock())


def _in_files(message: Message) -> tuple[Find, ...]:
    """Return what was found in the files of a message, before it is decided on."""
    forwarded = message.forward.attachments if message.forward else ()
    files = enumerate((*message.attachments, *forwarded), 1)
    return tuple(find for number, file in files if file.reading for find in file.reading.at(number))


def _words(message: Message) -> Words:
    """Return what an agent writes, as it tells whether more of the ticket must be known to judge it."""
    names = (file.name for file in message.attachments)
    return Words(message.new_text, message.html, subjects=(message.subject, *names))
