"""Taking a person out of the header of somebody else's mail: who it was also sent to.

What its author wrote, quotes included, stays as it is: that is theirs. Only for mail that was
read before, so that the gate (`intake.mail.gate`) has bounded it.
"""

import re
from email.header import Header, decode_header, make_header
from email.utils import formataddr, getaddresses

from intake.desk.addresses import as_kept

MARK = b"X-Intake-Erased"
# A head beyond this is no mail that was read (gate.MAX_HEADER).
LONGEST_HEAD = 256 * 1024
# Lists of people to whom a mail, or what answers it, goes.
_LISTS = frozenset(
    ("to", "cc", "bcc", "reply-to", "mail-followup-to", "resent-to", "resent-cc", "resent-bcc")
)  # fmt: skip
_GONE = b"erased@erased.invalid"


def head_of(raw: bytes) -> bytes:
    """Return the header of a mail, without the empty line that ends it."""
    ends = [place for place in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if place >= 0]
    return raw[: min(ends, default=len(raw))]


def naming(address: str) -> re.Pattern[str]:
    """Return what finds an address in a text, in whatever case, and no longer one that it is a part of.

    Quotes around its local part make no other address of it.
    """
    local, at, domain = address.rpartition("@")
    marks = '"?' if local[:1] != '"' else ""
    whole = marks + re.escape(local) + marks + at + re.escape(domain)
    return re.compile(rf"(?<![\w.+-]){whole}(?![\w-]|\.\w)", re.IGNORECASE)


def naming_bytes(address: str) -> re.Pattern[bytes]:
    """Return what finds an address in the bytes of a mail."""
    return re.compile(naming(address).pattern.encode(), re.IGNORECASE)


def names(raw: bytes, address: str) -> bool:
    """Whether the header of a mail names an address, in whatever case."""
    return naming_bytes(address).search(head_of(raw[:LONGEST_HEAD])) is not None


def is_from(raw: bytes, address: str) -> bool:
    """Whether a mail says that it is from an address."""
    fields = re.split(rb"\r?\n(?![ \t])", head_of(raw[:LONGEST_HEAD]))
    wanted = naming_bytes(address)
    return any(field.lower().startswith((b"from:", b"sender:")) and wanted.search(field) for field in fields)


def without_person(raw: bytes, address: str, mark: str) -> bytes | None:
    """Return the mail with `address` and the name beside it taken out of its header; None: it was not there.

    `mark` goes into a field of its own and must be unique, so that two mails never become the same
    bytes. Never raises for what a mail can hold.
    """
    if not names(raw, address):
        return None
    head = head_of(raw)
    end = b"\r\n" if b"\r\n" in raw[: len(head) + 2] else b"\n"
    fields = re.split(rb"\r?\n(?![ \t])", head)
    kept = [line for line in (_field(field, address) for field in fields) if line is not None]
    return end.join([*kept, MARK + b": " + mark.encode()]) + raw[len(head) :]


def _field(field: bytes, address: str) -> bytes | None:
    """Return a field without the person, None where nobody else stood in it."""
    wanted = naming_bytes(address)
    if not wanted.search(field):
        return field
    name, _, value = field.partition(b":")
    if name.strip().lower().decode("latin-1") in _LISTS:
        others = _others(value, address)
        if others is not None:
            return name + b": " + others if others else None
    return wanted.sub(_GONE, field)


def _others(value: bytes, address: str) -> bytes | None:
    """Return the other mailboxes of a list; None where it cannot be told which these are."""
    text = re.sub(r"\r?\n[ \t]", " ", value.decode("utf-8", "replace"))
    try:
        pairs = getaddresses([text])
        people = [(str(make_header(decode_header(name))), mailbox) for name, mailbox in pairs]
        made = [
            formataddr((Header(name, "utf-8").encode() if not name.isascii() else name, mailbox))
            for name, mailbox in people
            if mailbox and as_kept(mailbox) != as_kept(address)
        ]
    except (LookupError, ValueError):
        return None
    rest = ",\r\n ".join(made).encode("utf-8", "replace")
    # What the parser reads otherwise than its writer meant is replaced instead.
    return None if naming_bytes(address).search(rest) else rest
