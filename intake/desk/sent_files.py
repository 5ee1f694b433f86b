"""Which of a ticket's files go with a mail to whoever is given the ticket. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from intake.desk.kept_files import KeptFile
from intake.desk.page import ASSIGNED, HANDED_OVER

# So many bytes of files are read for one mail; the composer decides what fits into it.
MOST_BYTES = 18 * 1024 * 1024
# What is told to who is given a ticket.
GIVEN = (ASSIGNED, HANDED_OVER)
# What begins the keys of mails that brought a ticket's files: who was given it, or asked about it.
BROUGHT = ("alert:assigned:", "note:asked:", "alert:merged:")
# How the event begins, in a ticket that was merged, which says so.
MERGED_INTO = "merged into #"


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that came with a customer's message at `at` (aware)."""

    at: datetime
    name: str
    media_type: str
    size: int
    sha256: str
    content_id: str
    inline: bool


def not_had(
    files: Iterable[SentFile],
    noticed: Collection[datetime],
    brought: datetime | None,
    now: datetime,
    takes_over: bool,
) -> list[SentFile]:
    """Return the files of a ticket that an agent is to be brought `now` (aware), the newest message first as
    they come.

    `noticed` is when a notice went to the agent, which was made with the message it tells of and has its
    time; `brought` when they were last brought the files. Who `takes_over` the ticket for the first time gets
    all of them, also those of notices that went to the whole team, but for what the notice at hand has.
    """
    if takes_over and brought is None:
        return [file for file in files if not (file.at == now and file.at in noticed)]
    new = [file for file in files if brought is None or file.at > brought]
    return [file for file in new if file.at not in noticed]


def brought_in(number: int, merges: Mapping[int, tuple[int, datetime]]) -> dict[int, datetime | None]:
    """Return in which tickets a mail that brings files has those of ticket `number`, and since when: None for
    ever, its own; else since the merge that led there.

    `merges` are, by tickets, those into which they were merged, and when.
    """
    places: dict[int, datetime | None] = {number: None}
    latest: datetime | None = None
    while number in merges and merges[number][0] not in places:
        number, at = merges[number]
        latest = at if latest is None else max(at, latest)
        places[number] = latest
    return places


def fitting(files: Iterable[SentFile]) -> tuple[list[SentFile], tuple[str, ...]]:
    """Return the files that a mail has room for, each once, and the names of the others.

    `files` come with the newest message first.
    """
    kept: list[SentFile] = []
    left_out: list[str] = []
    seen: set[tuple[str, str]] = set()
    room = MOST_BYTES
    for file in files:
        if (file.sha256, file.name) in seen:
            continue
        seen.add((file.sha256, file.name))
        if file.size <= room:
            kept.append(file)
            room -= file.size
        else:
            left_out.append(KeptFile(file.name, file.sha256, file.size, file.media_type))
    return kept, tuple(left_out)
