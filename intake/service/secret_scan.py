"""Looking through what was written before the detector was as good as it is: `intake secret scan`.

What it finds is noted in its ticket, and nobody is written to: most of it is old.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from intake.desk.rules.exposing import noted
from intake.desk.sensitive.finds import Find, finds_in
from intake.service.service import Service
from intake.views import KeptText

# Entries of one step: a transaction each, so that mail goes on meanwhile and a stop loses little.
STEP = 200


@dataclass(frozen=True, slots=True)
class Scanned:
    """One step: how many entries were looked at, and how many finds are new."""

    entries: int
    finds: int


def scan(
    service: Service,
    ticket: int | None = None,
    since: datetime | None = None,
    rest: Callable[[], None] = lambda: None,
) -> Iterator[Scanned]:
    """Look through entries, of a ticket (None: of all) and not before `since` (aware); yield after each step,
    and `rest` before the next one, so that mail has the machine.

    The scan of all goes on where the one before it ended or was stopped.
    """
    finds, whole = service.store.finds, ticket is None and since is None
    after = finds.scanned() if whole else 0
    while texts := finds.texts(after, STEP, ticket, since):
        new = 0
        for text in texts:
            new += _one(service, text)
        after = texts[-1].entry
        if whole:
            finds.mark_scanned(after)
        yield Scanned(len(texts), new)
        if len(texts) == STEP:
            rest()


def _one(service: Service, text: KeptText) -> int:
    every = in_text(text)
    new = service.store.finds.new_in(text.ticket, every) if every else ()
    if new:
        service.act(noted(text.ticket, new, text.message, text.entry))
    return len(new)


def in_text(text: KeptText) -> tuple[Find, ...]:
    """Return the secrets in what somebody wrote, in whatever place of it."""
    named = [find for number, name in enumerate(text.files, 1) for find in finds_in(name, f"name:{number}")]
    return (
        *finds_in(text.subject, "subject"),
        *finds_in(text.text, "text"),
        *finds_in(text.author_name, "sender"),
        *named,
    )
