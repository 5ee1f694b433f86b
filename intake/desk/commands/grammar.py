"""How `#command` lines are written: read them off the top of an email, and read their arguments.

Read strictly: a first line that begins with # and is not understood stops the mail from
being sent, because an internal note must never reach a customer through a misspelling. The
commands are in `intake.desk.commands.table`.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import Enum

from intake.desk.addresses import typed
from intake.desk.effects import Effect
from intake.desk.lookup import LookupRequest, LookupResult
from intake.desk.policy import Policy
from intake.desk.text.argument_words import spelled
from intake.desk.text.said import joined, said
from intake.desk.ticket import Agent, Ticket
from intake.desk.undo import Relayed

# What begins a command: the sign on any keyboard, full-width ones too.
SIGNS = "#\uff03\ufe5f"
# Clients insert these: no-break spaces, and characters of no width.
_SPACES = re.compile("[\u00a0\u2002-\u200a\u202f\u205f\u3000\t]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe0f\ufeff]")
_NAME = re.compile(r"[^\W\d_]+(?:-[a-z]+)*", re.IGNORECASE)
# What is written without spaces between words.
_UNSPACED = re.compile("[\u2e80-\u9fff\uf900-\ufaff]")
# Outlook writes addresses twice: eve@x.example<mailto:eve@x.example>.
_MAILTO = re.compile(r"[<\[(]mailto:[^>\])]*[>\])]", re.IGNORECASE)


class Refused(Exception):
    """A command cannot be carried out; its one argument says why, in words for the agent."""


class CommandScope(Enum):
    """Where a command may be used: in a reply in a ticket, in an email to the command address, or both."""

    TICKET = "ticket"
    DESK = "desk"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name without the # and its argument, as its reader returned it; `written` is the
    name or alias that its agent wrote, "" where nobody did."""

    name: str
    argument: str = ""
    written: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"#{self.name} {self.argument}".strip()


@dataclass(frozen=True, slots=True)
class ParsedCommand:
    """What an email asks for: its commands, the text below them, or what was wrong with it.

    `stray` is a line meant as a command but not carried out, because it is in the wrong place: a text
    with such a line must not be sent unless its agent says so. `reply`: what stands below goes to the
    customer, though a reply to that email would be a note.
    """

    commands: tuple[Command, ...] = ()
    text: str = ""
    note: bool = False
    problem: str = ""
    stray: str = ""
    reply: bool = False


@dataclass(frozen=True, slots=True)
class CommandContext:
    """The context of a command. `ticket` is as the commands before it left it.

    `agent` acts, None where it is an admin at the command line, whose name is `by`. `key`
    begins the dedupe keys of mails, `team` are the ticket's agents, `text` stands below the
    commands and `public` says that it goes out.
    """

    ticket: Ticket
    agent: Agent | None
    by: str
    key: str
    now: datetime
    policy: Policy
    team: Sequence[Agent] = ()
    looked: LookupResult = field(default_factory=LookupResult)
    text: str = ""
    public: bool = False
    # The newest reply that can still be withdrawn, if there is one.
    relayed: Relayed | None = None

    @property
    def zone(self) -> tzinfo:
        """The time zone that times are read and shown in: that of the agent's shift, or else the desk's."""
        return self.policy.zone_of(self.agent)


def _no_argument(text: str) -> str:
    if text:
        raise Refused(said("it takes no argument"))
    return ""


def _nothing(argument: str) -> LookupRequest:
    return LookupRequest()


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """A row of the table of commands.

    `grammar` is what follows the name, `read` turns it into the argument or raises Refused,
    `wants` says what must be looked up, `do` returns the effects or raises Refused. `first`
    ones are done before the text below goes out. `hides` keeps the argument out of the audit.
    """

    name: str
    grammar: str
    help: str
    help_hans: str
    help_hant: str
    aliases: tuple[str, ...]
    do: Callable[[CommandContext, str], list[Effect]]
    read: Callable[[str], str] = _no_argument
    wants: Callable[[str], LookupRequest] = _nothing
    where: CommandScope = CommandScope.TICKET
    first: bool = False
    hides: bool = False

    def said_in(self, language: str) -> str:
        """What it does, as far as its row says it: in English where that is neither kind of Chinese."""
        chinese = self.help_hant if language == "zh-Hant" else self.help_hans
        return chinese if language.startswith("zh") else self.help

    @property
    def written(self) -> str:
        """How it is written: `#cc add|remove ADDRESS`."""
        return self.written_as(self.name)

    def written_as(self, name: str) -> str:
        """How it is written under one of its names: `#抄送 add|remove ADDRESS`."""
        return f"#{name} {self.grammar}".strip()


