"""`intake backup` and `intake restore`: the whole desk into a folder, and back."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click

from intake import terminal
from intake.commands.backup_files import put_back, take
from intake.commands.common import Invocation, expect_a_desk, needs_desk, needs_no_desk, now
from intake.commands.who import login
from intake.config.backup_copy import config_copy
from intake.desk.text.counting import counted
from intake.folders import private_folder
from intake.ports import Temporary, UserError


@needs_desk
@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_obj
def backup(ctx: Invocation, folder: Path) -> None:
    """Back up the whole desk into a folder, while it runs.

    The database, all files, the key of reply addresses, the config without secrets and comments, and
    what it names: the DKIM key, canned responses, templates, the logo, certificates.
    """
    from intake.config.settings import written
    from intake.recording.key import file_of
    from intake.store.upkeep.backup import backup as copy

    desk = ctx.desk()
    with _whole_or_nothing(folder):
        config = config_copy(written(ctx.config))
        descriptor = os.open(folder / "intake.ini", os.O_WRONLY | os.O_CREAT, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(config)
        # First: what tells a complete backup from half of one is written last.
        others = take(desk.settings, folder)
        made = copy(desk.database, desk.settings.store.url, desk.settings.desk.data, folder, now())
    ctx.record(login(), f"backed up into {folder}")
    files = counted(made["files"], "file")
    terminal.say(f"Backed up into {folder}: the database and {files}.")
    if others:
        terminal.say(f"Files named in the config: {counted(others, 'file')}.")
    terminal.say("It holds all mail and the keys of this desk: keep it as safe as they are.")
    key = file_of(desk.settings)
    if key.exists():
        terminal.say(f"Not in it: {key}, which signs checkpoints. Keep a copy of that somewhere else.")


@needs_no_desk
@click.command()
@click.argument(
    "folder", type=click.Path(path_type=Path, exists=True, file_okay=False), required=False, default=None
)
@click.option(
    "--in-place",
    is_flag=True,
    help="The desk is already back, from a snapshot for example: only freeze its mail and skip numbers.",
)
@click.option(
    "--accept-key",
    is_flag=True,
    help="The signing key is lost: use the one in the data folder from now on, or a new one.",
)
@click.pass_obj
def restore(ctx: Invocation, folder: Path | None, in_place: bool, accept_key: bool) -> None:
    """Restore a backup, with outgoing mail frozen.

    It goes into the data folder and database of the config, which must not exist yet.
    """
    from intake.store.files.choosing import files_of
    from intake.store.upkeep.backup import brought_back, restored_from
    from intake.store.upkeep.backup import restore as put

    if (folder is not None, in_place, accept_key).count(True) != 1:
        raise click.UsageError("Give the FOLDER of a backup, or --in-place, or --accept-key.")
    settings = ctx.settings()
    if accept_key:
        _accept_key(ctx)
        return
    if folder is None:
        expect_a_desk(settings.desk.data)
        brought_back(ctx.desk().database, now())
        _told(ctx, "the desk in place", [])
        return
    made = restored_from(settings.store.url, settings.desk.data, folder)
    again = made is not None
    if made is None:
        data = settings.desk.data
        made = put(settings.store.url, data, folder, now(), files_of(settings.store, data))["made"]
    try:
        files = put_back(settings, folder)
    except UserError as err:
        # What is done already has to be reported.
        where = "was restored here before" if again else "is restored, and outgoing mail is frozen"
        raise UserError(
            f"{err} The backup of {made} {where}, but not all files that the config names are there. "
            "Fix that and run this again: it puts back what is missing, and restores nothing twice."
        ) from err
    if again:
        for path in files:
            terminal.say(f"Put back: {path}")
        terminal.say(f"The backup of {made} was restored here before: its mail is left as it is.")
        terminal.say("To restore it again, stop intake, move the data folder away, and run this again.")
        return
    _told(ctx, f"the backup of {made}", files)


def _accept_key(ctx: Invocation) -> None:
    """Have the desk sign with what stands in this data folder, where its own key is lost."""
    from intake.config.settings import KEY_FILE
    from intake.key_file import keys_there, make_key
    from intake.store.key_marks import accept
    from intake.store.opening import open_store, table_state

    url, data = ctx.settings().store.url, ctx.settings().desk.data
    if not table_state(url, data)[0]:
        raise UserError("There is no desk in the database of [store] url. `intake run` begins one.")
    with closing(open_store(url, data)) as store:
        private_folder(data)
        make_key(data)
        changed = accept(store.db, keys_there(data))
    if not changed:
        terminal.say(f"This desk signs with the key in {data / KEY_FILE} already. Nothing was changed.")
        return
    ctx.record(login(), "accepted another signing key")
    terminal.say(
        f"This desk signs with the key in {data / KEY_FILE} from now on. Replies to emails sent with "
        "another key open new tickets. Copy the file to every other machine of this desk, and restart all."
    )


def _told(ctx: Invocation, source: str, files: list[Path]) -> None:
    """Report what was done and what to do next. A desk that does not start yet undoes nothing."""
    from intake.recording.key import file_of
    from intake.store.upgrade.autoincrement import SKIPPED

    try:
        ctx.record(login(), f"restored {source}")
        due = f"; {counted(ctx.desk().store.upkeep.counts()['due'], 'email', 'is', 'are')} queued"
        wrong = ""
    except (UserError, Temporary) as err:
        due, wrong = "", str(err)
    terminal.say(f"Restored {source}. Outgoing mail is frozen{due}.")
    for path in files:
        terminal.say(f"Put back: {path}")
    terminal.say(
        f"New ticket numbers start {SKIPPED:,} higher, because mail sent since the backup "
        "uses those in between."
    )
    terminal.say(
        "Some of the queued emails may have been sent since the backup. Cancel those and release the rest:"
    )
    terminal.say("  intake outbox list --state due")
    terminal.say("  intake outbox release")
    terminal.say(
        "To import what arrived since then and was moved on the server:  intake mailbox reconcile --take"
    )
    if not file_of(ctx.settings()).exists():
        terminal.say(
            f"The record goes on where the backup ends. Put its key back to {file_of(ctx.settings())}; if it "
            "is lost:  intake audit key --accept"
        )
    if wrong:
        terminal.warn(f"Everything is restored, but the desk does not start yet: {wrong}")
        terminal.warn("Fix that; `intake check` shows whether anything else is wrong. Do not restore again.")


@contextmanager
def _whole_or_nothing(folder: Path) -> Iterator[None]:
    """Make the folder for a backup, and leave it as it was where the backup fails: missing, or empty."""
    there = folder.is_dir()
    _make(folder)
    try:
        yield
    except BaseException as err:
        for path in list(folder.iterdir()) if there else [folder]:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        if not isinstance(err, UserError):
            raise
        left = folder.is_dir() and any(folder.iterdir())
        rest = f"{folder} holds a part of it: delete that" if left else f"nothing was left in {folder}"
        raise UserError(f"{err} There is no backup, and {rest}. Fix that, and run this again.") from err


def _make(folder: Path) -> None:
    try:
        private_folder(folder)
        if any(folder.iterdir()):
            raise UserError(f"{folder} is not empty. Name a new folder for each backup.")
    except OSError as err:
        raise UserError(f"{folder} cannot be written: {err.strerror}. Name another folder.") from err
