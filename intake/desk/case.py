"""What a rule is and what it may look at."""

from collections.abc import Callable
from dataclasses import dataclass

from intake.desk.effects import Effect
from intake.desk.facts import Facts, Found
from intake.desk.message import Address, Envelope, Message
from intake.desk.policy import MailboxPolicy, Policy
from intake.desk.ticket import Agent, Ticket

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
        """Return the agents to tell of news in a ticket: its own, else the team."""
        return found.agents or self.facts.team


Rule = Callable[[Case], list[Effect] | None]


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
