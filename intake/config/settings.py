"""The INI file as frozen, validated settings. Reports every problem at once, each with its cure.

Which sections and keys there are stands in `intake.config.keys`.
"""

import configparser
import difflib
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from intake.config.converters import BadValue, as_text
from intake.config.converters import Key as Key
from intake.config.converters import address_problem as address_problem
from intake.config.cross_checks import service_problems
from intake.config.form_keys import field_problem
from intake.config.keys import MAILBOX as MAILBOX
from intake.config.keys import MAILBOX_COMMON as MAILBOX_COMMON
from intake.config.keys import NAMED, own_keys
from intake.config.keys import SECTIONS as SECTIONS
from intake.config.reading import read
from intake.config.triage_keys import problems as rule_problems
from intake.ports import UserError

# Below [desk] data: what reply tokens and links are made with.
KEY_FILE = "secret.key"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in the config: where, what, and what to do about it."""

    section: str
    key: str
    what: str
    cure: str

    def __str__(self) -> str:
        place = f"[{self.section}] {self.key}".strip()
        return f"{place}: {self.what}. {self.cure}"


class ConfigError(UserError):
    """The config cannot be used; `problems` lists all that is wrong with it.

    `settings` is what could be read all the same, for `intake check` alone: sections
    with a problem lack keys. None when the file could not be read at all.
    """

    def __init__(self, problems: list[Problem], settings: "Settings | None" = None) -> None:
        self.problems, self.settings = problems, settings
        super().__init__("\n".join(str(one) for one in problems))


@dataclass(frozen=True, slots=True)
class Section:
    """The values of one section, by attribute; secrets never show in its repr."""

    values: Mapping[str, Any]
    secrets: frozenset[str] = field(default_factory=frozenset)

    def __getattr__(self, key: str) -> Any:
        try:
            return self.values[key]
        except KeyError:
            raise AttributeError(key) from None

    def __repr__(self) -> str:
        shown = {k: "***" if k in self.secrets and v else v for k, v in self.values.items()}
        return f"Section({shown})"


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole config. Relative paths in it have been made absolute against its folder."""

    file: Path
    desk: Section
    store: Section
    queue: Section
    web: Section
    survey: Section
    report: Section
    smtp: Section
    page: Section
    dkim: Section
    mailboxes: Mapping[str, Section]
    teams: Mapping[str, Section]
    groups: Mapping[str, Section]
    calendars: Mapping[str, Section]
    slas: Mapping[str, Section]
    triage: Section
    rules: Mapping[str, Section]
    form: Section
    fields: Mapping[str, Section]


