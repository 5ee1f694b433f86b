"""One reader a mailbox among any number of pollers, and how the last reading went."""

from datetime import datetime, timedelta

import peewee

from intake.store.base import StorePart
from intake.store.schema.state import MailboxState
from intake.store.schema.tables import Message, Sighting
from intake.views import MailboxRow

LONGEST_LEASE = timedelta(hours=1)


class SqlMailboxes(StorePart):
    """Leases on mailboxes, what was fetched from them, and when they last could be read."""

    def lease(self, name: str, owner: str, now: datetime, for_: timedelta) -> bool:
        """Take or prolong the right to read a mailbox. False: another owner has it now."""
        free = (
            MailboxState.lease_until.is_null()
            | (MailboxState.lease_until < now)
            # No lease is as long as this: it was taken while the clock was ahead.
            | (MailboxState.lease_until > now + LONGEST_LEASE)
            | (MailboxState.owner == owner)
        )
        with self.transaction():
            self._known(name)
            query = MailboxState.update(owner=owner, lease_until=now + for_)
            return bool(self.db.run(query.where((MailboxState.name == name) & free)) == 1)

    def release(self, name: str, owner: str) -> None:
        """Let another one read; nothing when the lease was lost before."""
        with self.transaction():
            query = MailboxState.update(owner=None, lease_until=None)
            self.db.run(query.where((MailboxState.name == name) & (MailboxState.owner == owner)))

    def seen(self, mailbox: str, now: datetime, error: str = "", read: bool = False) -> None:
        """Record that a mailbox was read, or why it could not be; with `read` both."""
        values: dict[str, object] = {"last_error": error}
        if error:
            values["last_error_at"] = now
        if read or not error:
            values["last_success"] = now
        with self.transaction():
            self._known(mailbox)
            self.db.run(MailboxState.update(**values).where(MailboxState.name == mailbox))

    def states(self) -> list[MailboxRow]:
        """Return what is known of each mailbox, by name."""
        return [
            MailboxRow(
                row.name,
                row.owner or "",
                row.lease_until,
                row.last_success,
                row.last_error,
                row.last_error_at,
            )
            for row in self.db.rows(MailboxState.select().order_by(MailboxState.name))
        ]

    def known_uids(self, mailbox: str, folder: str, uidvalidity: int) -> set[int]:
        """Return the UIDs already received from a folder."""
        query = Sighting.select(Sighting.uid).where(
            (Sighting.mailbox == mailbox)
            & (Sighting.folder == folder)
            & (Sighting.uidvalidity == uidvalidity)
        )
        return {uid for (uid,) in self.db.rows(query.tuples())}

    def oversize_uids(self, mailbox: str, folder: str, uidvalidity: int) -> set[int]:
        """Return those of the known UIDs of which only the header was received, because all is too large."""
        query = (
            Sighting.select(Sighting.uid)
            .join(Message, on=(Message.id == Sighting.message))
            # As it stands in the index, which a value that is bound does not match.
            .where(peewee.SQL("t2.oversize > 0"))
            .where(
                (Sighting.mailbox == mailbox)
                & (Sighting.folder == folder)
                & (Sighting.uidvalidity == uidvalidity)
            )
        )
        return {uid for (uid,) in self.db.rows(query.tuples())}

    def _known(self, name: str) -> None:
        self.db.run(MailboxState.insert(name=name).on_conflict_ignore().as_rowcount())
