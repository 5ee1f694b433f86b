"""What the desk still owes in a ticket that waits for its requester: then silence does not close it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from intake.desk import partners

# How the event begins and ends of an answer that came from somebody else than who was asked (rules.partners).
_INSTEAD = " wrote in the place of {address}, who was asked"
# How the event begins of a mail that did not arrive (lifecycle.delivery_failed, rules.partners).
_LOST = "Mail to {address} could not be delivered"
# So much of an entry's text holds its first line; a longer address is none.
MOST_READ = 400


@dataclass(frozen=True, slots=True)
class Inner:
    """A note or an event in a ticket: its entry, its author's address, the first `MOST_READ` letters of it.

    `by_agent`: an agent wrote it. `came`: it was an email to the desk. `event`: it is no note.
    """

    entry: int
    author: str
    text: str
    by_agent: bool
    came: bool
    event: bool = False


def owed(word: int, inner: Sequence[Inner]) -> str:
    """Return what the desk owes, "" for nothing; `word` is the entry of the last word, `inner` are in order.

    A question to somebody outside that is not answered, or did not arrive and no agent has written since; and
    what somebody wrote who is no agent, and no agent has followed by a word to the requester: a partner's
    answer, or an email that was kept inside.
    """
    asked: set[str] = set()
    for place, entry in enumerate(inner):
        address, later = _asked(entry), inner[place + 1 :]
        asked.add(address.casefold())
        if not address or any(_answers(each, address) for each in later):
            continue
        failed = next((at for at, each in enumerate(later) if _failed(each, address)), None)
        if failed is None:
            return f"a question to {address} is not answered"
        if later[failed].entry > word and not any(each.by_agent for each in later[failed + 1 :]):
            return f"a question to {address} has not arrived"
    came = [entry for entry in inner if entry.entry > word and entry.came]
    kept = next((entry for entry in came if not (entry.event or entry.by_agent)), None)
    if kept is None:
        return ""
    if kept.author.casefold() in asked:
        return f"the answer of {kept.author} was not followed by a word to the requester"
    return f"an email of {kept.author} was kept inside, and not followed by a word to the requester"


def _failed(entry: Inner, address: str) -> bool:
    return entry.event and entry.text.casefold().startswith(_LOST.format(address=address).casefold())


def _asked(entry: Inner) -> str:
    """Return whom a note asked, outside the ticket; "" where it asked nobody."""
    heading = partners.heading(entry.text) if entry.by_agent and not entry.event else ""
    return next((word.rstrip(",") for word in heading.split() if "@" in word), "")


def _answers(entry: Inner, address: str) -> bool:
    if entry.event:
        return entry.text.casefold().endswith(_INSTEAD.format(address=address).casefold())
    return entry.came and not entry.by_agent and entry.author.casefold() == address.casefold()
