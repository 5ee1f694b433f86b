"""The part of `intake check` about rules that keep customers from an answer, or never fit.

A rule is judged by what it does with ordinary mails, not by how it is written: `mailbox = support`,
`header = From: *` and `pattern = .` all catch every email.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from intake.commands.check.findings import Finding, Findings
from intake.commands.check.ordinary import ordinary
from intake.desk.triage.engine import TriageInput, TriagePolicy, TriageRule, triage

if TYPE_CHECKING:
    from intake.config.sections import Settings

# A rule that catches this part of ordinary mails is meant for some, and catches nearly all.
NEARLY_ALL = 0.9
# What a rule does to a mail, and what comes of it where that is done to customers.
_OUTCOMES = {
    "quarantine": "no ticket is opened, and nobody is answered",
    "close": "their tickets are closed at once, and nobody is notified",
    "quiet": "no customer gets an automatic email",
    "machine": "automatic email is let in from anybody",
}


def rules(settings: "Settings", unsound: set[str]) -> Findings:
    """Yield rules that catch all mail, and those that can never fit.

    Nothing is said of sections in `unsound`, which could not be read.
    """
    for name, rule in settings.rules.items():
        section = f"rule {name}"
        if section in unsound:
            continue
        boxes = [box for box in rule.mailbox or settings.mailboxes if box in settings.mailboxes]
        if rule.verified and boxes and not any(settings.mailboxes[box].trusted_authserv for box in boxes):
            problem = "is yes, but no mailbox that it is for has trusted_authserv: it never fits"
            cure = "Set trusted_authserv in the mailbox to the name your mail server writes, or clear the key"
            yield Finding("warning", section, "verified", problem, cure)
        for key in ("subject", "text"):
            words = getattr(rule, key)
            if words is not None and not (words.by_first or words.beginnings or words.foreign):
                cure = "Write words; a star stands only behind the beginning of one (refund*)"
                yield Finding("warning", section, key, "holds no word: it never fits", cure)
        if rule.handles:
            yield from _caught(settings, section, rule)


def _caught(settings: "Settings", section: str, rule: TriageRule) -> Findings:
    """Yield what a rule does to nearly all mail of a mailbox."""
    whole: dict[str, list[str]] = {}
    for box in settings.mailboxes:
        mails = list(_mails(settings, box))
        fates = [triage(TriagePolicy((rule,)), mail).handling for mail in mails]
        for key in _OUTCOMES:
            if sum(key in fate for fate in fates) >= NEARLY_ALL * len(mails):
                whole.setdefault(key, []).append(box)
    for key, boxes in whole.items():
        where = "" if len(boxes) == len(settings.mailboxes) else f" of mailbox {', '.join(boxes)}"
        problem = f"it catches every ordinary email{where}: {_OUTCOMES[key]}"
        cure = (
            "Add a condition that fits only the mail you mean; `intake rules test` shows what a rule catches"
        )
        yield Finding("warning", section, key, problem, cure)


def _mails(settings: "Settings", box: str) -> Iterator[TriageInput]:
    """Yield ordinary mails of a mailbox; where a server vouches for senders, with and without its word."""
    mailbox = settings.mailboxes[box]
    for mail in ordinary(box, mailbox.address or settings.desk.address):
        yield mail
        if mailbox.trusted_authserv:
            yield replace(mail, verified=True)
