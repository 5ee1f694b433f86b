"""How strict the guard is, and what it knows to be the desk's own. Made of the config's [guard]."""

from dataclasses import dataclass
from enum import IntEnum


class Need(IntEnum):
    """What a mail needs before it may leave; the greater counts."""

    NOTHING = 0
    CONFIRM = 1
    TWO = 2
    REFUSED = 3

    @property
    def word(self) -> str:
        """Its name, as the config and the ledger have it."""
        return self.name.lower()


# As the config has them. Where something is "off" it is not looked for.
CHOICES = {"confirm": Need.CONFIRM, "two": Need.TWO, "off": Need.NOTHING, "refuse": Need.REFUSED}
# So long an answer waits that needs a second person, where the desk has none.
ALONE_SECONDS = 24 * 3600
# What stands in a draft's rule before the digests of what was asked about.
_SEEN = "+="


@dataclass(frozen=True, slots=True)
class GuardPolicy:
    """What each kind of finding needs (keys of CHOICES), and what is never one.

    `hosts` are the desk's own and those that the admin wrote: a host is on the list if it is one of them or
    below one (A-labels, lower case). `own` are those that nobody may imitate. `wallets` are addresses as
    they are written, `digests` the SHA-256 (hex) of files that may go.
    """

    links: str = "confirm"
    channels: str = "confirm"
    addresses: str = "two"
    files: str = "refuse"
    asks: str = "confirm"
    hosts: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    wallets: frozenset[str] = frozenset()
    digests: frozenset[str] = frozenset()

    def need(self, kind: str) -> Need:
        """Return what a finding of this kind needs: one of links, channels, addresses, files, asks."""
        return CHOICES[str(getattr(self, kind))]


def marked(rule: str, need: Need, seen: str = "") -> str:
    """Return the rule that kept a draft, with what its yes must be worth: `unproven_agent+two`; and with what
    was asked about, as `guard.seen` has it: `unproven_agent+two+=0a1b`."""
    worth = f"{rule}+{need.word}" if need in (Need.CONFIRM, Need.TWO) else rule
    return f"{worth}{_SEEN}{seen}" if seen else worth


def unmarked(rule: str) -> tuple[str, Need]:
    """Return a rule as `marked` was given it, and what the draft needs."""
    rule = rule.partition(_SEEN)[0]
    # What stands before the last sign may hold others: a rule names each doubt that was asked about.
    plain, sign, word = rule.rpartition("+")
    needs = {need.word: need for need in (Need.CONFIRM, Need.TWO)}
    return (plain, needs[word]) if sign and word in needs else (rule, Need.NOTHING)


def plain_rule(rule: str) -> str:
    """Return a rule as people read it: without what was asked about."""
    return rule.partition(_SEEN)[0]


def seen_in(rule: str) -> str:
    """Return what was asked about, of a rule that `marked` returned; "" where it says nothing of that."""
    return rule.partition(_SEEN)[2]
