"""The sections [triage] and [rule NAME]: their keys, how they are read, and the rules made of them."""

# `key` and its like make a field, as `dataclasses.field` does.
# ruff: noqa: RUF009

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from intake.config.converters import BadValue, as_flag, as_text, as_words, one_of
from intake.config.keys import key, keys_of, made
from intake.desk.text.words import Vocabulary, vocabulary
from intake.desk.ticket import PRIORITIES
from intake.desk.triage.engine import CATEGORIES, TriagePolicy, TriageRule, words_of
from intake.desk.triage.header_tests import HeaderTest, header_test
from intake.desk.triage.safe_regex import SHIPPED, BadPattern, compiled
from intake.desk.triage.shipped import SECURITY_WORDS, SHIPPED_RULES

MOST_FILES = 1000


def as_lower_words(value: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in as_words(value))


def as_who(value: str) -> tuple[str, ...]:
    values = as_lower_words(value)
    for word in values:
        if "@" not in word or word.endswith("@") or any(c.isspace() for c in word):
            raise BadValue(
                f"{word!r} is neither an address nor a domain", "Write anna@example.com or @example.com"
            )
    return values


def as_vocabulary(value: str) -> Vocabulary | None:
    return words_of(as_words(value))


def as_pattern(value: str) -> re.Pattern[str] | None:
    return _pattern(value) if value else None


def as_captures(value: str) -> tuple[re.Pattern[str], ...]:
    """Return shipped patterns by their names, or one pattern of the admin's own on each line."""
    captures = []
    for line in value.splitlines():
        names = [part.strip() for part in line.split(",") if part.strip()]
        if "(" in line:
            own = _pattern(line.strip())
            if not own.groupindex:
                raise BadValue(
                    f"{line.strip()!r} has no named group", "Write it like order (?P<order>[0-9]{5,8})"
                )
            captures.append(own)
            continue
        for name in names:
            if name not in SHIPPED:
                raise BadValue(f"{name!r} is not a shipped pattern", f"Available: {', '.join(SHIPPED)}")
            captures.append(SHIPPED[name])
    return tuple(captures)


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return compiled(text)
    except BadPattern as err:
        raise BadValue(
            f"the pattern {text!r} cannot be used: {err}", "See docs/triage.md, Patterns"
        ) from None


def as_fields(value: str) -> tuple[tuple[str, str], ...]:
    fields = []
    for word in as_words(value):
        name, equals, wanted = (part.strip() for part in word.partition("="))
        if not name or not equals or not wanted:
            raise BadValue(
                f"{word!r} is not a valid field with a value",
                "Write product=wallet, or product=* for any value",
            )
        fields.append((name, wanted))
    return tuple(fields)


def as_count(value: str) -> int | None:
    if not value:
        return None
    if value.lower() == "none":
        return 0
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= MOST_FILES):
        raise BadValue(f"{value!r} is not a valid number of files", f"Write 1 to {MOST_FILES}, or none")
    return int(value)


def as_headers(value: str) -> tuple[HeaderTest, ...]:
    tests = []
    for line in filter(None, (line.strip() for line in value.splitlines())):
        try:
            tests.append(header_test(line))
        except BadPattern as err:
            raise BadValue(
                f"{line!r} is not a condition on a header field: {err}",
                "Write NAME: text, NAME: /pattern/ or NAME: *, one a line",
            ) from None
    return tuple(tests)


# What somebody writes who means no: as a reason it would keep every customer's email that the rule fits.
_NOT = frozenset(
    (
        "none",
        "never",
        "nein",
        "nie",
        "nicht",
        "non",
        "não",
        "nao",
        "нет",
        "hayır",
        "không",
        "否",
        "不",
        "无",
        "いいえ",
    )
)


def as_reason(value: str) -> str:
    """Return why a mail is quarantined: a reason in words, "yes" where none is given, "" for not at all."""
    try:
        return "yes" if as_flag(value or "no") else ""
    except BadValue:
        if value.strip().casefold().rstrip(".!") in _NOT:
            raise BadValue(f"{value!r} is no reason", "Write yes, no, or why it is quarantined") from None
        return " ".join(value.split())


def as_allowed(value: str) -> bool:
    if value.strip().lower() not in ("", "allow"):
        raise BadValue(f"{value!r} is not allow", "Write allow, or clear the key")
    return bool(value.strip())


