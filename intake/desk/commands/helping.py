"""The answer to #help: every command, how it is written and what it does, in the reader's language. Pure."""

from collections.abc import Sequence

from intake.desk.commands.grammar import CommandScope, CommandSpec
from intake.desk.commands.native import names_of
from intake.desk.text.argument_words import spelled
from intake.desk.text.said import carrying, joined, said

# A new agent gets the commands before the first notification, so this says what that is for.
_REPLY = said(
    "Messages from customers come to you by email. Reply to one, and your reply goes to the customer."
)
_TITLES = {
    CommandScope.TICKET: said("In a reply to a notification, at the top, one per line:"),
    CommandScope.BOTH: said("In a reply, or in an email to your command address:"),
    CommandScope.DESK: said("Only in an email to your command address:"),
}
# What stands before the other names of a command.
_ALSO = {
    "ja": "別名：",
    "ko": "다른 이름: ",
    "es": "también: ",
    "pt": "também: ",
    "fr": "aussi : ",
    "de": "auch: ",
    "ru": "также: ",
    "tr": "ayrıca: ",
    "vi": "tên khác: ",
}
_CHINESE = {"zh-Hans": "也可写：", "zh-Hant": "也可寫："}


def table(commands: Sequence[CommandSpec]) -> str:
    """Return the commands for an agent, below what a reply without one does."""
    parts: list[str] = [_REPLY]
    for where, title in _TITLES.items():
        rows = [_row(kind) for kind in commands if kind.where is where]
        parts.append(joined([title, joined(rows, "\n")], "\n\n"))
    return joined(parts, "\n\n")


def _row(kind: CommandSpec) -> str:
    """Return how a command is written, what it does, and what else it is called."""
    does = carrying(kind.help, {language: kind.said_in(language) for language in _CHINESE})
    return joined([spelled(kind.written), "\n    ", does, _also(kind)], "")


def _also(kind: CommandSpec) -> str:
    """Return the other names of a command: those in the reader's language, English ones where it has none."""
    chinese = [alias for alias in kind.aliases if not alias.isascii()]
    english = [alias for alias in kind.aliases if alias.isascii()]
    own = {language: _line(also, chinese) for language, also in _CHINESE.items()}
    for language, also in _ALSO.items():
        own[language] = _line(also, names_of(kind.name, language) or english)
    return carrying(_line("also: ", kind.aliases), own)


def _line(also: str, names: Sequence[str]) -> str:
    return f"\n    {also}{', '.join(f'#{name}' for name in names)}" if names else ""
