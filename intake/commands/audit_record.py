"""`intake audit verify`, `checkpoint` and `key`: the record that shows tampering."""

from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands.common import FAILED, Invocation, as_json, now
from intake.commands.who import by_hand, login
from intake.desk.record.checkpoint import Note, notes_in, verifier_key
from intake.desk.text.counting import counted
from intake.ports import UserError

if TYPE_CHECKING:
    from intake.store.record.verifying import Verified


@click.command()
@click.option(
    "--checkpoint",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A checkpoint kept outside, or the mail that brought it; may be repeated.",
)
@click.option("--full", is_flag=True, help="Also read the bytes of every message and of every sent mail.")
@as_json
@click.pass_context
def verify(context: click.Context, files: tuple[Path, ...], full: bool, json_: bool) -> None:
    """Check that nothing recorded was changed, removed or added.

    Compares each row of the audit, the ledger, the history and the sent mail with the record, and the
    record with its checkpoints. Names the first wrong row. Safe while the desk runs.
    """
    from intake.recording.key import valid
    from intake.store.record.verifying import Verifying

    outside = [note for file in files for note in _notes(file)]
    database = context.obj.desk().database
    verified = Verifying(database.db, database.blobs, valid).verify(outside, full)
    if json_:
        terminal.say_json(verified)
    else:
        _tell(verified, len(outside))
    context.exit(FAILED if verified.faults else 0)


def _tell(verified: "Verified", outside: int) -> None:
    for fault in verified.faults:
        terminal.pairs([("Fault", (fault, "bold red"))])
    if not verified.rows:
        terminal.say("The record has not begun. `intake run` begins it.")
        return
    since = f" since {terminal.clock(verified.begun_at)} UTC" if verified.begun_at else ""
    kept = counted(verified.checkpoints, "checkpoint")
    rows = counted(verified.rows, "row")
    terminal.say(f"The record: {rows}{since}. {kept} kept here, {outside} from outside.")
    if verified.gone or verified.changed:
        terminal.say(f"Erased, and the record says by whom: {verified.gone}. Changed: {verified.changed}.")
    if verified.owed:
        terminal.say(f"Not recorded yet: {counted(verified.owed, 'row')}.")
    for restored in verified.restored:
        terminal.say(f"Note: {restored}.")
    if not verified.faults:
        terminal.say("No problems found.")
        if not outside:
            terminal.say(
                "An admin who can write to the database could have replaced all of it. Give a checkpoint"
            )
            terminal.say("that was kept elsewhere:  intake audit verify --checkpoint FILE")


def _notes(file: Path) -> list[Note]:
    """Return the checkpoints in a file: notes, or a mail that holds some. Raises UserError without any."""
    try:
        content = file.read_bytes()
    except OSError as err:
        raise UserError(f"{file} cannot be read: {err.strerror}.") from err
    notes = notes_in(content.decode("utf-8", "replace")) or notes_in(_words(content))
    if not notes:
        cure = "Save the whole mail, or what `intake audit checkpoint` prints."
        raise UserError(f"{file} holds no checkpoint. {cure}")
    return notes


def _words(content: bytes) -> str:
    """Return the text of a mail, which may be encoded for its way."""
    parts = message_from_bytes(content, policy=policy.compat32).walk()
    texts = [part.get_payload(decode=True) for part in parts if part.get_content_maintype() == "text"]
    return "\n".join(text.decode("utf-8", "replace") for text in texts if isinstance(text, bytes))


@click.command()
@click.pass_obj
def checkpoint(ctx: Invocation) -> None:
    """Make a checkpoint now, mail it and print it.

    Keep what it prints on another machine, or on paper.
    """
    from intake.recording.keeper import checkpoint as make

    desk = ctx.desk()
    made = make(desk, now())
    if made is not None:
        terminal.say(made.note.rstrip("\n"))


@click.command()
@click.option(
    "--accept", is_flag=True, help="Have the record name the key in the file; without a file, make one."
)
@click.pass_obj
def key(ctx: Invocation, accept: bool) -> None:
    """Print the public key of checkpoints, for those who keep them."""
    from intake.recording.keeper import checkpoints_of
    from intake.recording.key import file_of, record_key

    desk = ctx.desk()
    kept = checkpoints_of(desk)
    if accept:
        there = record_key(file_of(desk.settings), make=True)
        if there is not None and kept.accept(there.public, login(), by_hand(), now()):
            terminal.say(f"The record names the key in {file_of(desk.settings)} from now on.")
        else:
            terminal.say("The record names that key already. Nothing was changed.")
    public = kept.key()
    if public is None:
        raise UserError(
            "The record names no key yet. `intake audit checkpoint` makes one, as `intake run` does."
        )
    terminal.say(verifier_key(kept.origin(), public))
