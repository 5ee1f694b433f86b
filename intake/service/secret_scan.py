"""Looking through what was written before the detector was as good as it is: `intake secret scan`.

What it finds is noted in its ticket, and nobody is written to: most of it is old. Files are looked into
afterwards, by the worker, when it has nothing else to look into.
"""

from collections.abc import Callable, Iterator, Sequence
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
    """One step: how many entries were looked at, how many finds are new, and how many files wait to be looked
    into."""

    entries: int
    finds: int
    files: int = 0


def scan(
    service: Service,
    ticket: int | None = None,
    since: datetime | None = None,
    unread: Sequence[str] = (),
    rest: Callable[[], None] = lambda: None,
) -> Iterator[Scanned]:
    """Look through entries, of a ticket (None: of all) and not before `since` (aware); yield after each step,
    and `rest` before the next one, so that mail has the machine.

    Files whose media type begins with one of `unread` are not looked into. The scan of all goes on where the
    one before it ended or was stopped.
    """
    finds, whole = service.store.finds, ticket is None and since is None
    after = finds.scanned() if whole else 0
    while texts := finds.texts(after, STEP, ticket, since):
        new = 0
        for text in texts:
            new += _one(service, text)
        files = service.store.readings.want([text.entry for text in texts], unread, service.clock())
        after = texts[-1].entry
        if whole:
            finds.mark_scanned(after)
        yield Scanned(len(texts), new, files)
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
