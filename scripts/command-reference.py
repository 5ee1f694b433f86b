"""Writes docs/command-reference.md and the table of docs/commands-by-mail.md out of the commands, and the
table of docs/record.md out of the columns.

Run by `make reference`.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "command-reference.md"
BY_MAIL = ROOT / "docs" / "commands-by-mail.md"
RECORD = ROOT / "docs" / "record.md"
BEGIN, END = "<!-- commands -->\n\n", "\n\n<!-- /commands -->"
COLUMNS, END_OF_COLUMNS = "<!-- columns -->\n\n", "\n\n<!-- /columns -->"
HEAD = """# Command reference

Written by `make reference` out of the commands themselves; [commands.md](commands.md) says what each is
good for.
"""


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """Yield the name and the command of each one that does something and is not hidden."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command, info_name=name)
    for child in command.list_commands(context):
        subcommand = command.get_command(context, child)
        if subcommand is not None and not subcommand.hidden:
            yield from commands(subcommand, f"{name} {child}")


def cell(text: str) -> str:
    """Return text fit for a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def section(name: str, command: click.Command) -> str:
    """Return the section of one command."""
    context = click.Context(command, info_name=name)
    usage = " ".join([name, *command.collect_usage_pieces(context)]).rstrip()
    lines = [f"## `{name}`", "", f"    {usage}", ""]
    lines += [" ".join(paragraph.split()) + "\n" for paragraph in (command.help or "").split("\n\n")]
    records = [
        record for parameter in command.get_params(context) if (record := parameter.get_help_record(context))
    ]
    # Every command has --help; what has no words of its own stands in the line above.
    options = [(left, right) for left, right in records if right and "--help" not in left]
    if options:
        lines += ["| option | meaning |", "| --- | --- |"]
        lines += [f"| `{cell(left)}` | {cell(right)} |" for left, right in options]
        lines.append("")
    if command.epilog:
        lines += [f"    {command.epilog.removeprefix('Example: ')}", ""]
    return "\n".join(lines)


def reference() -> str:
    """Return the whole page."""
    from intake.cli import main

    sections = [section(name, command) for name, command in commands(main, "intake")]
    return "\n".join([HEAD, *sections]).rstrip() + "\n"


def placed(page: Path, begin: str, text: str, end: str) -> None:
    """Put a text between two marks of a page."""
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    page.write_text(f"{before}{begin}{text}{end}{rest.partition(end)[2]}", encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    from intake.desk.commands.manual import manual
    from intake.desk.record.columns import table

    TARGET.write_text(reference(), encoding="utf-8")
    placed(BY_MAIL, BEGIN, manual(), END)
    placed(RECORD, COLUMNS, table(), END_OF_COLUMNS)
    print(f"Written: {TARGET}, {BY_MAIL}, {RECORD}")
