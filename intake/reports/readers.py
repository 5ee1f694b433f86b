"""Telling the admin who read much: more than [desk] reads_per_day, or several times their usual."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from intake.desk.reading import much, usual
from intake.desk.text.said import said

if TYPE_CHECKING:
    from intake.app import Desk


def tell_readers(desk: "Desk") -> Sequence[int]:
    """Tell the admin of each person who read much today, once a day; return the ids of the mails."""
    now = desk.service.clock()
    owed: list[int] = []
    for reader in desk.database.reads.readers(now):
        if not much(reader, desk.policy.limits.reads_per_day):
            continue
        text = said(
            "{who} read {count} tickets, mails and files today; on other days it is about {usual}. "
            "`intake audit reads` shows which.",
            who=reader.who,
            count=reader.readings,
            usual=usual(reader.before),
        )
        owed += desk.service.tells.once(f"reads:{reader.who}:{reader.day}", text, now)
    return owed
