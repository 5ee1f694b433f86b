"""The `#command` lines at the top of an agent's reply.

Read strictly: a first line that begins with # and is not understood stops the
mail from going out, because an internal remark must never reach a customer by a
misspelling. The grammar: `#close`, `#reopen`, `#note`, `#mine`, `#assign NAME`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from intake.desk.effects import Assign, Effect, SetStatus
from intake.desk.ticket import Agent, Status, Ticket

HELP = "I understand #close, #reopen, #note, #mine and #assign NAME, each alone on a line at the top."


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name without the # and its argument."""

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reply asks for: its commands, the text below them, or what was wrong with it."""

    commands: tuple[Command, ...] = ()
    text: str = ""
    note: bool = False
    problem: str = ""


_ARGUMENT = {"close": False, "reopen": False, "note": False, "mine": False, "assign": True}


def read(text: str) -> Asked:
    """Take the command lines off the top of `text`."""
    lines = text.lstrip().splitlines()
    found: list[Command] = []
    note = False
    while lines and lines[0].startswith("#") and lines[0][1:2].isalpha():
        name, _, argument = lines.pop(0)[1:].strip().partition(" ")
        name = name.lower()
        if name not in _ARGUMENT:
            return Asked(problem=f"#{name} is not a command. {HELP}")
        if bool(argument.strip()) != _ARGUMENT[name]:
            return Asked(problem=f"#{name} was not written as it should be. {HELP}")
        if name == "note":
            note = True
        else:
            found.append(Command(name, argument.strip()))
        while lines and not lines[0].strip():
            lines.pop(0)
    return Asked(tuple(found), "\n".join(lines).strip(), note)


def effects(command: Command, ticket: Ticket, agent: Agent, team: Sequence[Agent], key: str) -> list[Effect]:
    """Return what a command does."""
    raise NotImplementedError(SetStatus, Assign, Status)
