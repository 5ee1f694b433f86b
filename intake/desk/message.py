"""What arrived: one mail or form post, read as far as it could be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from intake.desk.sensitive.reading import Reading

# Of a long References field the newest ids matter; the oldest would only cost a lookup.
MOST_THREAD_IDS = 100


@dataclass(frozen=True, slots=True)
class Address:
    """A mail address: `mailbox` is the addr-spec (domain lower-cased), `name` what people read.

    `name` holds no control characters; nothing in it is ever trusted.
    """

    mailbox: str
    name: str = ""

    @property
    def key(self) -> str:
        """The form two addresses are compared in: wholly lower-cased."""
        return self.mailbox.lower()

    @property
    def domain(self) -> str:
        """What follows the last @, lower-cased; empty when there is none."""
        return self.mailbox.rpartition("@")[2].lower()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message. `name` is already safe to show and to store.

    `claimed` is the name as its sender wrote it, on one clean line: to be shown at most.
    `preview` is a PNG or JPEG of a picture that its readers may not be able to see, b"" for none;
    `wants_preview` says that one is to be made when there is time. `reading` is what looking into it came
    to (intake/runtime/file_reading.py), None where it was not to be looked into.
    """

    name: str
    media_type: str
    content: bytes = field(repr=False)
    content_id: str = ""
    inline: bool = False
    claimed: str = ""
    preview: bytes = field(default=b"", repr=False)
    wants_preview: bool = field(default=False, repr=False)
    reading: Reading | None = field(default=None, repr=False)


# Defects of a From that names no author, or more than one: such a mail proves nobody.
SEVERAL_FROM = "more than one From"
NO_FROM = "no readable From"
# Of a mail whose sender is named beside its From, see intake/desk/authorship.py.
NOT_FROM = "its author does not stand in From"


class BounceKind(StrEnum):
    """What a delivery report says of its recipient (RFC 3464 section 2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class Bounce:
    """A delivery report: for whom, and about which of our Message-IDs if it says so."""

    kind: BounceKind
    recipients: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    status: str = ""
    diagnostic: str = ""


class PieceKind(StrEnum):
    """Why lines of a mail are shown or folded: written now, quoted, a signature, a program's own words."""

    NEW = "new"
    QUOTE = "quote"
    SIGNATURE = "signature"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines of a mail's text that stand together and are of one kind.

    `author` is the address (lower-cased) that the line or the little header over a quote names, "" where
    none does. `strange`: whether it quotes a mail that is none of those known here, whoever is named;
    None: only that name tells.
    """

    kind: PieceKind
    text: str
    author: str = ""
    strange: bool | None = None


@dataclass(frozen=True, slots=True)
class Forward:
    """A mail that this one passes on, as far as its client wrote down where it came from.

    `sender`, `subject` (without the prefixes of forwarding) and `date` (as written: clients write
    it in their own language) are the original's; `text` is what its author wrote and `full_text`,
    unless empty, that with its quotes, which `pieces` tells apart as a Message's do. `remark` is what
    the one who passed it on added; `attachments` are the original's own; `suppress` says why no
    automatic mail must go to `sender`.
    """

    sender: Address
    subject: str = ""
    date: str = ""
    text: str = ""
    full_text: str = ""
    remark: str = ""
    attachments: tuple[Attachment, ...] = ()
    suppress: str = ""
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a message reached us, which its header cannot be trusted to tell.

    `sender` is the SMTP MAIL FROM: None when the channel does not know it (IMAP),
    "" for the null sender. `recipients` are the addresses it was delivered to.
    """

    channel: str
    mailbox: str
    sender: str | None = None
    recipients: tuple[str, ...] = ()
    # A mail older than the mailbox's cut-off: stored and threaded, never answered.
    archive: bool = False
    # A person put it back from quarantine, where a block or a rule had kept it: neither is asked again.
    released: bool = False
    # How many bytes the mail has whose header alone came, because all of it is too large; 0 for a whole one.
    oversize: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """One inbound message. Message-IDs are without angle brackets.

    `text` is the whole readable text, `new_text` the part its author wrote now
    (quotes and signature cut), `pieces` the whole in order, told apart; () where all of it
    is new. `automatic` says why it counts as written by a machine ("" = a person),
    `suppress` why it must not be answered by one (a superset of `automatic`). `defects` lists
    what was wrong with it.
    `utc_offset` is how many minutes ahead of UTC the clock was that its Date was read off,
    None where it does not tell: "+0000" and "-0000" are written by servers too.
    `authserv` holds raw Authentication-Results values, topmost first. `spam` is the field by which
    our own mail server marked it as spam, "" where it did not (see intake/mail/spam_verdict.py).
    `signatures` are what proves the mail as it came (S/MIME, OpenPGP): no files to show or to pass on.
    """

    digest: str
    size: int
    fingerprint: str
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    delivered_to: tuple[str, ...] = ()
    return_path: str | None = None
    subject: str = ""
    date: datetime | None = None
    text: str = ""
    html: str = ""
    new_text: str = ""
    pieces: tuple[Piece, ...] = ()
    language: str = ""
    attachments: tuple[Attachment, ...] = ()
    signatures: tuple[Attachment, ...] = ()
    automatic: str = ""
    suppress: str = ""
    # All that makes it automatic is that a program sent it, and it names an author beside From.
    generated: bool = False
    # Who wrote it (lower-cased), where only a list or a group speaks against answering it automatically.
    listed: str = ""
    # Its header fields as they stand: lower-cased name, decoded value on one line, cut (`intake.mail.parse`).
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    bounce: Bounce | None = None
    forward: Forward | None = None
    # The sign that the mail is nothing but: an emoji, or in words that it is one.
    reaction: str = ""
    authserv: tuple[str, ...] = ()
    spam: str = ""
    # Outlook's name of the conversation (`intake.mail.thread_index`), "" for none.
    thread_index: str = ""
    defects: tuple[str, ...] = ()
    utc_offset: int | None = None
    # Whom a list or a web site names as the author beside From, and why From names no person ("": it may).
    named_author: Address | None = None
    impersonal: str = ""
    # What stood in From, where `sender` is the author who is named beside it.
    via: Address | None = None
    # Of a form or an app only, see intake/desk/form_origin.py.
    category: str = ""
    chosen_language: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    # Its author pressed the button that says: money left without them.
    stolen: bool = False

    @property
    def one_author(self) -> bool:
        """Whether exactly one address stood in exactly one From."""
        return not {SEVERAL_FROM, NO_FROM, NOT_FROM}.intersection(self.defects)

    @property
    def thread_ids(self) -> tuple[str, ...]:
        """Message-IDs this one answers: In-Reply-To first, then References, newest first."""
        return tuple(dict.fromkeys((*self.in_reply_to, *reversed(self.references))))
