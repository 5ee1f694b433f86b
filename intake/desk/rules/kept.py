"""The rules for what an admin's triage rules keep from being anybody's work. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from intake.desk import blocking
from intake.desk.blocking import BLOCKED, HELD
from intake.desk.effects import AddEntry, AddParticipant, Effect, Finish, OpenTicket, Outcome
from intake.desk.rule_context import RuleContext
from intake.desk.ticket import DESK, EntryKind, Status


def blocked(case: RuleContext) -> list[Effect] | None:
    """What claims to come from a blocked sender is quarantined: nobody is notified and nothing is answered.

    Nothing of an agent's, a lead's or the desk's own is kept so, whatever was blocked before they were one.
    A person who puts such a mail back wants it processed.
    """
    key = case.facts.blocked
    if not key or case.envelope.released or case.exempt:
        return None
    if blocking.never(case.sender.key, case.policy, case.facts.agents):
        return None
    reason = (
        f"blocked: {key}; `intake block remove {key}` lets new mail in, `intake quarantine retry` this one"
    )
    return [Finish(Outcome.QUARANTINED, None, BLOCKED, reason)]


def held(case: RuleContext) -> list[Effect] | None:
    """What a triage rule quarantines opens no ticket: it is kept, nobody is notified and nothing is answered.

    An answer in a ticket is past this already, and an agent's mail is never held. Once a person has put it
    back it is processed, whatever the rules say.
    """
    if case.envelope.released or not any(rule.quarantine for rule in case.policy.triage.rules):
        return None
    made = case.triaged()
    by = made.handling.get("quarantine", "")
    if not by:
        return None
    why = f": {made.held_for}" if made.held_for else ""
    return [Finish(Outcome.QUARANTINED, None, HELD, f"quarantined by rule {by}{why}")]


def shut(effects: Sequence[Effect], by: str) -> list[Effect]:
    """Return the effects of opening a ticket as they are where rule `by` closes it: nobody hears of it."""
    kept: list[Effect] = []
    for effect in effects:
        if isinstance(effect, OpenTicket):
            kept.append(replace(effect, status=Status.CLOSED, quiet=True))
        elif isinstance(effect, Finish):
            kept.append(AddEntry(None, EntryKind.EVENT, DESK, f"closed at once by rule {by}"))
            kept.append(replace(effect, reason=f"{effect.reason}; so nobody is notified"))
        elif isinstance(effect, AddEntry | AddParticipant):
            kept.append(effect)
    return kept
