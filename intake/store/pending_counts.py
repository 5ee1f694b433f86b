"""What a set of messages adds to the counts of the database before it is written (`rate_counts`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from intake.desk.effects import MailKind
from intake.desk.partners import KEY
from intake.store.connection import Connection
from intake.store.schema.tables import Outbox, Ticket

CUSTOMER = tuple(kind.value for kind in MailKind if kind.at_most_once)
BUDGETED = tuple(kind.value for kind in MailKind if kind.budgeted)
OPENING = ("new_ticket", "flood")
# By these rules came what counts as an answer.
ANSWERING = ("follow_up", "partner_reply")
_ACKNOWLEDGEMENT, _ALERT, _NOTICE, _WARNING = (
    kind.value for kind in (MailKind.ACKNOWLEDGEMENT, MailKind.ALERT, MailKind.NOTICE, MailKind.WARNING)
)
# Most mails are notifications of agents, which nothing counts but those of partners' answers.
_COUNTED = frozenset((*CUSTOMER, *BUDGETED, _ALERT))


@dataclass(frozen=True, slots=True)
class Before:
    """A message of the set that was decided on: its row as it will be, when it was received (aware), whether
    it was fetched from an archive, and whether it came right after an automatic mail to its sender."""

    row: Mapping[str, Any]
    received_at: datetime
    archive: bool
    quick: bool


def added(db: Connection, values: Mapping[str, Any], before: Sequence[Before]) -> list[int]:
    """Return what is to be added to each count of a message with these values, in their order."""
    counts = [0] * 17
    address, domain = values["address"], values["domain"]
    for mail in db.writes_of(Outbox):
        kind, about = mail["kind"], mail["ticket"] == values["about"]
        _add(counts, (15,), about and kind == _NOTICE and mail["dedupe_key"].startswith(KEY))
        if kind not in _COUNTED:
            continue
        to_customer, to_address = kind in CUSTOMER, mail["rcpt_ceiling"] == address
        of_domain = mail["rcpt_domain"] == domain
        in_ticket = mail["ticket"] == values["ticket"]
        _add(counts, (0, 1), to_customer and to_address)
        _add(counts, (2,), to_address and kind == _ACKNOWLEDGEMENT)
        _add(counts, (3,), to_customer and of_domain)
        _add(counts, (4,), kind in BUDGETED)
        _add(counts, (5,), kind == _ALERT)
        _add(counts, (6, 7), to_customer and in_ticket)
        _add(counts, (8,), kind == _ALERT and about)
        _add(counts, (14,), kind == _ALERT and to_address)
        _add(counts, (16,), kind == _WARNING and to_address)
    for message in before:
        row = message.row
        recent = values["hour"] < message.received_at < values["soon"] and not message.archive
        theirs = row.get("sender_ceiling", "") == address
        of_domain = row.get("sender_domain", "") == domain
        _add(counts, (9,), recent and theirs and row["rule"] in OPENING)
        _add(counts, (10,), recent and of_domain and row["rule"] in OPENING)
        _add(counts, (11,), recent and theirs and row["rule"] in ANSWERING)
        today = values["day"] < message.received_at < values["soon"] and theirs
        _add(counts, (12,), today and message.quick)
        _add(counts, (13,), today and bool(values["text"]) and row.get("text_hash") == values["text"])
    return counts


def flood(db: Connection, name: str) -> int | None:
    """Return the newest ticket of this flood that is still to be written, None when there is none."""
    rows = db.writes_of(Ticket) if name else ()
    return max((row["id"] for row in rows if row["flood"] == name), default=None)


def _add(counts: list[int], places: Sequence[int], counted: bool) -> None:
    if counted:
        for place in places:
            counts[place] += 1
