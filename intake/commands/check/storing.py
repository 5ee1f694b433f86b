"""The part of `intake check` that tries what receiving does: write the database, find the large files. It
also tells of tickets whose mailbox is gone."""

from typing import TYPE_CHECKING

from intake.commands.check.findings import Finding, Findings, parted
from intake.commands.common import now
from intake.desk.text.counting import counted
from intake.ports import Temporary, UserError

if TYPE_CHECKING:
    from intake.app import Desk

_ONE_PLACE = (
    "Machines that share a desk keep large files in one place: name the same bucket in [store] blobs on "
    "each, or share the data folder. `intake fsck` names all that is missing"
)


def storing(desk: "Desk") -> Findings:
    """Yield what keeps mail from being stored here, or from being read here once it is."""
    from intake.config.settings import KEY_FILE
    from intake.imports.copies import left_behind
    from intake.store.key_marks import lags
    from intake.store.upkeep.usable import expect_writable, files_missing

    yield from _stranded(desk)
    if copy := left_behind(desk.settings.desk.data):
        problem = f"{copy} of an import over IMAP that runs or was cut off, and no retention reaches it"
        cure = "Run the import again: it goes on, and removes them. Or remove that folder"
        yield Finding("warning", "desk", "data", problem, cure)
    try:
        expect_writable(desk.database, now())
    except (UserError, Temporary) as err:
        problem, cure = parted(
            str(err).replace(": check", ". Check"), "Let it be written, or no mail is taken"
        )
        yield Finding("problem", "store", "url", problem, cure)
    if lags(desk.database.db, desk.keys):
        problem = f"{KEY_FILE} lacks the newest key: replies to what another machine sends are not recognised"
        yield Finding("warning", "desk", "data", problem, "Copy the file from there, and start intake again")
    try:
        missing, looked = files_missing(desk.database)
    except Temporary as err:
        if not desk.database.blobs.files.remote:
            yield Finding("problem", "desk", "data", str(err), "Correct its owner and mode")
        # Of a bucket that cannot be asked more is told where it is tried.
        return
    if missing:
        place = desk.settings.store.blobs or f"{desk.settings.desk.data}/blobs"
        problem = f"{missing} of the last {looked} large emails are not in {place}: nobody can read them here"
        yield Finding("problem", "store", "blobs", problem, _ONE_PLACE)


def _stranded(desk: "Desk") -> Findings:
    """Yield each mailbox that the config no longer has while tickets of it are open."""
    from intake.config.settings import written
    from intake.store.upkeep.usable import open_of_mailboxes

    if not desk.settings.mailboxes:
        return
    # A section that is unsound is there, too.
    sections = (heading.partition("mailbox ") for heading in written(desk.settings.file))
    there = {*desk.settings.mailboxes, *(name for before, word, name in sections if word and not before)}
    try:
        tickets = open_of_mailboxes(desk.database)
    except Temporary:
        # That the database does not answer is told of where it is tried.
        return
    for name, count in sorted(tickets.items()):
        if name and name not in there:
            answered = desk.policy.mailbox(name).address
            problem = (
                f"is no longer in the config, and {counted(count, 'open ticket', 'is', 'are')} of it: "
                f"answered from {answered} now"
            )
            cure = "Write the section back until they are closed, if that is not what their customers expect"
            yield Finding("warning", f"mailbox {name}", "", problem, cure)
