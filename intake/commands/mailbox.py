"""`intake mailbox …`: how each mailbox was read, and whether anything on its server was missed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands.common import FAILED, Invocation, as_json, login, not_found, now
from intake.ports import UserError
from intake.terminal import Column

if TYPE_CHECKING:
    from intake.ports import Arrival

COLUMNS = (
    Column("Mailbox"),
    Column("Folder"),
    Column("UID", right=True),
    Column("Bytes", right=True),
    Column(""),
)


@click.group()
def mailbox() -> None:
    """See how mailboxes are read; compare them with the server."""


@mailbox.command("list")
@as_json
@click.pass_obj
def list_(given: Invocation, json_: bool) -> None:
    """List the mailboxes and when each was last read."""
    desk = given.desk()
    known = {one.name: one for one in desk.store.mailbox_states()}
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
                kind,
                terminal.ago(state.last_success, now()) if state and state.last_success else "",
                (state.last_error, "bold red") if state and state.last_error else "",
            )
            for name, kind, state in rows
        ],
    )


@mailbox.command()
@click.argument("name", required=False)
@click.option("--take", is_flag=True, help="Receive what is missing.")
@as_json
@click.pass_context
def reconcile(ctx: click.Context, name: str | None, take: bool, json_: bool) -> None:
    """List what is on the server and was never received.

    In all IMAP mailboxes, or the named one; the folder that read mail is moved to is looked into as well.
    """
    given: Invocation = ctx.obj
    desk = given.desk()
    boxes = {one: box for one, box in desk.settings.mailboxes.items() if box.type.lower() == "imap"}
    if name is not None and name not in boxes:
        not_found(f"There is no IMAP mailbox {name}.", f"The config has: {', '.join(boxes) or 'none'}.")
    found: list[dict[str, object]] = []
    for one in [name] if name else boxes:
        found += _of_one(given, one, take)
    missing = sum(not row["taken"] for row in found)
    if json_:
        terminal.say_json(found)
    elif not found:
        terminal.say("Nothing is missing: all that is on the server was received.")
    else:
        cells = [
            (*(str(row[key]) for key in ("mailbox", "folder", "uid", "size")), _fate(row)) for row in found
        ]
        terminal.table(COLUMNS, cells)
        if missing and not take:
            terminal.say("\nReceive them:  intake mailbox reconcile --take")
    ctx.exit(FAILED if missing else 0)


def _fate(row: dict[str, object]) -> str:
    if row["taken"]:
        return "received now"
    return "missing" if row["fits"] else "larger than max_message_mb"


def _of_one(given: Invocation, name: str, take: bool) -> list[dict[str, object]]:
    from intake.channels.imap_connect import explain
    from intake.channels.imap_reconcile import differences

    desk = given.desk()
    section, store = desk.settings.mailboxes[name], desk.store

    def seen(arrivals: "Sequence[Arrival]") -> None:
        if take:
            desk.service.receive(arrivals)

    found: list[dict[str, object]] = []
    try:
        for one in differences(
            name,
            section,
            desk.settings.desk.max_message_mb * 2**20,
            lambda folder, validity: store.known_uids(name, folder, validity),
            store.known_digests,
            seen,
        ):
            taken = take and one.arrival is not None
            if taken and one.arrival is not None:
                desk.service.receive([one.arrival])
            row = {"mailbox": name, "folder": one.folder, "uid": one.uid, "size": one.size}
            found.append({**row, "fits": one.arrival is not None, "taken": taken})
    except Exception as err:
        key, what, cure = explain(err, section)
        raise UserError(f"[mailbox {name}] {key}: {what}. {cure}") from err
    count = sum(bool(row["taken"]) for row in found)
    if count:
        given.record(login(), f"received {count} messages that were missing in mailbox {name}")
        while desk.service.process_pending(50):
            pass
    return found