def as_maybe(value: str) -> bool | None:
    return as_flag(value) if value else None


@dataclass(frozen=True, slots=True)
class RuleSettings(TriageRule):
    """A rule as the desk goes by it; here stands how each of its keys is read."""

    sender: tuple[str, ...] = key(as_who, "")
    recipient: tuple[str, ...] = key(as_who, "")
    mailbox: tuple[str, ...] = key(as_words, "")
    subject: Vocabulary | None = key(as_vocabulary, "")
    text: Vocabulary | None = key(as_vocabulary, "")
    pattern: re.Pattern[str] | None = key(as_pattern, "")
    language: tuple[str, ...] = key(as_words, "")
    attachment: tuple[str, ...] = key(as_lower_words, "")
    attachments: int | None = key(as_count, "")
    form_field: tuple[tuple[str, str], ...] = key(as_fields, "", name="field")
    header: tuple[HeaderTest, ...] = key(as_headers, "")
    verified: bool | None = key(as_maybe, "")
    category: str = key(as_text, "")
    priority: str = key(one_of("", *PRIORITIES), "")
    team: str = key(as_text, "")
    tags: tuple[str, ...] = key(as_words, "")
    capture: tuple[re.Pattern[str], ...] = key(as_captures, "")
    quarantine: str = key(as_reason, "")
    close: bool = key(as_flag, "no")
    quiet: bool = key(as_flag, "no")
    machine: bool = key(as_allowed, "")
    stop: bool = key(as_flag, "no")

    @property
    def sets_something(self) -> bool:
        """Whether it makes any difference to a ticket or to the rules below it."""
        return bool(
            self.category
            or self.priority
            or self.team
            or self.tags
            or self.capture
            or self.stop
            or self.handles
        )

    @property
    def handles(self) -> bool:
        """Whether it does something with a mail beside saying what its ticket is."""
        return bool(self.quarantine or self.close or self.quiet or self.machine)

    @property
    def chooses(self) -> bool:
        """Whether it asks anything of a mail, so that it does not fit every one."""
        conditions = (
            self.sender,
            self.recipient,
            self.mailbox,
            self.subject,
            self.text,
            self.pattern,
            self.language,
            self.attachment,
            self.form_field,
            self.header,
        )
        return any(conditions) or self.attachments is not None or self.verified is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageSettings:
    """What stands where no rule says otherwise, and the words of security."""

    categories: tuple[str, ...] = key(as_words, ", ".join(CATEGORIES))
    default_category: str = key(as_text, "enquiry")
    security: bool = key(as_flag, "yes")
    security_words: tuple[str, ...] = key(as_words, "")
    ask_about_theft: bool = key(as_flag, "yes")
    security_team: str = key(as_text, "security")


# The keys of a rule that set something; all others are conditions.
SETS = (
    "category",
    "priority",
    "team",
    "tags",
    "capture",
    "quarantine",
    "close",
    "quiet",
    "machine",
    "stop",
)

# The keys that are conditions.
WHERE = tuple(declaration.name for declaration in keys_of(RuleSettings) if declaration.name not in SETS)


def policy_of(
    triage: TriageSettings, rules: Mapping[str, RuleSettings], teams: Container[str]
) -> TriagePolicy:
    """Return the rules of the config, or the shipped ones where it has none."""
    words = (*SECURITY_WORDS, *triage.security_words)
    team = triage.security_team if triage.security_team in teams else ""
    return TriagePolicy(
        tuple(rules.values()) or tuple(shipped()),
        triage.default_category,
        vocabulary(words) if triage.security else None,
        team,
        triage.security and triage.ask_about_theft,
    )


def shipped() -> Iterator[RuleSettings]:
    """Yield the shipped rules, read as if they stood in the config."""
    for name, texts in SHIPPED_RULES.items():
        yield rule_of(name, texts)


def rule_of(name: str, texts: Mapping[str, str]) -> RuleSettings:
    """Return a rule of the texts of its keys. Raises BadValue."""
    values = {
        declaration.name: declaration.convert(texts.get(declaration.name, declaration.default or ""))
        for declaration in keys_of(RuleSettings)
    }
    return made(RuleSettings, values, name=name)
