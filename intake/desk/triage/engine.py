"""What a new message is about, how urgent it is and whose it is: a table of rules, read from the top. Pure.

The first rule that fits and sets a thing decides it; tags and captured fields add up. Words
of theft and fraud come before all rules. What the requester chose in a form stays, unless
it is about security.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from intake.desk.message import Attachment, Envelope, Forward, Message
from intake.desk.text.language import speaks
from intake.desk.text.words import FoldedText, Vocabulary, text_of, vocabulary
from intake.desk.ticket import NORMAL, URGENT, urgency
from intake.desk.triage.header_tests import HeaderTest
from intake.desk.triage.safe_regex import MAX_TEXT, captured

CATEGORIES = ("enquiry", "technical", "account", "transaction", "security")
SECURITY = "security"
# A captured value longer than this is no hash and no version.
MAX_VALUE = 200
MAX_FIELDS = 64
# What stands for a switch that is on.
YES = "yes"
# What a rule does with a mail beside saying what its ticket is, and how `intake why` says it.
HANDLING = {
    "quarantine": "quarantined",
    "close": "closed at once",
    "quiet": "its sender gets no automatic email",
    "machine": "automatic email let in",
}
# Hashes and private keys look the same. Where somebody writes of a theft or of keys, none is kept apart.
_COULD_BE_KEYS = frozenset(("tx_hash",))


@dataclass(frozen=True, slots=True)
class TriageRule:
    """One rule: what must fit (all that is given; of a list, one), and what it then sets.

    `sender` and `recipient` are addresses, or domains with @ in front, their subdomains
    included; `attachment` are patterns of file names or media types, `attachments` the least
    number of files (0: there must be none); `form_field` are (name, value), "*" for any value.
    `header` are conditions that must hold all. `quarantine` keeps the mail without a ticket, and says why;
    `close` opens its ticket closed and tells nobody; `quiet` has its sender get no automatic mail; `machine`
    has automatic mail taken for a person's, which still gets none.
    """

    name: str
    sender: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()
    mailbox: tuple[str, ...] = ()
    subject: Vocabulary | None = None
    text: Vocabulary | None = None
    pattern: re.Pattern[str] | None = None
    language: tuple[str, ...] = ()
    attachment: tuple[str, ...] = ()
    attachments: int | None = None
    form_field: tuple[tuple[str, str], ...] = ()
    header: tuple[HeaderTest, ...] = ()
    verified: bool | None = None
    category: str = ""
    priority: str = ""
    team: str = ""
    tags: tuple[str, ...] = ()
    capture: tuple[re.Pattern[str], ...] = ()
    quarantine: str = ""
    close: bool = False
    quiet: bool = False
    machine: bool = False
    stop: bool = False


@dataclass(frozen=True, slots=True)
class TriagePolicy:
    """The rules, and what stands where none of them says otherwise.

    `security` are the words that go before the rules (None: there are none), `security_team`
    the team they go to ("": that of the mailbox).
    """

    rules: tuple[TriageRule, ...] = ()
    category: str = ""
    security: Vocabulary | None = None
    security_team: str = ""


@dataclass(frozen=True, slots=True)
class TriageInput:
    """What the rules look at. `category` and `fields` are what a form asked for, `exposed` what of a wallet
    stands in it ("seed phrase"), which weighs as much as a word of theft."""

    sender: str
    recipients: tuple[str, ...] = ()
    mailbox: str = ""
    subject: str = ""
    text: str = ""
    language: str = ""
    attachments: Sequence[Attachment] = ()
    category: str = ""
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    verified: bool = False
    headers: Sequence[tuple[str, str]] = ()
    exposed: str = ""


@dataclass(frozen=True, slots=True)
class TriageResult:
    """What the rules made of a message: `rules` are those that did something, `word` that of security, or
    what was exposed.

    Without a `team` it is the mailbox's. `handling` are those of HANDLING that were asked for, each with
    the rule that did, and `held_for` is the reason of a quarantine; `spared` says that they were asked for,
    and are not done to this mail.
    """

    category: str = ""
    priority: str = NORMAL
    team: str = ""
    tags: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    rules: tuple[str, ...] = ()
    word: str = ""
    handling: Mapping[str, str] = field(default_factory=dict, hash=False)
    held_for: str = ""
    spared: bool = False

    @property
    def reason(self) -> str:
        """Return in words what `intake why` tells; "" when no rule fitted."""
        if not self.rules:
            return ""
        parts = [
            self.category and f"category {self.category}",
            f"priority {self.priority}" if self.priority != NORMAL else "",
            self.team and f"team {self.team}",
            self.tags and f"tags {', '.join(self.tags)}",
            *(HANDLING[name] for name in HANDLING if name in self.handling),
            self.spared and "an email of agents, leads or this desk itself is only sorted",
        ]
        by = ", ".join(
            f"{part} ({self.word})" if part == SECURITY and self.word else part for part in self.rules
        )
        made = "; ".join(str(part) for part in parts if part)
        return f"triage by {by}: {made or 'nothing set'}"


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """How one rule fared: `missed` is the first condition that did not fit ("" when all did).

    `found` is the word it was found by; `did` what it set, by name.
    """

    rule: str
    missed: str
    found: str = ""
    did: Mapping[str, str] = field(default_factory=dict, hash=False)


def letter(message: Message, envelope: Envelope, verified: bool) -> TriageInput:
    """Return what the rules look at in a message."""
    return TriageInput(
        message.sender.key if message.sender else "",
        _recipients(message, envelope),
        envelope.mailbox,
        message.subject,
        message.new_text,
        message.language,
        message.attachments,
        message.category,
        message.fields,
        verified,
        message.headers,
    )


def forwarded_letter(message: Message, envelope: Envelope, forward: Forward, language: str) -> TriageInput:
    """Return what the rules look at in a mail that an agent passed on: nobody vouches for its author."""
    return TriageInput(
        forward.sender.key,
        _recipients(message, envelope),
        envelope.mailbox,
        forward.subject or message.subject,
        forward.text,
        language,
        (*forward.attachments, *message.attachments),
    )


def triage(policy: TriagePolicy, seen: TriageInput) -> TriageResult:
    """Return what the rules make of a message."""
    return _result(policy, seen, [trace for trace in examine(policy, seen) if not trace.missed])


def examine(policy: TriagePolicy, seen: TriageInput) -> Iterator[RuleTrace]:
    """Yield how each rule fares with a message, from the top. What is set already is not in `did`."""
    subject, text = seen.subject[:MAX_TEXT], seen.text[:MAX_TEXT]
    whole = text_of(subject, text)
    have: dict[str, str] = {}
    if seen.category:
        have["category"] = seen.category
    fields = dict(seen.fields)
    word = policy.security.find(whole) if policy.security is not None else ""
    word = word or seen.exposed
    secret = bool(word)
    if word or policy.security is not None:
        if word:
            did = {"category": SECURITY, "priority": URGENT, "tags": SECURITY}
            if policy.security_team:
                did["team"] = policy.security_team
            have |= did
            yield RuleTrace(SECURITY, "", word, did)
        else:
            yield RuleTrace(SECURITY, "text")
    for rule in policy.rules:
        missed, hit = _compare(rule, seen, whole, f"{subject}\n{text}")
        if missed:
            yield RuleTrace(rule.name, missed)
            continue
        did = {}
        for name in ("category", "priority", "team"):
            value = getattr(rule, name)
            if value and name not in have:
                did[name] = have[name] = value
        if rule.tags:
            did["tags"] = ", ".join(rule.tags)
        for name, value in _handling(rule):
            if name not in have:
                did[name] = have[name] = value
        for name, value in _captured(rule, f"{subject}\n{text}", secret):
            if name not in fields and len(fields) < MAX_FIELDS:
                did[f"field {name}"] = fields[name] = value
        yield RuleTrace(rule.name, "", hit, did)
        if rule.stop:
            return


def _result(policy: TriagePolicy, seen: TriageInput, steps: Sequence[RuleTrace]) -> TriageResult:
    have: dict[str, str] = {}
    tags: list[str] = []
    fields = dict(seen.fields)
    for step in steps:
        for name, value in step.did.items():
            if name == "tags":
                tags += value.split(", ")
            elif name.startswith("field "):
                fields[name.removeprefix("field ")] = value
            else:
                have[name] = value
    security = policy.security is not None or seen.exposed
    word = next((step.found for step in steps if step.rule == SECURITY), "") if security else ""
    # A rule may say nothing but a field; it is told of only where it did something.
    names = tuple(step.rule for step in steps if step.did)
    handling = {name: step.rule for step in reversed(steps) for name in HANDLING if name in step.did}
    reason = have.get("quarantine", "")
    return TriageResult(
        have.get("category") or seen.category or policy.category,
        have.get("priority", NORMAL),
        have.get("team", ""),
        tuple(dict.fromkeys(tags)),
        fields,
        names,
        word,
        handling,
        reason if reason != YES else "",
    )


def raised(old: str, new: str) -> str:
    """Return the higher of two priorities; one that is not known counts as normal."""
    return new if urgency(new) > urgency(old) else old


def _compare(rule: TriageRule, seen: TriageInput, whole: FoldedText, plain: str) -> tuple[str, str]:
    """Return the first condition that does not fit, and the word that one was found by."""
    unmet = _unmet(rule, seen)
    if unmet:
        return unmet, ""
    words = ""
    if rule.subject is not None:
        words = rule.subject.find(text_of(seen.subject[:MAX_TEXT]))
        if not words:
            return "subject", ""
    if rule.text is not None:
        hit = rule.text.find(whole)
        if not hit:
            return "text", ""
        words = ", ".join(part for part in (words, hit) if part)
    if rule.pattern is not None and rule.pattern.search(plain) is None:
        return "pattern", ""
    return "", words


def _is_of(addresses: Sequence[str], wanted: tuple[str, ...]) -> bool:
    for address in addresses:
        domain = address.rpartition("@")[2]
        for entry in wanted:
            if entry == address or (entry[:1] == "@" and f".{domain}".endswith(f".{entry[1:]}") and domain):
                return True
    return False


def _unmet(rule: TriageRule, seen: TriageInput) -> str:
    """Return the first condition that does not fit, of those about other things than the words."""
    if rule.sender and not _is_of((seen.sender,), rule.sender):
        return "sender"
    if rule.recipient and not _is_of(seen.recipients, rule.recipient):
        return "recipient"
    if rule.mailbox and seen.mailbox not in rule.mailbox:
        return "mailbox"
    if not all(test.holds(seen.headers) for test in rule.header):
        return "header"
    if rule.verified is not None and seen.verified is not rule.verified:
        return "verified"
    if rule.language and not any(speaks(seen.language, language) for language in rule.language):
        return "language"
    if rule.attachments is not None and not _enough(len(seen.attachments), rule.attachments):
        return "attachments"
    if rule.attachment and not any(_is_file(attachment, rule.attachment) for attachment in seen.attachments):
        return "attachment"
    if rule.form_field and not any(_filled(seen.fields, *pair) for pair in rule.form_field):
        return "field"
    return ""


def _handling(rule: TriageRule) -> Iterator[tuple[str, str]]:
    if rule.quarantine:
        yield "quarantine", rule.quarantine
    for name, wanted in (("close", rule.close), ("quiet", rule.quiet)):
        if wanted:
            yield name, YES
    if rule.machine:
        yield "machine", "allow"


def _enough(count: int, least: int) -> bool:
    return count >= least if least else count == 0


def _is_file(attachment: Attachment, wanted: tuple[str, ...]) -> bool:
    # A name as long as a mail would make a pattern with many * slow.
    name, kind = attachment.name[-255:].lower(), attachment.media_type[:255].lower()
    return any(fnmatchcase(name, pattern) or fnmatchcase(kind, pattern) for pattern in wanted)


def _filled(fields: Mapping[str, str], name: str, value: str) -> bool:
    there = fields.get(name, "").strip()
    return bool(there) if value == "*" else there.casefold() == value.casefold()


def _captured(rule: TriageRule, plain: str, secret: bool) -> Iterator[tuple[str, str]]:
    for name, value in captured(rule.capture, plain):
        if not (secret and name in _COULD_BE_KEYS):
            yield name, value.strip()[:MAX_VALUE]


def _recipients(message: Message, envelope: Envelope) -> tuple[str, ...]:
    named = (address.mailbox for address in (*message.to, *message.cc))
    return tuple(address.lower() for address in (*envelope.recipients, *message.delivered_to, *named))


def words_of(entries: Sequence[str]) -> Vocabulary | None:
    """Return words for a rule to look for, None for none."""
    return vocabulary(entries) if entries else None
