"""What agents send along besides their text: a subject, and to whom else it goes from then on. Pure."""

from collections.abc import Collection, Iterator, Sequence

from intake.desk.effects import AddParticipant, Amend, Effect, Mail, OpenTicket
from intake.desk.facts import Facts
from intake.desk.guard.domains import below, wire_host
from intake.desk.guard.lookalikes import registrable
from intake.desk.guard.policy import GuardPolicy
from intake.desk.guard.verdict import MOST_TOLD, Finding
from intake.desk.merge_effects import SplitOff
from intake.desk.public_mail import is_public
from intake.desk.text.said import said
from intake.desk.ticket import Ticket


def subjects(effects: Sequence[Effect], known: Collection[str] = ()) -> tuple[str, ...]:
    """Return the subjects that an agent gives: a ticket's new one, and that of one they open or split off;
    none of those that are `known`."""
    return tuple(dict.fromkeys(subject for subject in _given(effects) if subject and subject not in known))


def _given(effects: Sequence[Effect]) -> Iterator[str]:
    # What customers open is theirs.
    agents = any(isinstance(effect, Mail) and effect.kind.by_agent for effect in effects)
    for effect in effects:
        if isinstance(effect, Amend):
            yield effect.changes.get("subject", "")
        elif isinstance(effect, SplitOff) or (isinstance(effect, OpenTicket) and agents):
            yield effect.subject


def changed(effects: Sequence[Effect]) -> int | None:
    """Return the ticket whose subject or people an agent changes; None for none that is there yet."""
    made = (effect for effect in effects if isinstance(effect, Amend | AddParticipant | SplitOff))
    numbers = (
        effect.ticket for effect in made if not isinstance(effect, Amend) or "subject" in effect.changes
    )
    return next((number for number in numbers if number is not None), None)


def outsiders(effects: Sequence[Effect], facts: Facts, guard: GuardPolicy) -> Iterator[Finding]:
    """Yield what is to be asked where an agent lets somebody into a ticket who has no part in it.

    Part have its people, the agents, who is named in what its customers wrote, and the company of its
    requester: who writes from the same domain, where that is no public provider's.
    """
    added = [effect for effect in effects if isinstance(effect, AddParticipant) and effect.ticket is not None]
    agents = {agent.address.lower() for agent in facts.agents}
    tickets = facts.known()
    names = [
        effect.address.mailbox
        for effect in added
        if effect.address.key not in agents
        and not _has_part(effect.address.key, tickets.get(effect.ticket or 0), facts, guard)
    ]
    if names and guard.need("links"):
        why = said(
            "It lets {addresses} into the ticket, who will get what is written to the customer.",
            addresses=", ".join(names[:MOST_TOLD]),
        )
        yield Finding("G3", guard.need("links"), why)


def _has_part(address: str, ticket: Ticket | None, facts: Facts, guard: GuardPolicy) -> bool:
    host = wire_host(address.rpartition("@")[2])
    if below(host, guard.hosts | guard.own) or any(address in text.lower() for text in facts.heard):
        return True
    if ticket is None:
        return False
    if address in {ticket.requester.key, *(person.lower() for person in ticket.participants)}:
        return True
    company = registrable(wire_host(ticket.requester.domain))
    return registrable(host) == company and not is_public(company)
