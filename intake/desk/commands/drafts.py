"""`#draft` and `#drafts`: words that are kept and not sent, and what waits of them."""

from dataclasses import replace

from intake.desk import waiting
from intake.desk.commands.grammar import (
    CommandContext,
    CommandScope,
    CommandSpec,
    ParsedCommand,
    Refused,
    alone,
    number_or_none,
)
from intake.desk.effects import Effect
from intake.desk.lookup import LookupRequest
from intake.desk.text.said import said


def wants(argument: str) -> LookupRequest:
    """Ask for the drafts of the agent who writes."""
    return LookupRequest(drafts=True)


def wants_number(argument: str) -> LookupRequest:
    """Ask for them where one is meant."""
    return LookupRequest(drafts=bool(argument))


def draft(scene: CommandContext, argument: str) -> list[Effect]:
    """Send the draft of this number to its agent, who sends it with a yes."""
    if scene.agent is None:
        raise Refused("its answer goes to an agent, and no agent is given: use --as")
    if not argument:
        raise Refused(
            said("to keep words, put it above them in a reply; here it needs the number of a draft")
        )
    mine = {str(item.entry): item for item in scene.looked.drafts}
    if argument not in mine:
        raise Refused(said("no draft {draft} of yours waits; #drafts lists them", draft=argument))
    return waiting.asking(scene.agent, mine[argument], scene.key)


def drafts(scene: CommandContext, argument: str) -> list[Effect]:
    """Send the list of an agent's drafts; where it is one, that draft."""
    if scene.agent is None:
        raise Refused("its answer goes to an agent, and no agent is given: use --as")
    rows = scene.looked.drafts
    return waiting.listed(scene.agent, rows, scene.key) if rows else waiting.none(scene.agent, scene.key)


def keeps(asked: ParsedCommand) -> bool:
    """Whether an email asks for itself to be kept as a draft."""
    return any(command.name == "draft" and not command.argument for command in asked.commands)


def sending(asked: ParsedCommand) -> ParsedCommand:
    """Return what a draft that is sent asks for: all but to be kept, and to take back what went before it."""
    left = tuple(
        command
        for command in asked.commands
        if command.name != "undo" and (command.name != "draft" or command.argument)
    )
    return replace(asked, commands=left)


ROWS: tuple[CommandSpec, ...] = (
    CommandSpec(
        "draft",
        "[NUMBER]",
        "Keep this reply as a draft instead of sending it; with a number, send me that draft again.",
        "把这封回复存为草稿，不发出；写上编号则把那份草稿再发给我。",
        "把這封回覆存為草稿，不寄出；寫上編號則把那份草稿再寄給我。",
        ("keep", "草稿", "存草稿"),
        draft,
        number_or_none,
        wants_number,
        CommandScope.BOTH,
    ),
    CommandSpec(
        "drafts",
        "",
        "Send me the list of my drafts that wait.",
        "列出我还没有发出的草稿。",
        "列出我還沒有寄出的草稿。",
        ("草稿箱", "我的草稿"),
        drafts,
        alone,
        wants,
        CommandScope.BOTH,
    ),
)