def load(path: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Read and validate the INI file at `path`.

    Raises ConfigError with every problem found. Secrets may stand in the file
    (`password`), in another file (`password_file`) or in the environment
    (`password_env`, the variable's name).
    """
    parser, slips = read(path)
    problems = [Problem(one[0] or str(path), *one[1:]) for one in slips]
    if parser is None:
        raise ConfigError(problems)
    reader = _Reader(parser, path.resolve().parent, os.environ if environ is None else environ, problems)
    settings = reader.settings(path.resolve())
    if problems:
        raise ConfigError(problems, settings)
    return settings


def written(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Return the sections of the file at `path` as they stand in it; none if it cannot be read."""
    parser, _ = read(path)
    return {name: dict(parser[name]) for name in parser.sections()} if parser is not None else {}


def filled(settings: Settings) -> Settings:
    """Return settings that were read with problems, each key that lacks having its default.

    For `intake check` alone, which looks on. A key without a default stands there as what reads
    like one: a mailbox without a host is not tried, for its section is known to be unsound.
    """

    def whole(section: Section, keys: Iterable[Key]) -> Section:
        values = dict(section.values)
        for key in keys:
            if key.name not in values:
                text = _STANDS_IN.get(key.name, "-") if key.default is None else key.default
                try:
                    values[key.name] = key.convert(text)
                except BadValue:
                    # A number, say, of somebody else's channel.
                    values[key.name] = None
        return Section(values, section.secrets)

    single: dict[str, Any] = {
        name: whole(getattr(settings, name), keys) for name, keys in SECTIONS.items() if name not in NAMED
    }
    named: dict[str, Any] = {
        field: {name: whole(one, SECTIONS[kind]) for name, one in getattr(settings, field).items()}
        for kind, field in NAMED.items()
    }
    boxes = {
        name: whole(box, (*MAILBOX_COMMON, *(own_keys(str(box.values.get("type", "imap"))) or ())))
        for name, box in settings.mailboxes.items()
    }
    return replace(settings, mailboxes=boxes, **named, **single)


# What stands for a missing key that has no default and is not just any text.
_STANDS_IN = {"address": "desk@localhost"}


def _meant(name: str, known: Iterable[str]) -> str:
    """Return a question for the known name that `name` is most likely a misspelling of, "" when none is."""
    near = difflib.get_close_matches(name, sorted(known), 1, 0.7)
    return f"Did you mean {near[0]}? " if near else ""


class _Reader:
    def __init__(
        self,
        parser: configparser.ConfigParser,
        base: Path,
        environ: Mapping[str, str],
        problems: list[Problem],
    ) -> None:
        self.parser, self.base, self.environ, self.problems = parser, base, environ, problems

    def settings(self, file: Path) -> Settings:
        single: dict[str, Any] = {
            name: self.rooted(self.section(name, keys))
            for name, keys in SECTIONS.items()
            if name not in NAMED
        }
        data = self.base / single["desk"].values.get("data", "data")
        single["desk"] = Section({**single["desk"].values, "data": data})
        mailboxes = self.named("mailbox", lambda full: (*MAILBOX_COMMON, *self.mailbox_keys(full)))
        named: dict[str, Any] = {
            field: self.named(kind, lambda _, kind=kind: SECTIONS[kind])  # type: ignore[misc]
            for kind, field in NAMED.items()
        }
        teams = named["teams"]
        self.unknown_sections()
        if not mailboxes and not any(name.startswith("mailbox") for name in self.parser.sections()):
            self.problem(
                "mailbox NAME",
                "",
                "there is no way in",
                "Add a section such as [mailbox support] with type = imap",
            )
        for name, box in mailboxes.items():
            if box.values.get("team") and box.team not in teams:
                self.problem(
                    f"mailbox {name}",
                    "team",
                    f"there is no team {box.team!r}",
                    f"Add a section [team {box.team}] or clear the key",
                )
        for name, own in named["fields"].items():
            problem = field_problem(name, own.values)
            if problem:
                self.problem(f"field {name}", *problem)
        web_box = single["web"].values.get("mailbox", "")
        if web_box and web_box not in mailboxes:
            self.problem(
                "web",
                "mailbox",
                f"there is no mailbox {web_box!r}",
                "Name one of the [mailbox …] sections or clear the key",
            )
        for finding in service_problems(named["calendars"], named["slas"], named["groups"], teams):
            self.problem(*finding)
        rule_problems(single["triage"], named["rules"], teams, mailboxes, self.problem)
        boxes = {name: self.with_defaults(box, single["desk"], data) for name, box in mailboxes.items()}
        for name, box in boxes.items():
            # "+", and a token of 44 characters, within 64 octets: RFC 5321 section 4.5.3.1.1.
            if len(str(box.values.get("address", "")).rpartition("@")[0].encode()) > 19:
                self.problem(
                    f"mailbox {name}",
                    "address",
                    "what stands before the @ is longer than 19 letters",
                    "Reply addresses add 45 to it and 64 is the limit: use a shorter address",
                )
        commands = str(single["desk"].values.get("command_address", ""))
        if len(commands.rpartition("@")[0].encode()) > 19:
            self.problem(
                "desk",
                "command_address",
                "what stands before the @ is longer than 19 letters",
                "Agents' own addresses add 45 to it and 64 is the limit: use a shorter address",
            )
        return Settings(file=file, mailboxes=boxes, **named, **single)

    def rooted(self, section: Section) -> Section:
        """Return the section with its paths absolute: a config must not change with where one stands."""
        values = {k: self.base / v if isinstance(v, Path) else v for k, v in section.values.items()}
        return Section(values, section.secrets)

    def with_defaults(self, box: Section, desk: Section, data: Path) -> Section:
        values = dict(box.values)
        values["address"] = values.get("address") or desk.values.get("address", "")
        if str(values.get("type", "")).lower() in MAILBOX:
            values["type"] = values["type"].lower()
        if isinstance(values.get("path"), Path):
            values["path"] = self.base / values["path"]
        return Section(values, box.secrets)

    def named(self, prefix: str, keys: Callable[[str], tuple[Key, ...]]) -> dict[str, Section]:
        found: dict[str, Section] = {}
        for full in self.parser.sections():
            kind, _, name = full.partition(" ")
            if kind != prefix:
                continue
            if not name.strip():
                self.problem(full, "", "has no name", f"Write it as [{prefix} support]")
                continue
            found[name.strip()] = self.section(full, keys(full))
        return found

    def mailbox_keys(self, full: str) -> tuple[Key, ...]:
        kind = self.parser.get(full, "type", fallback="imap").strip()
        keys = own_keys(kind)
        if keys is not None:
            return keys
        # Somebody else's channel that is not installed is told when it is tried or opened: a desk
        # without it can still be looked at, and sends its mail.
        if "." not in kind:
            self.problem(
                full, "type", f"{kind!r} is not a kind of mailbox", f"Write one of: {', '.join(MAILBOX)}"
            )
        # Its other keys cannot be judged; take whatever stands there as text, and show none of it.
        common = {k.name for k in MAILBOX_COMMON}
        return tuple(Key(key, as_text, "", hidden=True) for key in self.parser[full] if key not in common)

    def section(self, full: str, keys: tuple[Key, ...]) -> Section:
        there: Mapping[str, str] = self.parser[full] if self.parser.has_section(full) else {}
        values: dict[str, Any] = {}
        for key in keys:
            text = self.secret(full, there, key) if key.secret else there.get(key.name)
            text = key.default if text is None else text.strip()
            if text is None or (not text and key.default is None):
                cure = (
                    f"Set {key.name}, {key.name}_file or {key.name}_env"
                    if key.secret
                    else f"Add a line `{key.name} = …`"
                )
                self.problem(full, key.name, "is missing", cure)
                continue
            try:
                values[key.name] = key.convert(text)
            except BadValue as err:
                self.problem(full, key.name, *err.args)
                continue
            if isinstance(values[key.name], Path) and key.name != "path":
                values[key.name] = self.base / values[key.name]
        allowed = {k.name for k in keys} | {
            f"{k.name}{s}" for k in keys if k.secret for s in ("_file", "_env")
        }
        for name in there:
            if name not in allowed:
                cure = f"{_meant(name, allowed)}Known here: {', '.join(sorted(allowed))}"
                self.problem(full, name, "is not a known key", cure)
        return Section(values, frozenset(k.name for k in keys if k.secret or k.hidden))

    def secret(self, full: str, there: Mapping[str, str], key: Key) -> str | None:
        file, variable = there.get(f"{key.name}_file"), there.get(f"{key.name}_env")
        if sum(x is not None for x in (there.get(key.name), file, variable)) > 1:
            self.problem(
                full,
                key.name,
                "is set in more than one way",
                f"Keep one of {key.name}, {key.name}_file, {key.name}_env",
            )
        if variable is not None:
            if variable.strip() not in self.environ:
                self.problem(
                    full,
                    f"{key.name}_env",
                    f"the variable {variable.strip()} is not set",
                    "Export it before starting intake",
                )
                return "unset"
            return self.environ[variable.strip()]
        if file is not None:
            path = self.base / Path(file.strip()).expanduser()
            try:
                return path.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as err:
                self.problem(
                    full,
                    f"{key.name}_file",
                    f"{path} cannot be read: {err}",
                    "Write the secret into that file, mode 0600",
                )
                return "unset"
        return there.get(key.name)

    def unknown_sections(self) -> None:
        for full in self.parser.sections():
            kind = full.partition(" ")[0]
            if (full in SECTIONS and full not in NAMED) or (full != kind and kind in ("mailbox", *NAMED)):
                continue
            once = [name for name in SECTIONS if name not in NAMED]
            known = ", ".join([*once, *(f"{name} NAME" for name in ("mailbox", *NAMED))])
            self.problem(full, "", "is not a known section", f"{_meant(full, once)}Known: {known}")

    def problem(self, section: str, key: str, what: str, cure: str) -> None:
        self.problems.append(Problem(section, key, what, cure))
