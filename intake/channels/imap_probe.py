"""Looking for a mail that the desk sent to itself, and taking it away again: for `intake check --probe`."""

import ssl
from collections.abc import Collection
from imaplib import IMAP4

from intake.channels.imap_bounds import BoundedClient, Flooded
from intake.channels.imap_connect import FolderMissing, NotOpened, Refused, connected, explain
from intake.channels.imap_folder import Folder, names_of, present
from intake.config.mailboxes import ImapMailbox
from intake.ports import Access, Temporary

# Of a folder so many of the newest are looked at: searches by header are not reliable everywhere.
NEWEST = 100
_FIELD = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"
_ANSWER = b"BODY[HEADER.FIELDS (MESSAGE-ID)]"


class NotLooked(Exception):
    """The mailbox could not be looked into; the argument says why."""


def taken_away(
    section: ImapMailbox, message_ids: Collection[str], access: Access | None = None
) -> frozenset[str]:
    """Delete the mails with these Message-IDs (without brackets) from the folders of a mailbox that the desk
    reads or moves mail to. Returns which of them were there. Raises NotLooked.

    Without UIDPLUS they are only marked as deleted: a plain EXPUNGE would take what others marked.
    """
    try:
        with connected(section, access) as client:
            gone: frozenset[str] = frozenset()
            moved = present(client, names_of(client, section.move_to)) if section.after == "move" else ""
            for name in (*section.folders, *filter(None, (moved,))):
                gone |= _from(client, name, message_ids)
            return gone
    except (IMAP4.error, OSError, Refused, NotOpened, Flooded, ssl.SSLError, Temporary) as err:
        raise NotLooked(explain(err, section)[1]) from err


def _from(client: BoundedClient, name: str, message_ids: Collection[str]) -> frozenset[str]:
    try:
        folder = Folder(client, name, "delete")
    except FolderMissing:
        # The one that mail is moved to is made when the desk first reads.
        return frozenset()
    newest = folder.waiting(None)[-NEWEST:]
    if not newest:
        return frozenset()
    there: dict[int, str] = {}
    for uid, parts in client.fetch(newest, [_FIELD]).items():
        field = parts.get(_ANSWER, b"").decode("ascii", "replace")
        named = [message_id for message_id in message_ids if f"<{message_id}>" in field]
        if named:
            there[uid] = named[0]
    uids = sorted(there)
    if uids:
        client.add_flags(uids, ["\\Deleted"], silent=True)
        folder.settle(uids)
    return frozenset(there.values())
