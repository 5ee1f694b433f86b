"""The part of `intake check` that asks whether replies can come back as `[desk] reply_address` has it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from intake.channels.registry import Mode, channel_mode
from intake.commands.check.findings import Finding, Findings
from intake.config.mailboxes import ListeningMailbox

if TYPE_CHECKING:
    from intake.config.sections import Settings

SECTION, KEY = "desk", "reply_address"
_HELD = (
    "agents whose email has no DKIM signature must confirm each reply, a number in reply to a survey is read "
    "as a message, and an agent's new email that only names a ticket opens another"
)


def replying(settings: "Settings", agents: Sequence[str] | None) -> Findings:
    """Yield what keeps replies from being found or obeyed. `agents` are their addresses (lower-cased), None
    where they are not known."""
    form = settings.desk.reply_address
    boxes = {name: box for name, box in settings.mailboxes.items() if channel_mode(box.type) is not Mode.FED}
    if form.bare:
        unset = [name for name, box in boxes.items() if not box.trusted_authserv]
        if unset:
            problem = f"is bare, and [mailbox {unset[0]}] has no trusted_authserv: {_HELD}"
            cure = "Set trusted_authserv, or write plus or catchall: `intake check --probe` says which works"
            yield Finding("warning", SECTION, KEY, problem, cure)
    if not form.domain:
        return
    inside = next((agent for agent in agents or () if form.owns(agent)), "")
    if inside:
        problem = f"agent {inside} is in {form.domain}, and every address of it would be a reply address"
        cure = f"Name a domain of its own, such as catchall:@reply.{form.domain}"
        yield Finding("problem", SECTION, KEY, problem, cure)
    yield from _taken(
        form.domain, [box for box in boxes.values() if isinstance(box, ListeningMailbox)], len(boxes)
    )


def _taken(domain: str, listeners: Sequence[ListeningMailbox], boxes: int) -> Findings:
    """Say that no listener takes mail for the domain, where only listeners take any."""
    from intake.channels.lmtp import accepts

    if not listeners or len(listeners) < boxes:
        return
    if not any(accepts(f"a@{domain}", box.address, box.accept) for box in listeners):
        problem = f"no mailbox accepts mail for @{domain}, so every reply is refused"
        yield Finding("problem", SECTION, KEY, problem, f"Write @{domain} into accept of a mailbox")