def tidy(line: str) -> str:
    """Return a line as it was typed: without what clients add to it unseen."""
    return " ".join(_INVISIBLE.sub("", _SPACES.sub(" ", line)).split())


def begins(line: str) -> bool:
    """Whether a tidy line is meant as a command: "#close", but neither "# a heading" nor "#1"."""
    return len(line) > 1 and line[0] in SIGNS and line[1].isalpha()


def read_lines(
    text: str, names: Mapping[str, CommandSpec]
) -> tuple[list[tuple[CommandSpec, str, str]], str, str]:
    """Take the command lines off the top: the kinds with their names as written and their raw arguments, the
    text below, and the first line that was not understood ("": all were). `names` are the kinds by name
    and alias, folded."""
    lines = text.splitlines()
    commands: list[tuple[CommandSpec, str, str]] = []
    while lines:
        line = tidy(lines[0])
        if line and not begins(line):
            break
        lines.pop(0)
        if not line:
            continue
        row = named(line[1:], names)
        if row is None:
            return commands, "\n".join(lines).strip(), line
        commands.append(row)
    return commands, "\n".join(lines).strip(), ""


def named(line: str, names: Mapping[str, CommandSpec]) -> tuple[CommandSpec, str, str] | None:
    """Return the kind of a tidy line behind its sign, its name as written and its raw argument; None where no
    command is meant."""
    # A Mac may write the accents of a word as characters of their own.
    line = unicodedata.normalize("NFC", line)
    match = _NAME.match(line)
    if match is None:
        return None
    name, rest = match[0].casefold(), line[match.end() :]
    if name in names and (not rest or not rest[0].isalnum() or not name.isascii()):
        return names[name], name, rest.lstrip(" :：").rstrip()
    if name.isascii():
        return None
    # Chinese is written without spaces: #转给小王 is 转给 and 小王.
    for end in range(len(name) - 1, 0, -1):
        if name[:end] in names and _UNSPACED.match(name[end - 1]):
            return names[name[:end]], name[:end], line[end:].lstrip(" :：").rstrip()
    return None


# -- arguments ---------------------------------------------------------------------------


def alone(text: str) -> str:
    """Read nothing; a full stop that a telephone's keyboard put there counts as nothing."""
    return _no_argument(text.strip(".。!！ "))


def names_or_none(text: str) -> str:
    """Read names that begin with @ and what is written behind them, or nothing."""
    return text if text[:1] in ("@", "\uff20") else alone(text)


def some(label: str) -> Callable[[str], str]:
    """Return a reader of any text that is not empty; `label` is named when it is."""

    def read(text: str) -> str:
        if not text:
            raise Refused(said("it needs {what}", what=label))
        return text

    return read


def anything(text: str) -> str:
    """Read any text, also none."""
    return text


def number(text: str) -> str:
    """Read a ticket's number, with or without a # before it."""
    bare = unicodedata.normalize("NFKC", text).strip("#. ")
    if not (bare.isascii() and bare.isdigit() and len(bare) <= 9 and int(bare)):
        raise Refused(said("it needs the number of a ticket"))
    return str(int(bare))


def number_or_none(text: str) -> str:
    """Read a ticket's number, or nothing."""
    return number(text) if text.strip("#.。 ") else ""


def one_of(words: dict[str, str], otherwise: str | None = None) -> Callable[[str], str]:
    """Return a reader of one of `words`, each with what it means; `otherwise` stands for no word."""

    def read(text: str) -> str:
        bare = unicodedata.normalize("NFKC", text).strip(".。 ").casefold()
        if not bare and otherwise is not None:
            return otherwise
        if bare not in words:
            means = joined(map(spelled, dict.fromkeys(words.values())), ", ")
            raise Refused(said("it needs one of: {words}", words=means))
        return words[bare]

    return read


def address(text: str) -> str:
    """Read an email address, its domain in lower case, in any of the forms that clients write."""
    # Quotes around all of it are a client's; those before the @ are part of the address.
    around = " <>'.,;" if '"@' in text else " <>\"'.,;"
    bare = unicodedata.normalize("NFKC", _MAILTO.sub("", text)).strip(around).removeprefix("mailto:")
    name, _, inside = bare.rpartition("<")
    addr = typed(inside if name else bare)
    if not addr:
        raise Refused(said("it needs an email address, such as {example}", example="eve@example.com"))
    return addr
