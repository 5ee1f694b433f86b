"""What a rule looks at, and the effects that several rules ask for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from intake.desk import brakes
from intake.desk.effects import AddEntry, Effect, Mail, MailKind, MarkAddress, PullBrake
from intake.desk.facts import Facts, Found, Reads, Standing
from intake.desk.language import language_for
from intake.desk.message import Address, Envelope, Message
from intake.desk.policy import MailboxPolicy, Policy
from intake.desk.ticket import Agent, EntryKind, Status, Ticket

NOBODY = Address("")


@dataclass(frozen=True, slots=True)
class Case:
    """All that a rule may look at."""

    message: Message
    envelope: Envelope
    facts: Facts
    policy: Policy

    @property
    def mailbox(self) -> MailboxPolicy:
        return self.policy.mailbox(self.envelope.mailbox)

    @property
    def sender(self) -> Address:
        return self.message.sender or NOBODY

    @property
    def key(self) -> str:
        """What dedupe keys of mails caused by this message begin with."""
        return f"msg:{self.message.fingerprint}"

    def found(self) -> tuple[Found, str] | None:
        """Return the ticket this message belongs to and how that is known, or None.

        In this order: a valid reply token; a Message-ID we sent; a stored Message-ID
        of the ticket; `[#number]` only from a participant.
        """
        facts = self.facts
        for found, how in (
            (facts.by_token, "reply token"),
            (facts.by_sent_id, "a Message-ID we sent"),
            (facts.by_stored_id, "a Message-ID in the ticket"),
        ):
            if found is not None:
                return found, how
        if facts.by_number is not None and is_participant(self.sender, facts.by_number.ticket):
            return facts.by_number, "the number in the subject, from a participant"
        return None

    def tell(self, found: Found) -> tuple[Agent, ...]:
        """Return the agents to tell of news in a ticket: its own, else its team, else the mailbox's."""
        return found.agents or found.team or self.facts.team


def language(case: Case, shown: str, reads: Reads) -> str:
    """Return the language of a ticket that is opened: `shown` by its text, else what its person reads."""
    fallbacks = (case.mailbox.language, case.policy.language)
    return language_for(shown, reads.told, reads.last, fallbacks, case.policy.languages)


def is_participant(sender: Address, ticket: Ticket) -> bool:
    """Whether `sender` is the requester or somebody an agent added."""
    return bool(sender.mailbox) and sender.key in {
        ticket.requester.key,
        *(p.lower() for p in ticket.participants),
    }


def aligned(one: Address, other: Address) -> bool:
    """Whether one address's domain is the other's, or a parent of it."""
    a, b = one.domain, other.domain
    return bool(a and b) and (a == b or a.endswith(f".{b}") or b.endswith(f".{a}"))


def too_old(ticket: Ticket, case: Case) -> bool:
    """Whether a closed ticket has been closed for longer than the desk reopens."""
    if ticket.status is not Status.CLOSED or ticket.closed_at is None:
        return False
    return case.facts.now - ticket.closed_at > timedelta(days=case.policy.reopen_days)


def may_answer(case: Case) -> str:
    """Return why an automatic answer to this message must not be sent, "" when it may."""
    message, facts = case.message, case.facts
    sender = message.return_path if message.return_path is not None else case.envelope.sender
    if not case.sender.mailbox:
        return "it names no sender"
    if case.envelope.archive:
        return "it is older than the mailbox's first day"
    if not case.mailbox.acknowledge:
        return "this mailbox does not acknowledge"
    if message.suppress:
        return message.suppress
    if sender == "":
        return "its envelope sender is empty"
    if sender and not aligned(Address(sender), case.sender):
        return "its envelope sender is of another domain than its From"
    # Who writes a mail is alive, whatever bounced before; what a form says of its sender proves nothing.
    failed = facts.failed if case.envelope.channel == "form" else ""
    return _over_budget(case, Standing(facts.automatic_last_hour, facts.automatic_last_day, failed))


def may_answer_original(case: Case) -> str:
    """Return why the author of a forwarded mail must not be answered by machine, "" when he may."""
    forward = case.message.forward
    if forward is None:
        return "nothing was forwarded"
    if case.envelope.archive:
        return "it is older than the mailbox's first day"
    if not case.mailbox.acknowledge:
        return "this mailbox does not acknowledge"
    return forward.suppress or _over_budget(case, case.facts.original)


def _over_budget(case: Case, standing: Standing) -> str:
    if standing.failed:
        return f"mail to this address failed: {standing.failed}"
    own = replace(case.facts, automatic_last_hour=standing.last_hour, automatic_last_day=standing.last_day)
    return brakes.enough(own, case.policy)


def pull_brake(case: Case, ticket: int | None) -> list[Effect]:
    """Return the effects of stopping automatic mail where this is the moment for it, else nothing.

    The admin is told at most once an hour: the mail is attached to the ticket at hand,
    for a mail of ours always belongs to one.
    """
    facts, policy = case.facts, case.policy
    if not brakes.to_be_pulled(facts, policy):
        return []
    what = (
        f"The desk has sent {facts.automatic_desk_hour} automatic mails within an hour, which is its ceiling."
    )
    told = Mail(
        MailKind.ALERT,
        ticket,
        Address(policy.admin),
        f"alert:brake:{facts.now:%Y-%m-%dT%H}",
        text=what,
        event="brake",
    )
    return [PullBrake(), *([told] if policy.admin else [])]


def alive(case: Case) -> list[Effect]:
    """Return the effect that forgets an old bounce: somebody has just written from there."""
    if not case.facts.failed or case.envelope.channel == "form" or case.message.suppress:
        return []
    return [MarkAddress(case.sender.mailbox)]


def entry(
    case: Case, ticket: int | None, kind: EntryKind, agent: Agent | None = None, text: str | None = None
) -> AddEntry:
    """Return the entry that this message becomes in a ticket."""
    message = case.message
    shown = message.new_text if text is None else text
    return AddEntry(
        ticket, kind, case.sender, shown, message.text, agent.id if agent else None, from_message=True
    )


def notices(case: Case, agents: Sequence[Agent], ticket: int | None, stranger: bool) -> list[Effect]:
    """Return the notices of this message to agents; its own sender gets none."""
    message = case.message
    return [
        Mail(
            MailKind.NOTICE,
            ticket,
            Address(agent.address, agent.name),
            f"notice:{case.key}:{agent.id}",
            agent=agent,
            author=case.sender,
            text=message.new_text,
            attachments=message.attachments,
            stranger=stranger,
        )
        for agent in agents
        if agent.address.lower() != case.sender.key
    ]


def alerts(case: Case, agents: Sequence[Agent], ticket: int | None, what: str, key: str = "") -> list[Effect]:
    """Return the mails that tell agents what happened; once for each `key`, or for this message."""
    return [
        Mail(
            MailKind.ALERT,
            ticket,
            Address(agent.address, agent.name),
            f"alert:{key or case.key}:{agent.id}",
            agent=agent,
            text=what,
        )
        for agent in agents
    ]


def status_mail(ticket: Ticket, event: str, key: str) -> Mail:
    """Return the status update for `event`; its template may have nothing to say, then none goes."""
    return Mail(
        MailKind.STATUS,
        ticket.id,
        ticket.requester,
        f"status:{event}:{key}:{ticket.id}",
        event=event,
        agent=ticket.assignee,
    )
