"""Hosts that look like the desk's own: by their letters, by a slip of one or two, by our name in them."""

import re

from intake.desk.guard.domains import below, u_labels
from intake.desk.guard.folding import skeleton

# Below a country's ending names are often given here (co.uk, com.cn).
_SECOND = frozenset(("co", "com", "net", "org", "gov", "edu", "ac", "or", "ne"))
# A name of so few letters is in many others, and so near to many that nobody takes them for it.
_SHORT = 5
_LONG = 8


def imitated(host: str, own: frozenset[str]) -> str:
    """Return which of the desk's own hosts a foreign one looks like; "" for none. Hosts are A-labels."""
    if below(host, own):
        return ""
    labels = u_labels(host).split(".")
    # An ending is nobody's name.
    names = [name(labels), *labels[:-1]]
    for ours in sorted(own):
        if f".{ours}." in f".{host}.":
            return ours
        if "." in ours and any(_alike(label, name(u_labels(ours).split("."))) for label in names):
            return ours
    return ""


def registrable(host: str) -> str:
    """Return the part of a host that somebody registered: acme.co.uk of help.acme.co.uk."""
    labels = host.split(".")
    count = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND else 2
    return ".".join(labels[-count:])


def name(labels: list[str]) -> str:
    """Return the label that a host was registered under: `acme` of help.acme.co.uk."""
    return registrable(".".join(labels)).split(".")[0]


def _alike(label: str, ours: str) -> bool:
    if len(ours) < _SHORT:
        return (ours in re.split("[-_]", label) and label != ours) or skeleton(label) == skeleton(
            ours
        ) != label
    mine, theirs = skeleton(ours), skeleton(label)
    if mine == theirs or mine in theirs:
        return True
    return distance(theirs, mine) <= (2 if len(mine) >= _LONG else 1)


def distance(first: str, second: str) -> int:
    """Return how many letters were changed, added, left out or swapped (at most 3: more are not counted)."""
    if abs(len(first) - len(second)) > 2:
        return 3
    before: list[int] = []
    row = list(range(len(second) + 1))
    for y, a in enumerate(first, 1):
        older, before, row = before, row, [y]
        for x, b in enumerate(second, 1):
            least = min(before[x] + 1, row[x - 1] + 1, before[x - 1] + (a != b))
            if y > 1 and x > 1 and a == second[x - 2] and first[y - 2] == b:
                least = min(least, older[x - 2] + 1)
            row.append(least)
    return min(row[-1], 3)
