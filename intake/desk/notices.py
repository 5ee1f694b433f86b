"""A mail to an agent that was refused with its files, once more without, and where they are. Pure."""

import re
from collections.abc import Collection

from intake.desk.effects import Mail, MailKind
from intake.desk.kept_files import KeptFile
from intake.desk.message import Address
from intake.desk.ticket import Agent

# What begins the dedupe keys of those that are the second.
AGAIN = "again:"
# RFC 5321 section 4.2.3, RFC 3463 sections 3.3 and 3.4, and servers that say it in words alone.
_TOO_LARGE = re.compile(
    r"\b(?:552|5\.3\.4|5\.2\.3)\b(?!\.)|\bmessage (?:is )?too (?:large|big)\b|\bmessage size exceed",
    re.IGNORECASE,
)
# RFC 3463 section 3.2: the address is wrong, and a smaller mail goes nowhere either.
_ADDRESS = re.compile(r"\b5\.1\.\d{1,3}\b")
# What begins the reason of a mail that no server took for days.
GIVEN_UP = "given up after"


def may_arrive_without(reason: str) -> bool:
    """Whether a mail that was refused with its files, in a server's words, is to be tried without them.

    Servers name sizes, kinds and contents of files in any words and by any code, so whatever is no
    failure of the address, and was refused at once, is tried. 552 also means that the mailbox is full: a
    small mail has a chance there, too.
    """
    if _TOO_LARGE.search(reason):
        return True
    return not reason.startswith(GIVEN_UP) and _ADDRESS.search(reason) is None


def carries_files(raw: bytes) -> bool:
    """Whether a finished mail of ours has files, by how its parts are put together."""
    head = raw.partition(b"\r\n\r\n")[0].lower()
    if b"\r\ncontent-type: multipart/mixed" in head:
        return True
    # Pictures that stand in its page.
    return (
        b"\r\ncontent-type: multipart/alternative" in head and b"\r\nContent-Type: multipart/related" in raw
    )


def without_files(
    outbox_id: int,
    kind: MailKind,
    ticket: int,
    to: Address,
    agent: Agent | None,
    raw: bytes,
    carried: Collection[KeptFile],
    kept: Collection[KeptFile],
) -> Mail | None:
    """Return the second mail in place of outbox row `outbox_id`, which left as `raw`; None where that had no
    files, for what was refused twice would be refused a third time.

    `carried` are its files, `kept` those that the ticket keeps: of others, such as small pictures of ours,
    nothing is said.
    """
    if not carried:
        return None
    there = {file.sha256: file for file in kept}
    files = tuple(dict.fromkeys(there[file.sha256] for file in carried if file.sha256 in there))
    return Mail(kind, ticket, to, f"{AGAIN}{outbox_id}", agent=agent, left_out=files, again=raw)
