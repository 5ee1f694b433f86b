"""Which of a ticket's files go with a mail to whoever is given the ticket. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from intake.desk.kept_files import KeptFile

# So many bytes of files are read for one mail; the composer decides what fits into it.
MOST_BYTES = 18 * 1024 * 1024
# What begins the keys of mails that brought a ticket's files.
BROUGHT = "alert:assigned:"


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


def missing(
    files: Iterable[SentFile], noticed: Collection[datetime], brought: datetime | None
) -> tuple[list[SentFile], tuple[str, ...]]:
    """Return the files that an agent did not get, and the names of those for which there is no room.

    `files` come with the newest message first. `noticed` is when a notice went to the agent, which was made
    with the message it tells of and has its time; `brought` when they were last brought all files.
    """
    kept: list[SentFile] = []
    left_out: list[str] = []
    seen: set[tuple[str, str]] = set()
    room = MOST_BYTES
    for file in files:
        if file.at in noticed or (brought is not None and file.at <= brought):
            continue
        if (file.sha256, file.name) in seen:
            continue
        seen.add((file.sha256, file.name))
        if file.size <= room:
            kept.append(file)
            room -= file.size
        else:
            left_out.append(KeptFile(file.name, file.sha256, file.size, file.media_type))
    return kept, tuple(left_out)
