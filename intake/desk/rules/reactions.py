"""Emoji reactions: a sign of somebody's, which wants no answer."""

from intake.desk.effects import AddEntry, Effect, Finish, Outcome
from intake.desk.rule_context import RuleContext
from intake.desk.ticket import EntryKind


def reaction(case: RuleContext) -> list[Effect] | None:
    """An emoji reaction is an event in its ticket: it reopens nothing, and nobody is written to.

    It comes before all that asks who wrote: an agent who reacts to a notification answers nobody.
    """
    sign = case.message.reaction
    if not sign:
        return None
    hit = case.found()
    if hit is None:
        reason = f"an emoji reaction ({sign}) to an email that is in no ticket"
        return [Finish(Outcome.AUTOMATIC, None, "reaction", reason)]
    there, how = hit
    # An event that begins with somebody's name could look like one of the desk's.
    text = f"Reaction: {sign}, from {case.sender.mailbox or 'nobody named'}"
    return [
        AddEntry(there.ticket.id, EntryKind.EVENT, case.sender, text, case.message.text, from_message=True),
        Finish(Outcome.AUTOMATIC, there.ticket.id, "reaction", f"an emoji reaction ({sign}), found by {how}"),
    ]
