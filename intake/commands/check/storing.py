"""The part of `intake check` that tries what receiving does: write the database, find the large files."""

from typing import TYPE_CHECKING

from intake.commands.check.findings import Finding, Findings, parted
from intake.commands.common import now
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
    from intake.store.key_marks import lags
    from intake.store.upkeep.usable import expect_writable, files_missing

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
