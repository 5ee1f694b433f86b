"""What `intake check` looks at of an IMAP mailbox, and what no other mailbox may have."""

import ssl
from collections.abc import Iterator
from imaplib import IMAP4

from intake.channels.checking import Looked, in_the_clear
from intake.channels.imap_bounds import Flooded
from intake.channels.imap_connect import (
    FolderMissing,
    NotOpened,
    Refused,
    Trouble,
    connected,
    explain,
    plain_name,
)
from intake.channels.imap_folder import Folder, target_folder
from intake.config.mailboxes import ImapMailbox
from intake.ports import Access, Temporary, UserError


def looked(section: ImapMailbox, access: Access | None = None) -> list[Looked]:
    """Log in, open every folder, find `move_to` (making it as the first run would)."""
    troubles = in_the_clear(section.host, section.security)
    wrong = names(section)
    if not wrong:
        wrong, said = _refused(section, access)
        cure = "Read it; nothing else need be done unless it asks for it"
        troubles += [Looked("host", f"the server says: {text}", cure, "warning") for text in said]
    if not wrong:
        text = f"login to {section.host}:{section.port} as {section.user} works"
        return [*troubles, Looked("host", text, level="ok")]
    return [*troubles, *(Looked(*trouble) for trouble in wrong)]


def _refused(section: ImapMailbox, access: Access | None) -> tuple[list[Trouble], list[str]]:
    """Return what keeps us from reading, and what the server wants to be shown to people."""
    troubles: list[Trouble] = []
    said: list[str] = []
    try:
        with connected(section, access) as client:
            for name in section.folders:
                try:
                    Folder(client, name, section.after)
                except (FolderMissing, NotOpened, Refused, IMAP4.readonly) as err:
                    troubles.append(explain(err, section))
            if section.after == "move":
                target_folder(client, section.move_to)
            said = client.new_alerts()
    except (IMAP4.error, OSError, Refused, Flooded, ssl.SSLError, Temporary) as err:
        troubles.append(explain(err, section))
    except UserError as err:
        troubles.append(("host", str(err), "Correct host, port, security, user or password"))
    return troubles, said


def claimed(section: ImapMailbox) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Yield the folders that no other mailbox may read: each mail would go to whichever is first."""
    for folder in section.folders:
        name = folder.upper() if folder.upper() == "INBOX" else folder
        yield "user", ("imap", section.host.lower(), section.port, section.user.lower(), name)


def names(section: ImapMailbox) -> list[Trouble]:
    troubles: list[Trouble] = []
    if not section.folders:
        troubles.append(("folders", "folders is empty", "Write INBOX"))
    for key, names in (("folders", section.folders), ("move_to", (section.move_to,))):
        for name in names if key == "folders" or section.after == "move" else ():
            try:
                plain_name(name)
            except UserError as err:
                troubles.append((key, *str(err).split(". ", 1)))  # type: ignore[arg-type]
    if section.archive and not section.since:
        troubles.append(("archive", "archive = yes says nothing without since", "Write since = today's date"))
    if section.after == "move" and section.move_to.lower() in {name.lower() for name in section.folders}:
        troubles.append(("move_to", f"{section.move_to!r} is also read from", "Name another folder"))
    return troubles
