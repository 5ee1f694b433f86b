"""`intake canned …`: the canned responses of the database and of the folder, at the keyboard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from intake import terminal
from intake.commands.common import FAILED, Invocation, acting_as, as_json, needs_desk, not_found
from intake.commands.who import by_hand
from intake.desk.canned_texts import CannedText, DropCanned, SaveCanned
from intake.ports import UserError
from intake.terminal import Column

if TYPE_CHECKING:
    from intake.desk.effects import Effect

DATABASE, FOLDER = "database", "folder"
LIST = "`intake canned list` shows them."
COLUMNS = (
    Column("Name"),
    Column("Language"),
    Column("From"),
    Column("By", gives_way=True),
    Column("Text", gives_way=True),
)
_SHOWN = 120
_language = click.option(
    "--language", default="", metavar="CODE", help="Language; all: the text for every one."
)


@dataclass(frozen=True, slots=True)
class CannedRow:
    """One canned response. `language` is "" for every one, `source` where it is; `counts`: it is the one
    that is sent, and not one of the database in its place."""

    name: str
    language: str
    source: str
    counts: bool
    by: str
    at: datetime | None
    text: str


@needs_desk
@click.group()
def canned() -> None:
    """Show and change canned responses."""


@canned.command("list")
@as_json
@click.pass_obj
def list_(ctx: Invocation, json_: bool) -> None:
    """List canned responses."""
    rows = _rows(ctx)
    if json_:
        terminal.say_json(rows)
    elif not rows:
        terminal.say("No canned responses yet. Write one: intake canned edit NAME")
    else:
        shown = (row for row in rows if row.counts)
        cells = [(row.name, row.language or "all", row.source, row.by, _start(row.text)) for row in shown]
        terminal.table(COLUMNS, cells)


@canned.command()
@click.argument("name")
@_language
@click.option("--ticket", type=int, metavar="NUMBER", help="Fill its fields from this ticket.")
@click.option("--older", is_flag=True, help="What was replaced or deleted, the newest first.")
@as_json
@click.pass_obj
def show(ctx: Invocation, name: str, language: str, ticket: int | None, older: bool, json_: bool) -> None:
    """Show a canned response, as it is saved or in a ticket."""
    from intake.desk.commands import canned as texts

    if older:
        _say_older(ctx.desk().store.lookups.older_canned(name.casefold()), json_)
        return
    rows = [row for row in _named(ctx, name) if row.counts]
    if ticket is None and not language:
        _say(rows, json_)
        return
    policy, at_hand = ctx.desk().policy, None
    if ticket is not None:
        from intake.commands.ticket.from_table import the_ticket

        at_hand = the_ticket(ctx, ticket)
    wanted = language or (at_hand.language if at_hand else "")
    text = texts.text(
        {row.language: row.text for row in rows}, "" if wanted == "all" else wanted, policy.language
    )
    row = next(row for row in rows if row.text == text)
    if at_hand is not None:
        lacking = texts.empty(text, at_hand, "")
        if lacking:
            terminal.warn(f"Without a value in this ticket: {', '.join(lacking)}.")
        row = CannedRow(
            row.name, row.language, row.source, True, row.by, row.at, texts.filled(text, at_hand, "{agent}")
        )
    _say([row], json_)


@canned.command()
@click.argument("name")
@_language
@click.option("--file", "file", type=click.File("rb"), help="Read the text from here; -: standard input.")
@acting_as
@click.pass_obj
def edit(ctx: Invocation, name: str, language: str, file: BinaryIO | None, as_: str) -> None:
    """Change a canned response, or add one.

    The text is written in your editor, or read from --file.

    Without --language it is the one the text is written in. The older text is kept.
    """
    from intake.desk.text.language import detect

    there = [row for row in _rows(ctx) if row.name == name.casefold() and row.counts]
    code = _known(ctx, language) if language else None
    wanted = [row for row in there if code is None or row.language.casefold() == code.casefold()]
    if code is None and len(wanted) > 1 and file is None:
        raise click.UsageError("It is there in several languages: give one with --language.")
    before = wanted[0].text if wanted else ""
    text = _read(file) if file is not None else click.edit(before, extension=".txt")
    if text is None or (file is None and text.strip() == before.strip()):
        terminal.say("Nothing was changed.")
        return
    if code is None:
        detected = detect(text)
        code = wanted[0].language if file is None and wanted else detected
        code = code if code in ctx.desk().policy.languages else ""
    _save(ctx, as_, [SaveCanned(name.casefold(), code, text.strip(), ctx.actor(as_), _agent(ctx, as_))])
    terminal.say(f"{name} is saved, for {code or 'every language'}.")


@canned.command()
@click.argument("name")
@_language
@acting_as
@click.pass_obj
def delete(ctx: Invocation, name: str, language: str, as_: str) -> None:
    """Discard a canned response.

    Only one of the database; its text is kept as an older one.
    """
    code = _known(ctx, language) if language else None
    rows = [row for row in _named(ctx, name) if row.source == DATABASE and code in (None, row.language)]
    if not rows:
        not_found("The database has none of that name and language.", LIST)
    written = f"#canned delete {name} {language}".strip()
    _act(ctx, as_, [DropCanned(rows[0].name, code)], written)
    terminal.say(f"{name} is deleted. `intake canned show {name} --older` shows its text.")


@canned.command()
@click.pass_obj
def check(ctx: Invocation) -> None:
    """Check canned responses.

    Names files that cannot be read, what is in both places, and words in braces that are no fields.
    """
    from intake.config.canned_files import readable
    from intake.desk.commands.canned import unknown

    rows, known = _rows(ctx), {code.casefold() for code in ctx.desk().policy.languages}
    faults = readable(ctx.settings().desk.canned)[1]
    for fault in faults:
        terminal.say(fault)
    for row in rows:
        called = f"{row.name} ({row.language or 'every language'}, {row.source})"
        if not row.counts:
            terminal.say(f"{called} is not used: the database has one in its place, which counts.")
        if row.language and row.language.casefold() not in known:
            terminal.say(f"{called} is in a language that no ticket of this desk has.")
        odd = unknown(row.text)
        if odd:
            terminal.say(f"{called} has words in braces that are no fields: {', '.join(odd)}.")
    if faults:
        raise SystemExit(FAILED)
    terminal.say(f"{len([row for row in rows if row.counts])} canned responses are in use.")


@canned.command("import")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--replace", is_flag=True, help="Also those that the database has in another wording.")
@acting_as
@click.pass_obj
def import_(ctx: Invocation, folder: Path | None, replace: bool, as_: str) -> None:
    """Import canned responses from files.

    The folder is that of [desk] canned if you name none. From then on editors can change them by email.
    """
    from intake.config.canned_files import read_folder

    folder = folder or ctx.settings().desk.canned
    if folder is None:
        raise UserError("There is no folder to import from. Give one, or set `canned` in [desk].")
    there = {(row.name, row.language.casefold()): row.text for row in _rows(ctx) if row.source == DATABASE}
    by, agent, saves, left = ctx.actor(as_), _agent(ctx, as_), [], []
    for name, texts in read_folder(folder).items():
        for language, text in texts.items():
            if there.get((name, language)) == text:
                continue
            if (name, language) in there and not replace:
                left.append(f"{name}.{language}" if language else name)
            else:
                saves.append(SaveCanned(name, _spelt(ctx, language), text, by, agent))
    _save(ctx, as_, saves)
    terminal.say(f"{len(saves)} canned responses were taken from {folder}.")
    if left:
        terminal.say(
            f"Not taken, for the database has another wording: {', '.join(left)}. Or give --replace."
        )


@canned.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_obj
def export(ctx: Invocation, folder: Path) -> None:
    """Make files of all canned responses.

    No file is overwritten.
    """
    from intake.folders import durable_file, private_folder

    rows = [row for row in _rows(ctx) if row.counts]
    places = [
        (folder / ".".join(part for part in (row.name, row.language, "txt") if part), row) for row in rows
    ]
    taken = [path.name for path, _ in places if path.exists()]
    if taken:
        raise UserError(f"{folder} has {', '.join(taken)} already. Name another folder.")
    try:
        private_folder(folder)
        for path, row in places:
            with durable_file(path, replace=False) as file:
                file.write(f"{row.text}\n".encode())
    except OSError as err:
        raise UserError(f"{folder} cannot be written: {err.strerror}. Name another folder.") from err
    terminal.say(f"{len(places)} canned responses were written to {folder}.")


def _rows(ctx: Invocation) -> list[CannedRow]:
    """Return all canned responses, also files that have one of the database in their place."""
    desk = ctx.desk()
    kept = desk.store.lookups.canned()
    rows = [CannedRow(c.name, c.language, DATABASE, True, c.by, c.at, c.text) for c in kept]
    places = {(row.name, row.language.casefold()) for row in rows}
    for name, texts in desk.policy.canned.items():
        for language, text in texts.items():
            counts = (name, language) not in places
            rows.append(CannedRow(name, _spelt(ctx, language), FOLDER, counts, "", None, text))
    return sorted(rows, key=lambda row: (row.name, row.language, row.source))


def _named(ctx: Invocation, name: str) -> list[CannedRow]:
    rows = [row for row in _rows(ctx) if row.name == name.casefold()]
    if not rows:
        not_found(f"There is no canned response {terminal.line(name)}.", LIST)
    return rows


def _spelt(ctx: Invocation, language: str) -> str:
    """Return a language as the desk writes it: zh-Hans for zh-hans."""
    known = {code.casefold(): code for code in ctx.desk().policy.languages}
    return known.get(language.casefold(), language)


def _known(ctx: Invocation, language: str) -> str:
    """Return a language of the desk, "" for all."""
    from intake.desk.commands.ticket import language_called

    if language.casefold() == "all":
        return ""
    known = ctx.desk().policy.languages
    code = language_called(language, known)
    if not code:
        raise click.UsageError(f"No templates for {terminal.line(language)}. Available: {', '.join(known)}.")
    return code


def _read(file: BinaryIO) -> str:
    try:
        return file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UserError("That is not UTF-8 text. Save it again as UTF-8.") from None


def _agent(ctx: Invocation, as_: str) -> int | None:
    return ctx.agent(as_).id if as_ else None


def _save(ctx: Invocation, as_: str, saves: Sequence[SaveCanned]) -> None:
    """Save texts, all or none. Raises UserError for one that must not be saved."""
    from intake.desk.canned_texts import MAX_TEXTS
    from intake.desk.commands.canned_keeping import refuse
    from intake.desk.commands.execute import reason
    from intake.desk.commands.grammar import Refused

    for effect in saves:
        try:
            refuse(effect.name, effect.text)
        except Refused as err:
            raise UserError(f"{effect.name} was not saved: {reason(err)}.") from err
    kept = {(item.name, item.language) for item in ctx.desk().store.lookups.canned()}
    if len(kept | {(effect.name, effect.language) for effect in saves}) > MAX_TEXTS:
        raise UserError(f"More than {MAX_TEXTS} canned responses are not kept. Delete some first.")
    for effect in saves:
        _act(ctx, as_, [effect], f"#canned save {effect.name} {effect.language}".strip())


def _act(ctx: Invocation, as_: str, effects: Sequence["Effect"], written: str) -> None:
    from intake.commands.ticket.from_table import act
    from intake.desk.effects import Record

    act(ctx, [*effects, Record(ctx.actor(as_), by_hand(), written, None, _agent(ctx, as_))])


def _start(text: str) -> str:
    whole = terminal.shown_line(text)
    return whole if len(whole) <= _SHOWN else f"{whole[:_SHOWN]}…"


def _say(rows: Sequence[CannedRow], json_: bool) -> None:
    if json_:
        terminal.say_json(rows)
        return
    for row in rows:
        by = f", by {row.by}, {terminal.clock(row.at)} UTC" if row.by else ""
        terminal.say(
            f"{row.name}, {row.language or 'every language'}, from the {row.source}{by}:\n\n{row.text}\n"
        )


def _say_older(kept: Sequence[CannedText], json_: bool) -> None:
    if json_:
        terminal.say_json(kept)
    elif not kept:
        terminal.say("No older text of that name is kept.")
    else:
        for item in kept:
            at = f"{terminal.clock(item.at)} UTC until {terminal.clock(item.replaced_at)} UTC"
            terminal.say(
                f"{item.name}, {item.language or 'every language'}, by {item.by}, {at}:\n\n{item.text}\n"
            )
