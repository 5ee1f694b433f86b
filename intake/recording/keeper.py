"""What keeps the record going: sealing, a checkpoint each hour, and one after each dangerous act."""

import hashlib
import hmac
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from intake import refusals
from intake.desk.text.said import said
from intake.ports import UserError
from intake.recording import letter
from intake.recording.key import RecordKey, file_of, record_key
from intake.store.record.checkpoints import AnotherKey, Checkpoints, Kept
from intake.store.record.sealing import AT_ONCE

if TYPE_CHECKING:
    from intake.app import Desk

log = logging.getLogger("intake.record")

# What an admin can still forge is what came after the last checkpoint that left.
EVERY = timedelta(hours=1)
# After a dangerous act one follows at once, and not one for each of many.
AT_ONCE_AFTER = timedelta(minutes=1)
# What went wrong with them, as it is told.
TROUBLE = "record"


class Keeper:
    """Keeps the record of one desk. For one thread; several processes do it in turn."""

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk
        self._kept = checkpoints_of(desk)
        self._feared = self._told = False

    def look(self) -> None:
        """Record what is owed, and make a checkpoint where one is due. Raises Temporary."""
        now = self._desk.service.clock()
        if not self._told:
            self._told = self._config(now)
        while True:
            sealed = self._kept.seal(now)
            self._feared = self._feared or sealed.dangerous
            if sealed.rows < AT_ONCE:
                break
        try:
            made = checkpoint(self._desk, now, AT_ONCE_AFTER if self._feared else EVERY)
        except UserError as err:
            problem = said("The record gets no checkpoint. {why}", why=str(err))
            self._desk.service.wake(self._desk.service.tells.met(TROUBLE, problem, now))
            return
        if made is not None:
            self._feared = False
            self._desk.service.tells.over(TROUBLE)

    def _config(self, now: datetime) -> bool:
        """Record what config the desk started with. True: it was, or there is nothing to be read."""
        try:
            content = self._desk.settings.file.read_bytes()
        except OSError as err:
            log.warning("the config is not recorded: %s", refusals.told(err))
            return True
        # With a key: nobody is to try passwords until the digest fits.
        digest = hmac.new(self._desk.keys[-1], b"config\x00" + content, hashlib.sha256).hexdigest()
        self._kept.config(digest, "intake", now)
        return True


def checkpoints_of(desk: "Desk") -> Checkpoints:
    """Return the checkpoints of a desk."""
    return Checkpoints(desk.database.db, desk.database.blobs)


def checkpoint(desk: "Desk", now: datetime, after: timedelta | None = None) -> Kept | None:
    """Make a checkpoint and send it out: into the log, and to `[audit] checkpoint_to`.

    With `after` only where the newest is that old; else None. Raises UserError where there is no key to
    sign with, or another one than the record names.
    """
    kept = checkpoints_of(desk)
    newest = kept.newest()
    if after is not None and newest and abs(now - newest[0].made_at) < after:
        return None
    key = _key(desk, kept)
    owed: list[int] = []
    try:
        with desk.database.transaction():
            made = kept.make(key.public, key.sign, now, after)
            if made is not None:
                owed = letter.owe(desk, kept.newest(letter.CARRIED), now)
    except AnotherKey:
        raise UserError(
            f"{file_of(desk.settings)} is another key than the record names. Put the right one back; if that "
            "is lost, `intake audit key --accept` has the record name this one, as an act of yours."
        ) from None
    if made is None:
        return None
    # Where the log goes to another machine, this is a way out as good as a mail.
    origin, size, root = made.note.splitlines()[:3]
    log.info("checkpoint", extra={"record": origin, "rows": size, "root": root})
    if owed:
        desk.service.wake(owed)
    return made


def _key(desk: "Desk", kept: Checkpoints) -> RecordKey:
    path = file_of(desk.settings)
    key = record_key(path, make=kept.key() is None)
    if key is None:
        raise UserError(
            f"{path} is missing, and the record names its key. Put it back; if it is lost, "
            "`intake audit key --accept` makes another."
        )
    return key
