"""Which columns of the recorded tables stand in the record, and why the others do not.

The reading, the comparison and the table in the documentation are made from this. A column that the schema
has and that is not named here fails a test, so that each new one is decided on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from intake.desk.record.leaf import AGENT, AUDIT, ENTRY, FIND, MESSAGE, SENT, TICKET

Steps = tuple[tuple[object, object], ...]
# Why a column is not recorded: one of these, or words of its own.
_NUMBER = "the number by which all else names the row"
_WORK = "says how far the work on it is; changes all day, and says nothing of what was written"
_MADE = "made of a recorded column, to look it up by"
_ACTED = "changes all day; the acts that set it are in the audit"
_OWN = "a wish of theirs: it changes no right and nothing that was written"


@dataclass(frozen=True, slots=True)
class Column:
    """How a column is recorded.

    `sealed` is the name of the commitment that it is a part of, "" for a value that stands there as it is:
    what a person is called, where they write from and what they say is always sealed. `changes`: the desk
    itself changes it in the course of the work, and has each change recorded; of these `steps` are allowed,
    () for all. `because` is why it is not recorded.
    """

    sealed: str = ""
    changes: bool = False
    steps: Steps = ()
    because: str = ""
    # The time of the statement.
    time: bool = False

    @property
    def recorded(self) -> bool:
        """Whether it stands in the record."""
        return not self.because


_PLAIN, _TIME, _CHANGES = Column(), Column(time=True), Column(changes=True)


def _sealed(name: str, changes: bool = False) -> Column:
    return Column(sealed=name, changes=changes)


def _left(because: str) -> Column:
    return Column(because=because)


_AUDIT = {
    "at": _TIME,
    "authority": _PLAIN,
    "ticket": _PLAIN,
    "message": _PLAIN,
    "who": _sealed("who"),
    "what": _sealed("what"),
}
_MESSAGE = {
    "received_at": _TIME,
    "channel": _PLAIN,
    "mailbox": _PLAIN,
    "archive": _PLAIN,
    "oversize": _PLAIN,
    "sha256": _sealed("bytes"),
    "mail_from": _sealed("envelope"),
    "recipients": _sealed("envelope"),
    "state": _CHANGES,
    "outcome": _CHANGES,
    "ticket": _CHANGES,
    "rule": _CHANGES,
    "released": _CHANGES,
    "duplicate_of": _CHANGES,
    "sender": _sealed("head", changes=True),
    "subject": _sealed("head", changes=True),
    "message_id": _sealed("head", changes=True),
    "reason": _sealed("reason", changes=True),
    "size": _left("that of the bytes, of which the digest is recorded"),
    "fingerprint": _left(_MADE),
    "order_keys": _left(_WORK),
    "attempts": _left(_WORK),
    "next_at": _left(_WORK),
    "held_until": _left(_WORK),
    "held_by": _left(_WORK),
    "sender_key": _left(_MADE),
    "sender_ceiling": _left(_MADE),
    "sender_domain": _left(_MADE),
    "text_hash": _left(_MADE),
    "defects": _left("read out of the bytes again at any time"),
}
_ENTRY = {
    "created_at": _TIME,
    "ticket": _PLAIN,
    "kind": Column(changes=True, steps=(("reply", "draft"),)),
    "agent": _PLAIN,
    "message": _PLAIN,
    "evidence": _PLAIN,
    "unproven": _PLAIN,
    "settled": Column(changes=True, steps=((0, 1),)),
    "author": _sealed("author"),
    "author_name": _sealed("author's name"),
    "before": _sealed("state before it"),
    "text": _sealed("text"),
    "full_text": _sealed("text"),
}
_SENT = {
    "sent_at": _TIME,
    "kind": _PLAIN,
    "ticket": _PLAIN,
    "entry": _PLAIN,
    "quoted": _PLAIN,
    "rcpt": _sealed("recipient"),
    "message_id": _sealed("message-id"),
    "mail_from": _sealed("envelope sender"),
    "mime": _sealed("bytes"),
    "state": _left("only what was sent is recorded, and what is not in that state any more is told as gone"),
    "dedupe_key": _left("keeps the same mail from being made twice, and says nothing once it was sent"),
    "ledger": _left("the message that caused it may be erased before it; its entry is recorded"),
    "urgency": _left(_MADE),
    "rcpt_key": _left(_MADE),
    "rcpt_ceiling": _left(_MADE),
    "rcpt_domain": _left(_MADE),
    "not_before": _left(_WORK),
    "attempts": _left(_WORK),
    "lease_owner": _left(_WORK),
    "lease_until": _left(_WORK),
    "data_started": _left(_WORK),
    "error": _left(_WORK),
    "delivery": _left("comes later, from other servers, in messages that are recorded"),
    "doubtful": _left(_WORK),
    "seen": _left(_WORK),
    "created_at": _left("of a mail its time of leaving is recorded"),
    "due_since": _left(_WORK),
}
_TICKET = {
    "created_at": _TIME,
    "channel": _PLAIN,
    "mailbox": _PLAIN,
    "related": _PLAIN,
    "merged_into": _CHANGES,
    "link": _CHANGES,
    "requester": _sealed("requester"),
    "requester_name": _sealed("requester's name"),
    "subject": _sealed("subject", changes=True),
    "flood": _left(_MADE),
    **dict.fromkeys(
        (
            "status",
            "language",
            "team",
            "priority",
            "assignee",
            "category",
            "tags",
            "fields",
            "excused",
            "spam",
            "withheld",
            "survey_off",
            "quiet",
            "snoozed_until",
        ),
        _left(_ACTED),
    ),
    **dict.fromkeys(
        (
            "updated_at",
            "closed_at",
            "first_response_due",
            "next_response_due",
            "resolution_due",
            "first_response_at",
            "waiting_since",
            "utc_offset",
        ),
        _left(_WORK),
    ),
}
_FIND = {
    "found_at": _TIME,
    "ticket": _PLAIN,
    "message": _PLAIN,
    "entry": _PLAIN,
    "part": _PLAIN,
    "kind": _PLAIN,
    "confidence": _PLAIN,
    "words": _PLAIN,
    "detector": _PLAIN,
    "state": Column(
        changes=True,
        steps=(
            ("hidden", "cleared"),
            ("hidden", "destroyed"),
            ("cleared", "destroyed"),
            ("hidden", "sealed"),
            ("sealed", "destroyed"),
            ("sealed", "cleared"),
        ),
    ),
    # Keyed, and still the same for the same secret: it goes with an erasure.
    "hmac": _sealed("mark"),
}
_AGENT = {
    "created_at": _TIME,
    "enabled": _CHANGES,
    "editor": _CHANGES,
    "name": _sealed("name", changes=True),
    "address": _sealed("address", changes=True),
    "key": _sealed("address", changes=True),
    "given_at": _left(_WORK),
    "digest_at": _left(_WORK),
    **dict.fromkeys(
        ("shift", "timezone", "language", "away_until", "notify", "digest_minutes", "colleagues"), _left(_OWN)
    ),
}
# What hangs on a row and is recorded with it: one commitment over all, in the order of `id` or as named.
_FILE = {
    "name": _sealed("attachments"),
    "media_type": _sealed("attachments"),
    "sha256": _sealed("attachments"),
    "content_id": _sealed("attachments"),
    "inline": _sealed("attachments"),
    "size": _left("that of the bytes, of which the digest is recorded"),
    "entry": _left("it is recorded with this row"),
    "id": _left(_NUMBER),
}
_TEAM = {
    "team": _sealed("teams", changes=True),
    "agent": _left("it is recorded with this row"),
}

# By kind, with the number left out of each: it names the row.
COLUMNS: Mapping[str, Mapping[str, Column]] = {
    AUDIT: _AUDIT,
    MESSAGE: _MESSAGE,
    ENTRY: _ENTRY,
    SENT: _SENT,
    TICKET: _TICKET,
    FIND: _FIND,
    AGENT: _AGENT,
}
COLUMNS = {kind: {"id": _left(_NUMBER), **columns} for kind, columns in COLUMNS.items()}
# The table of each kind, and the one whose rows hang on its rows (with the column that names them).
TABLE = {
    AUDIT: "audit",
    MESSAGE: "message",
    ENTRY: "entry",
    SENT: "outbox",
    TICKET: "ticket",
    FIND: "secret_find",
    AGENT: "agent",
}
HANGING: Mapping[str, tuple[str, str, Mapping[str, Column]]] = {
    ENTRY: ("attachment", "entry", _FILE),
    AGENT: ("agent_team", "agent", _TEAM),
}
# What stays as it is once a column has this value: a message that was decided on.
_FINAL = {MESSAGE: ("state", "done")}


@cache
def groups(kind: str) -> dict[str, tuple[str, ...]]:
    """Return the commitments of a kind by name, each with its columns; what hangs on the row aside."""
    made: dict[str, tuple[str, ...]] = {}
    for name, column in COLUMNS[kind].items():
        if column.recorded and column.sealed:
            made[column.sealed] = (*made.get(column.sealed, ()), name)
    return made


@cache
def plain(kind: str) -> tuple[str, ...]:
    """Return the columns of a kind that stand in the record as they are, its time aside."""
    columns = COLUMNS[kind].items()
    return tuple(name for name, each in columns if each.recorded and not each.sealed and not each.time)


@cache
def time_of(kind: str) -> str:
    """Return the column that is the time of a row of a kind."""
    return next(name for name, column in COLUMNS[kind].items() if column.time)


@cache
def changing(kind: str) -> frozenset[str]:
    """Return the columns of a kind that the desk changes, and has recorded each time."""
    return frozenset(name for name, column in COLUMNS[kind].items() if column.changes)


@cache
def _others(kind: str) -> frozenset[str]:
    columns = [*COLUMNS[kind].items()]
    columns += HANGING[kind][2].items() if kind in HANGING else []
    return frozenset(column.sealed or name for name, column in columns if column.changes)


def may_differ(kind: str, said: Mapping[str, object]) -> frozenset[str]:
    """Return the names (of columns that stand in the record as they are, and of commitments) that may be
    others in a later statement of a row of which `said` stands there as it is."""
    name, value = _FINAL.get(kind, ("", None))
    return frozenset() if name and said.get(name) == value else _others(kind)


def allowed(kind: str, name: str, before: object, after: object) -> bool:
    """Whether the desk itself changes a column from one value to the other."""
    steps = COLUMNS[kind][name].steps if name in COLUMNS[kind] else ()
    return before == after or not steps or (before, after) in steps


def table() -> str:
    """Return the table of the documentation: each recorded table with what is recorded of it and what not."""
    rows = ["| table | in the record | not in the record, because |", "| --- | --- | --- |"]
    for kind, columns in COLUMNS.items():
        rows.append(_row(TABLE[kind], columns))
        if kind in HANGING:
            rows.append(_row(HANGING[kind][0], HANGING[kind][2]))
    return "\n".join(rows)


def _row(called: str, columns: Mapping[str, Column]) -> str:
    said = []
    reasons: dict[str, list[str]] = {}
    for name, column in columns.items():
        if column.recorded:
            marks = [
                *(["sealed"] if column.sealed else []),
                *(["each change too"] if column.changes else []),
            ]
            said.append(f"`{name}`" + (f" ({', '.join(marks)})" if marks else ""))
        else:
            reasons.setdefault(column.because, []).append(f"`{name}`")
    because = "; ".join(f"{', '.join(names)}: {why}" for why, names in reasons.items())
    return f"| `{called}` | {', '.join(said)} | {because} |"
