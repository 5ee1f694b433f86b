"""The table of `#commands` as the manual has it."""

from intake.desk.commands.grammar import CommandScope
from intake.desk.commands.table import COMMANDS


def manual() -> str:
    """Return the table as the manual has it (docs/commands-by-mail.md), in Markdown."""
    titles = {
        CommandScope.TICKET: "In a reply in a ticket",
        CommandScope.BOTH: "In a reply, or to the command address",
        CommandScope.DESK: "To the command address only",
    }
    parts = []
    for where, title in titles.items():
        rows = [
            "| {} | {} | {} |".format(
                f"`{kind.written}`".replace("|", "\\|"),
                ", ".join(f"`#{alias}`" for alias in kind.aliases),
                kind.help.replace("|", "\\|"),
            )
            for kind in COMMANDS
            if kind.where is where
        ]
        parts.append(
            "\n".join([f"### {title}", "", "| command | also | what it does |", "| --- | --- | --- |", *rows])
        )
    return "\n\n".join(parts)
