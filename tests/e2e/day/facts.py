"""What an agent must know before they act, and where they find it: who has it, what was said, which file."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from day.programs import Letter

# Seconds to open a mail of one's own mailbox and find a place in it, and to write a command and send it.
OPENING, ASKING = 15, 20


class Fact(StrEnum):
    """What is asked at each action."""

    WHO = "who has it"
    SAID = "what was said"
    FILE = "which file"


class Where(StrEnum):
    """Where a fact was found. Only ASKED costs a further request; NOWHERE cost one, too, in vain."""

    HAND = "in the mail at hand"
    MAILBOX = "in their own mailbox"
    ASKED = "by a command"
    NOWHERE = "not at all"

    @property
    def requests(self) -> int:
        return int(self in (Where.ASKED, Where.NOWHERE))


@dataclass(frozen=True, slots=True)
class Found:
    """One question and how it was answered: `mails` were opened beside the one at hand."""

    agent: str
    ticket: int
    fact: Fact
    where: Where
    mails: int
    seconds: float


_NOBODY = re.compile(
    r"unassigned|not assigned|no assignee|nobody has|(?:assignee|assigned to)\s*:?\s*(?:nobody|none|–|-)"
    r"|无负责人|未分配|暂无负责人|尚无负责人|负责人[：:]?\s*(?:无|暂无|未分配)",
    re.IGNORECASE,
)
_HAS = (
    r"assigned to:?\s*{who}|assignee:?\s*{who}|{who}\s+(?:has|took|has taken|is on)\b|taken by\s+{who}",
    r"负责人[：:]?\s*{who}|(?:分配|转交|转|交)给了?\s*{who}|{who}\s*(?:已)?(?:接手|认领|接下)",
)
_ASSIGNED_ME = re.compile(
    r"assigned (?:this ticket )?to you|(?:分配|转交|转|交)给了?(?:您|你)", re.IGNORECASE
)
_OTHER = re.compile(r"#(\d+)")


def tells_who(letter: Letter, assignee: str, me: str) -> bool:
    """Whether a mail shows that `assignee` ("" for nobody) has its ticket; `me` is its reader's name."""
    lines = letter.shown.split("\n")
    ours = [line for line in lines if {int(n) for n in _OTHER.findall(line)} <= {letter.number}]
    text = "\n".join(ours)
    if not assignee:
        return _NOBODY.search(text) is not None
    if assignee == me and _ASSIGNED_ME.search(text):
        return True
    names = [re.escape(assignee), *(["you", "您", "你"] if assignee == me else [])]
    who = f"(?:{'|'.join(names)})"
    return any(re.search(form.format(who=who), text, re.IGNORECASE) for form in _HAS)


def tells_words(letter: Letter, canaries: Iterable[str]) -> set[str]:
    """Return which of these words a mail shows."""
    return {canary for canary in canaries if canary in letter.shown}


def tells_file(letter: Letter, name: str) -> bool:
    """Whether a mail brings a file: attached, or by a link that stands with its name."""
    if name in letter.files:
        return True
    lines = [line for line in letter.shown.split("\n") if line.strip()]
    named = [at for at, line in enumerate(lines) if name in line]
    return any("http" in line for at in named for line in lines[max(0, at - 1) : at + 2])


Tells = Callable[[Letter], set[str]]


def look(
    hand: Letter,
    mailbox: Sequence[Letter],
    sent: Sequence[str],
    tells: Callable[[Letter], set[str]],
    wanted: set[str],
) -> tuple[Where | None, int]:
    """Look for all that is `wanted`, in the mail at hand, then in the mailbox, the newest mail first.

    `sent` is what they wrote themselves about the ticket. Return where it was found and how many mails
    were opened for it; None where it stands in none.
    """
    missing = wanted - tells(hand)
    if not missing:
        return Where.HAND, 0
    opened = 0
    for text in sent:
        known = {word for word in missing if word in text}
        opened, missing = opened + bool(known), missing - known
    for letter in reversed(mailbox):
        if not missing:
            break
        known = missing & tells(letter)
        opened += 1
        missing -= known
    return (Where.MAILBOX, opened) if not missing else (None, opened)
