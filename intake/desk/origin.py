"""Whether an email that somebody shows us was ours, as a value. Pure.

Nobody must be told "ours" of what was not, so that is said only of a mail whose whole content is one that
left, or that is signed by a key of ours. "Not ours" is said only of times of which every mail is still known.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Origin(Enum):
    """YOURS: ours, and to who asks. ELSEWHERE: ours, and to another address. FOREIGN: this desk did not send
    it. UNKNOWN: it cannot be told."""

    YOURS = "yours"
    ELSEWHERE = "elsewhere"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"


class Lacks(Enum):
    """Why it cannot be told. INLINE: what was shown is not the mail as it came. CHANGED: a mail of ours with
    its Message-ID says something else. OLD: it is from a time of which not all is known."""

    NOTHING = ""
    INLINE = "inline"
    CHANGED = "changed"
    OLD = "old"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a mail that was shown.

    `original`: it has what every mail of ours has. `known`: a mail with its Message-ID left; `same`: and says
    the same in every part; `rcpt` is whom that went to, `sent_at` when. `signed`: a key of ours signed it,
    and all that decides how it is read; `to` is whom it names then. `date` is its own, `kept_since` from when
    on every mail that left is known (both aware, None: not at all).
    """

    original: bool
    known: bool = False
    same: bool = False
    signed: bool = False
    rcpt: str = ""
    to: str = ""
    sent_at: datetime | None = None
    date: datetime | None = None
    kept_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What who asks is told: `sent_at` only of a mail to them."""

    origin: Origin
    lacks: Lacks = Lacks.NOTHING
    sent_at: datetime | None = None


def answer(evidence: Evidence, asker: str) -> Answer:
    """Return what somebody with the address `asker` is told of a mail."""
    if not evidence.original:
        return Answer(Origin.UNKNOWN, Lacks.INLINE)
    if (evidence.known and evidence.same) or evidence.signed:
        theirs = evidence.rcpt if evidence.known else evidence.to
        if theirs and theirs.strip().lower() == asker.strip().lower():
            return Answer(Origin.YOURS, sent_at=evidence.sent_at or evidence.date)
        return Answer(Origin.ELSEWHERE)
    if evidence.known:
        return Answer(Origin.UNKNOWN, Lacks.CHANGED)
    if evidence.date is None or evidence.kept_since is None or evidence.date < evidence.kept_since:
        return Answer(Origin.UNKNOWN, Lacks.OLD)
    return Answer(Origin.FOREIGN)
