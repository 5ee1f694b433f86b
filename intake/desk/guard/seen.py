"""What of a draft was asked about: a yes lets out that, and nothing that came in its place since. Pure.

A draft is read again when its yes comes, and what it brings along by name, a canned response or an article,
may be another by then. So the digest of what would leave is kept with the draft, and that of each finding.
"""

import hashlib
from collections.abc import Iterable

from intake.desk.effects import Mail
from intake.desk.guard.verdict import Finding

# Digits of each: half a digest of a text, for which nobody finds another (2^64 tries for a pair); of each
# finding fewer, for its words are the desk's.
_TEXT, _EACH = 32, 16


def sealed(owed: Iterable[Mail], findings: Iterable[Finding]) -> str:
    """Return the digests (hexadecimal) of what mails say, to all who get them, and of each finding in them,
    with a stop between."""
    words = [
        repr((mail.text, mail.html, [(file.name, _digest(file.content, _TEXT)) for file in mail.attachments]))
        for mail in owed
    ]
    whole = _digest("\n".join(dict.fromkeys(words)).encode("utf-8", "surrogatepass"), _TEXT)
    return ".".join((whole, *sorted({_of(finding) for finding in findings})))


def covers(seen: str, now: str) -> bool:
    """Whether what was asked about (`seen`, as `sealed` returns it) is what would leave now, with no finding
    that was not told."""
    (before, *asked), (after, *findings) = seen.split("."), now.split(".")
    return before == after and set(findings) <= set(asked)


def _of(finding: Finding) -> str:
    return _digest(f"{finding.name}\n{finding.why}".encode("utf-8", "surrogatepass"), _EACH)


def _digest(content: bytes, length: int) -> str:
    return hashlib.sha256(content).hexdigest()[:length]
