"""`intake mailbox …`: when each mailbox was read, and what on its server was missed."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.channels.registry import kept_apart, title_of
from intake.commands.common import FAILED, Invocation, as_json, needs_no_desk, not_found, now
from intake.commands.who import login
from intake.config.mailboxes import auth_of
from intake.desk.text.counting import counted
from intake.terminal import Column

if TYPE_CHECKING:
    from intake.ports import Arrival

COLUMNS = (
    Column("Mailbox"),
    Column("Folder"),
    Column("UID or file"),
    Column("Bytes", right=True),
    Column(""),
)


@needs_no_desk
@click.group()
def mailbox() -> None:
    """List mailboxes and import missed messages."""


@mailbox.command("list")
@as_json
@click.pass_obj
def list_(ctx: Invocation, json_: bool) -> None:
    """List mailboxes and when each was last read."""
    desk = ctx.desk()
    known = {row.name: row for row in desk.store.mailboxes.states()}
    rows = [(name, box.type, known.get(name)) for name, box in desk.settings.mailboxes.items()]
    if json_:
        terminal.say_json(
            [{"name": name, "type": kind, "state": terminal.plain(state)} for name, kind, state in rows]
        )
        return
    columns = (Column("Mailbox"), Column("Type"), Column("Last read"), Column("State", gives_way=True))
    terminal.table(
        columns,
        [
            (
                name,
                title_of(kind),
                terminal.ago(state.last_success, now()) if state and state.last_success else "",
                (state.last_error, "bold red") if state and state.last_error else "",
            )
            for name, kind, state in rows
        ],
    )


@mailbox.command()
@click.argument("name", required=False)
@click.option("--take", is_flag=True, help="Import them.")
@as_json
@click.pass_context
def reconcile(ctx: click.Context, name: str | None, take: bool, json_: bool) -> None:
    """List messages that were never imported.

    Compares all mailboxes that keep mail (IMAP, maildir), or the named one, with what was
    received; the folder that read mail is moved to is
    included.
    """
    invocation: Invocation = ctx.obj
    desk = invocation.desk()
    boxes = {key: box.type for key, box in desk.settings.mailboxes.items()}
    if name is not None and name not in boxes:
        not_found(f"There is no mailbox {name}.", f"The config has: {', '.join(boxes) or 'none'}.")
    rows: list[dict[str, object]] = []
    silent: list[str] = []
    for key in [name] if name else boxes:
        if kept_apart(boxes[key]):
            rows += _of_one(invocation, key, take)
        else:
            silent.append(
                f"{key} ({boxes[key]}): nothing to compare; its mail is handed over and kept nowhere else."
            )
    missing = sum(not row["taken"] for row in rows)
    if json_:
        terminal.say_json(rows)
    else:
        _tell(rows, missing, take, silent, len(boxes) if name is None else 1)
    ctx.exit(FAILED if missing else 0)


def _tell(
    rows: Sequence[Mapping[str, object]], missing: int, take: bool, silent: Sequence[str], asked: int
) -> None:
    if rows:
        keys = ("mailbox", "folder", "uid", "size")
        terminal.table(COLUMNS, [(*(str(row[key]) for key in keys), _fate(row)) for row in rows])
    elif len(silent) < asked:
        terminal.say("Nothing is missing: every message there was imported.")
    for line in silent:
        terminal.say(line)
    if missing and not take:
        terminal.say("\nImport them:  intake mailbox reconcile --take")


def _fate(row: Mapping[str, object]) -> str:
    if row["taken"]:
        return "imported now"
    return "missing" if row["fits"] else "larger than max_message_mb"


def _of_one(ctx: Invocation, name: str, take: bool) -> list[dict[str, object]]:
    from intake.channels.opening import missing

    desk = ctx.desk()
    rows: list[dict[str, object]] = []

    def seen(arrivals: "Sequence[Arrival]") -> None:
        if take:
            desk.service.receive(arrivals)

    access = desk.accounts.access(auth_of(desk.settings.mailboxes[name]))
    for mail in missing(name, desk.settings, desk.store, seen, access):
        if take and mail.arrival is not None:
            desk.service.receive([mail.arrival])
        row = {"mailbox": name, "folder": mail.folder, "uid": mail.which, "size": mail.size}
        rows.append({**row, "fits": mail.arrival is not None, "taken": take and mail.arrival is not None})
    count = sum(bool(row["taken"]) for row in rows)
    if count:
        ctx.record(
            login(),
            f"imported {counted(count, 'message', 'that was', 'that were')} missing in mailbox {name}",
        )
        while desk.service.process_pending(50):
            pass
    return rows
