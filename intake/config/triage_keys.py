"""The sections [triage] and [rule NAME]: their keys, how they are read, and the rules made of them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from intake.config.converters import BadValue, Key, as_flag, as_text, as_words, one_of
from intake.desk.text.words import vocabulary
from intake.desk.triage.engine import CATEGORIES, PRIORITIES, TriagePolicy, TriageRule, words_of
from intake.desk.triage.safe_regex import SHIPPED, BadPattern, compiled
from intake.desk.triage.shipped import SECURITY_WORDS, SHIPPED_RULES

MOST_FILES = 1000


def as_lower_words(value: str) -> tuple[str, ...]:
    return tuple(one.lower() for one in as_words(value))


def as_who(value: str) -> tuple[str, ...]:
    found = as_lower_words(value)
    for one in found:
        if "@" not in one or one.endswith("@") or any(c.isspace() for c in one):
            raise BadValue(
                f"{one!r} is neither an address nor a domain", "Write anna@example.com or @example.com"
            )
    return found


def as_pattern(value: str) -> Any:
    return _pattern(value) if value else None


def as_captures(value: str) -> tuple[Any, ...]:
    """Return shipped patterns by their names, or one pattern of the admin's own on each line."""
    found = []
    for line in value.splitlines():
        names = [one.strip() for one in line.split(",") if one.strip()]
        if "(" in line:
            own = _pattern(line.strip())
            if not own.groupindex:
                raise BadValue(
                    f"{line.strip()!r} has no named group", "Write it like order (?P<order>[0-9]{5,8})"
                )
            found.append(own)
            continue
        for name in names:
            if name not in SHIPPED:
                raise BadValue(f"{name!r} is not a shipped pattern", f"Available: {', '.join(SHIPPED)}")
            found.append(SHIPPED[name])
    return tuple(found)


def _pattern(text: str) -> Any:
    try:
        return compiled(text)
    except BadPattern as err:
        raise BadValue(
            f"the pattern {text!r} cannot be used: {err}", "See docs/triage.md, Patterns"
        ) from None


def as_fields(value: str) -> tuple[tuple[str, str], ...]:
    found = []
    for one in as_words(value):
        name, equals, wanted = (part.strip() for part in one.partition("="))
        if not name or not equals or not wanted:
            raise BadValue(
                f"{one!r} is not a valid field with a value",
                "Write product=wallet, or product=* for any value",
            )
        found.append((name, wanted))
    return tuple(found)


def as_count(value: str) -> int | None:
    if not value:
        return None
    if value.lower() == "none":
        return 0
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= MOST_FILES):
        raise BadValue(f"{value!r} is not a valid number of files", f"Write 1 to {MOST_FILES}, or none")
    return int(value)


def as_maybe(value: str) -> bool | None:
    return as_flag(value) if value else None


RULE = (
    Key("sender", as_who, ""),
    Key("recipient", as_who, ""),
    Key("mailbox", as_words, ""),
    Key("subject", as_words, ""),
    Key("text", as_words, ""),
    Key("pattern", as_pattern, ""),
    Key("language", as_words, ""),
    Key("attachment", as_lower_words, ""),
    Key("attachments", as_count, ""),
    Key("field", as_fields, ""),
    Key("verified", as_maybe, ""),
    Key("category", as_text, ""),
    Key("priority", one_of("", *PRIORITIES), ""),
    Key("team", as_text, ""),
    Key("tags", as_words, ""),
    Key("capture", as_captures, ""),
    Key("stop", as_flag, "no"),
)
TRIAGE = (
    Key("categories", as_words, ", ".join(CATEGORIES)),
    Key("default_category", as_text, "enquiry"),
    Key("security", as_flag, "yes"),
    Key("security_words", as_words, ""),
    Key("security_team", as_text, "security"),
)
SETS = ("category", "priority", "team", "tags", "capture", "stop")

Report = Callable[[str, str, str, str], None]
Sections = Mapping[str, Any]


def problems(triage: Any, rules: Sections, teams: Sections, mailboxes: Sections, report: Report) -> None:
    """Report what a rule names but does not exist, and rules that do nothing."""
    categories = triage.values.get("categories", ())
    default = triage.values.get("default_category", "")
    if default and categories and default not in categories:
        report(
            "triage",
            "default_category",
            f"{default!r} is not a valid category",
            f"Write one of: {', '.join(categories)}",
        )
    for name, rule in rules.items():
        where, values = f"rule {name}", rule.values
        category, team = values.get("category", ""), values.get("team", "")
        if category and categories and category not in categories:
            report(
                where, "category", f"{category!r} is not a valid category", "Add it to [triage] categories"
            )
        if team and team not in teams:
            report(where, "team", f"there is no team {team!r}", f"Add a section [team {team}]")
        for box in values.get("mailbox", ()):
            if box not in mailboxes:
                report(
                    where, "mailbox", f"there is no mailbox {box!r}", "Name one of the [mailbox …] sections"
                )
        if not any(values.get(key, True) for key in SETS):
            report(where, "", "sets nothing", f"Give it one of: {', '.join(SETS)}")


def policy_of(triage: Any, rules: Sections, teams: Sections) -> TriagePolicy:
    """Return the rules of the config, or the shipped ones where it has none."""
    made = tuple(rule_of(name, one.values) for name, one in rules.items()) or tuple(shipped())
    words = (*SECURITY_WORDS, *triage.security_words)
    team = triage.security_team if triage.security_team in teams else ""
    return TriagePolicy(made, triage.default_category, vocabulary(words) if triage.security else None, team)


def shipped() -> Iterator[TriageRule]:
    """Yield the shipped rules, read as if they stood in the config."""
    for name, texts in SHIPPED_RULES.items():
        yield rule_of(name, {key.name: key.convert(texts.get(key.name, key.default or "")) for key in RULE})


def rule_of(name: str, values: Mapping[str, Any]) -> TriageRule:
    """Return a rule of the values of its section."""
    return TriageRule(
        name,
        sender=values["sender"],
        recipient=values["recipient"],
        mailbox=values["mailbox"],
        subject=words_of(values["subject"]),
        text=words_of(values["text"]),
        pattern=values["pattern"],
        language=values["language"],
        attachment=values["attachment"],
        attachments=values["attachments"],
        form_field=values["field"],
        verified=values["verified"],
        category=values["category"],
        priority=values["priority"],
        team=values["team"],
        tags=values["tags"],
        capture=values["capture"],
        stop=values["stop"],
    )
