"""An imported entry as a mail (RFC 5322), where the old desk kept none. Pure: the same entry, the same bytes.

It stands in the ledger as what was received, so that whoever erases a person or looks into what was said
finds it there. Its files are named and not in it: they are kept once, beside the entry.
"""

import hashlib
from collections.abc import Sequence
from email.utils import format_datetime

from intake.desk.message import Address, Attachment
from intake.imports.model import ImportedEntry
from intake.mail.outgoing import compose

# Where no mail can ever go (RFC 2606): of what had no address, and of what had no Message-ID.
NOWHERE = "import.invalid"


def message_id(entry: ImportedEntry, name: str) -> str:
    """Return the Message-ID that an entry had, or one made of its name (source, ticket and entry)."""
    if compose.message_ids("Message-ID", [entry.message_id]):
        return entry.message_id
    return f"{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:32]}@{NOWHERE}"


def letter(
    entry: ImportedEntry, name: str, subject: str, author: Address, to: str, files: Sequence[Attachment]
) -> bytes:
    """Return the mail. `name` tells the entry from every other of any source, `author` is as it is kept."""
    sender = author.mailbox or f"nobody@{NOWHERE}"
    fields = [
        compose.mailbox_header("From", compose.clean(author.name, 200), sender),
        compose.mailbox_header("To", "", to),
        compose.unstructured("Subject", subject),
        f"Date: {format_datetime(entry.at)}",
        compose.message_ids("Message-ID", [message_id(entry, name)]),
        compose.unstructured("X-Intake-Import", f"{entry.kind.value} {name}"),
        *(
            compose.unstructured(
                "X-Intake-Import-File", f"{hashlib.sha256(file.content).hexdigest()} {file.name}"
            )
            for file in files
        ),
    ]
    if entry.automatic:
        fields.append("Auto-Submitted: auto-generated")
    return compose.message(fields, entry.full_text or entry.text, (), "")
