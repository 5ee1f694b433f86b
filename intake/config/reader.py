"""From the text of each key to the typed sections; a key that cannot be read gets its default."""

import configparser
import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from intake.channels.registry import NoChannel, channel_type
from intake.config.converters import BadValue
from intake.config.keys import Key, keys_of, made
from intake.config.mailboxes import MAILBOX_COMMON, MailboxSettings, OtherMailbox, kind_of
from intake.config.reading import Problem
from intake.config.sections import KINDS, NAMED, ONCE, SECTIONS, Settings
from intake.config.triage_keys import RuleSettings

T = TypeVar("T")


class Reader:
    """Reads the sections of one file. `problems` is filled with all that is wrong with them.

    Relative paths are made absolute against `base`; `environ` is where `…_env` looks.
    """

    def __init__(
        self,
        parser: configparser.ConfigParser,
        base: Path,
        environ: Mapping[str, str],
        problems: list[Problem],
    ) -> None:
        self.parser, self.base, self.environ, self.problems = parser, base, environ, problems

    def settings(self, file: Path) -> Settings:
        """Return the whole config; a key with a problem has its default, or what reads like a value."""
        values: dict[str, Any] = {
            kind.attribute: self._section(kind.word, kind.section) for kind in KINDS if not kind.named
        }
        boxes = list(self._mailboxes())
        for kind in KINDS:
            if kind.named and kind.word != "mailbox":
                values[kind.attribute] = dict(self._named(kind.word, kind.section))
        own = {name: brand.address for name, brand in values["brands"].items()}
        values["mailboxes"] = {
            name: replace(box, address=box.address or own.get(box.brand) or values["desk"].address)
            for name, box in boxes
        }
        self._unknown_sections()
        if not values["mailboxes"] and not any(name.startswith("mailbox") for name in self.parser.sections()):
            cure = "Add a section such as [mailbox support] with type = imap"
            self._problem("mailbox NAME", "", "there is no mailbox", cure)
        return Settings(file=file, **values)

    def _mailboxes(self) -> Iterator[tuple[str, MailboxSettings]]:
        for full, name in self._headings("mailbox"):
            kind = kind_of(self.parser[full])
            section: type[MailboxSettings] = OtherMailbox
            try:
                section = channel_type(kind).settings
            except NoChannel as err:
                # Somebody else's channel that is not installed is told when it is tried or opened: a desk
                # without it can still be looked at, and sends its mail.
                if "." not in kind:
                    self._problem(full, "type", *err.args)
            if not issubclass(section, OtherMailbox):
                yield name, self._section(full, section)
                continue
            common = {key.name for key in MAILBOX_COMMON}
            # Its other keys cannot be judged; take its value as text.
            theirs = {key: text.strip() for key, text in self.parser[full].items() if key not in common}
            yield name, self._section(full, section, theirs, values=theirs)

    def _named(self, word: str, section: type[T]) -> Iterator[tuple[str, T]]:
        for full, name in self._headings(word):
            # A rule carries its name, which is no key of its section.
            more = {"name": name} if issubclass(section, RuleSettings) else {}
            yield name, self._section(full, section, **more)

    def _headings(self, word: str) -> Iterator[tuple[str, str]]:
        """Yield the whole heading and the name of each section [word NAME]."""
        for full in self.parser.sections():
            kind, _, name = full.partition(" ")
            if kind != word or full in ONCE:
                continue
            if not name.strip():
                self._problem(full, "", "has no name", f"Write it as [{word} support]")
                continue
            yield full, name.strip()

    def _section(self, full: str, section: type[T], beside: Iterable[str] = (), /, **more: Any) -> T:
        """Read a section; `beside` are other keys that may be there, `more` its fields that are no keys."""
        there: Mapping[str, str] = self.parser[full] if self.parser.has_section(full) else {}
        keys = keys_of(section)
        values = {key.name: self._rooted(self._value(full, there, key)) for key in keys}
        allowed = {key.name for key in keys} | set(beside)
        allowed |= {f"{key.name}{ending}" for key in keys if key.secret for ending in ("_file", "_env")}
        for name in there:
            if name not in allowed:
                cure = f"{meant(name, allowed)}Known here: {', '.join(sorted(allowed))}"
                self._problem(full, name, "is not a known key", cure)
        return made(section, values, **more)

    def _rooted(self, value: Any) -> Any:
        """Return a path as an absolute one: a config must not depend on the current folder."""
        return self.base / value if isinstance(value, Path) else value

    def _value(self, full: str, there: Mapping[str, str], key: Key[T]) -> T:
        text = self._secret(full, there, key) if key.secret else there.get(key.name)
        # A secret of a file or variable is taken as it is: blanks may be part of it.
        text = key.default if text is None else text if key.secret else text.strip()
        if text is None or (not text and key.default is None):
            cure = (
                f"Set {key.name}, {key.name}_file or {key.name}_env"
                if key.secret
                else f"Add a line `{key.name} = …`"
            )
            self._problem(full, key.name, "is missing", cure)
            return key.stand_in()
        try:
            return key.convert(text)
        except BadValue as err:
            self._problem(full, key.name, *err.args)
            return key.stand_in()

    def _secret(self, full: str, there: Mapping[str, str], key: Key[T]) -> str | None:
        file, variable = there.get(f"{key.name}_file"), there.get(f"{key.name}_env")
        if sum(text is not None for text in (there.get(key.name), file, variable)) > 1:
            cure = f"Keep one of {key.name}, {key.name}_file, {key.name}_env"
            self._problem(full, key.name, "is set in more than one way", cure)
        if variable is not None:
            if variable.strip() in self.environ:
                return self.environ[variable.strip()].rstrip("\r\n")
            problem = f"the variable {variable.strip()} is not set"
            self._problem(full, f"{key.name}_env", problem, "Export it before starting intake")
            return "unset"
        if file is not None:
            path = self.base / Path(file.strip()).expanduser()
            try:
                return path.read_text(encoding="utf-8").rstrip("\r\n")
            except (OSError, UnicodeDecodeError) as err:
                # The words of the second error would show a piece of the secret.
                why = err.strerror if isinstance(err, OSError) else "it is not text in UTF-8"
                cure = "Write the secret into that file, mode 0600"
                self._problem(full, f"{key.name}_file", f"{path} cannot be read: {why}", cure)
                return "unset"
        written = there.get(key.name)
        return written.strip() if written is not None else None

    def _unknown_sections(self) -> None:
        for full in self.parser.sections():
            kind = full.partition(" ")[0]
            # One without its name was told when the sections of its kind were read.
            if full in SECTIONS or kind in ("mailbox", *NAMED):
                continue
            once = sorted(ONCE)
            known = ", ".join([*once, *(f"{name} NAME" for name in ("mailbox", *NAMED))])
            self._problem(full, "", "is not a known section", f"{meant(full, once)}Known: {known}")

    def _problem(self, section: str, key: str, problem: str, cure: str) -> None:
        self.problems.append(Problem(section, key, problem, cure))


def meant(name: str, known: Iterable[str]) -> str:
    """Return a question for the known name that `name` is most likely a misspelling of, "" when none is."""
    lower = {other.lower(): other for other in sorted(known)}
    near = [lower[key] for key in difflib.get_close_matches(name.lower(), lower, 1, 0.7)]
    return f"Did you mean {near[0]}? " if near else ""
