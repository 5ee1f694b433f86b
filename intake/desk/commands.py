"""The `#command` lines at the top of an agent's reply.

Read strictly: a first line that begins with # and is not understood stops the
mail from going out, because an internal remark must never reach a customer by a
misspelling. The grammar: `#close`, `#reopen`, `#note`, `#mine`, `#assign NAME`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from intake.desk.effects import Effect, SetStatus
from intake.desk.ticket import Agent, Status, Ticket

HELP = "I know #close, #reopen, #note, #mine, #undo, #copy, #assign NAME, each alone on a line at the top."


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


_ARGUMENT = {
    "undo": False,
    "copy": False,
    "close": False,
    "reopen": False,
    "note": False,
    "mine": False,
    "assign": True,
}


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


def unknown(asked: Sequence[Command], team: Sequence[Agent]) -> str:
    """Return what is wrong with the names in the commands, "" when all are of the team."""
    for command in asked:
        if command.name == "assign" and agent_called(command.argument, team) is None:
            names = ", ".join(agent.name for agent in team) or "nobody"
            return f"There is no agent called {command.argument!r} in this team. Known here: {names}."
    return ""


def agent_called(name: str, team: Sequence[Agent]) -> Agent | None:
    """Return the one agent of that name or address, written in any case; None when it is not one."""
    wanted = name.strip().lower()
    found = [one for one in team if wanted in (one.address.lower(), one.name.lower())] or [
        # A first name will do where only one has it.
        one
        for one in team
        if wanted in (one.address.lower().partition("@")[0], one.name.lower().partition(" ")[0])
    ]
    return found[0] if len(found) == 1 else None


def effects(command: Command, ticket: Ticket, agent: Agent, team: Sequence[Agent], key: str) -> list[Effect]:
    """Return what a command does. Its names must be known: see `unknown`; else ValueError."""
    # The rules read commands and the life of a ticket uses the rules: one of the two comes late.
    from intake.desk import lifecycle

    if command.name == "close":
        return lifecycle.close(ticket, agent.name, key) or [SetStatus(ticket.id, Status.CLOSED)]
    if command.name == "reopen":
        return lifecycle.reopen(ticket, agent.name, key) or [SetStatus(ticket.id, Status.OPEN)]
    if command.name == "mine":
        return lifecycle.assign(ticket, agent, "", agent.name, key)
    if command.name == "assign":
        whom = agent_called(command.argument, team)
        if whom is not None:
            return lifecycle.assign(ticket, whom, "", agent.name, key)
    raise ValueError(f"#{command.name} cannot be done here")
