"""Mails that belong together become tickets: who asked, who answered, and who may see what. Pure.

A mail joins a conversation only where its author or, for an answer of the desk's, one of those it went to
is in it already; who was not there gets a ticket of their own. A header that names another's mail so opens
nothing, and what agents wrote among themselves is a private note.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from intake.desk.message import Address, Message
from intake.imports.model import ImportedEntry, ImportedFile, ImportedTicket, Kind, Person

# Who gets a mail together with more people than this is in no conversation with them.
MOST_TOGETHER = 20
# A ticket holds so many mails of a conversation; the next one goes on.
MOST_ENTRIES = 500
# What Precedence says of what goes to many; "list" stands on people's mail, too.
_MAILINGS = frozenset(("bulk", "junk"))
# The tag of tickets in which only machines wrote.
AUTOMATIC = "automatic"

Ours = Callable[[Address], bool]
"""Whether an address is the desk's or an agent's."""


@dataclass(frozen=True, slots=True)
class ArchivedMail:
    """A mail of an archive as it was read: `ref` is the sha256 of its bytes, `path` how they are had again.

    `at` is when it was written, aware. `labels` are what its mail program called it. `mailing`: it is a
    newsletter.
    """

    ref: str
    message: Message
    at: datetime
    path: str
    place: str
    labels: tuple[str, ...] = ()
    spam: bool = False
    mailing: bool = False

    @property
    def by_machine(self) -> bool:
        """Whether nobody waits for an answer to it."""
        return self.mailing or bool(self.message.automatic)


def of_form(message: Message, ours: Ours) -> bool:
    """Whether a mail from an address of ours is what somebody else wrote into a contact form.

    It begins a conversation, went to nobody outside, and answers to it go to one who is outside. Agents write
    with a mail program that says so (User-Agent), or answer.
    """
    sender, author = message.sender, message.named_author
    if sender is None or author is None or not ours(sender) or ours(author) or message.thread_ids:
        return False
    by_program = any(name == "user-agent" for name, _ in message.headers)
    return not by_program and all(ours(address) for address in (*message.to, *message.cc))


def is_mailing(message: Message) -> bool:
    """Whether a mail is a newsletter: marked as one of many, and no conversation's or list's.

    Who writes over a group that others may write to (List-Post), or into a form, wrote it themselves.
    """
    if not message.suppress or message.listed or message.thread_ids or message.via is not None:
        return False
    fields = dict(message.headers)
    if "list-post" in fields:
        return False
    return "list-unsubscribe" in fields or fields.get("precedence", "").strip().lower() in _MAILINGS


@dataclass(slots=True)
class _Conversation:
    requester: Address | None
    people: set[str] = field(default_factory=set)
    mails: list[tuple[Kind, ArchivedMail]] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    others: dict[str, Address] = field(default_factory=dict)

    def take(self, kind: Kind, mail: ArchivedMail) -> None:
        self.mails.append((kind, mail))
        if mail.message.message_id:
            self.ids.add(mail.message.message_id)

    def meet(self, people: Iterable[Address]) -> None:
        for address in people:
            self.people.add(address.key)
            if self.requester is None or address.key != self.requester.key:
                self.others.setdefault(address.key, address)


def tickets(root: int, mails: Iterable[ArchivedMail], ours: Ours, closed: bool) -> Iterator[ImportedTicket]:
    """Yield the tickets that mails become which belong together, given in the order of their dates.

    `root` names the whole. Without `closed` a conversation in which somebody outside had the last word stays
    open.
    """
    there: list[_Conversation] = []
    for mail in mails:
        _place(mail, there, ours)
    for conversation in there:
        yield from _made(root, conversation, ours, closed)


def _place(mail: ArchivedMail, there: list[_Conversation], ours: Ours) -> None:
    message = mail.message
    author = message.sender
    outside = [address for address in (*message.to, *message.cc) if not ours(address)]
    outside = outside if len(outside) <= MOST_TOGETHER else []
    likely = _likely(message, there)
    by_us = author is not None and ours(author)
    if author is None or (mail.by_machine and not by_us):
        # A machine's own address is in no conversation, and its mail is shown to agents only.
        conversation = likely[0] if likely else _begun(there, author)
        conversation.take(Kind.MESSAGE if author is not None else Kind.NOTE, mail)
        return
    if not by_us:
        conversation = _first_with(likely, [author]) or _begun(there, author)
        conversation.meet([author, *outside])
        conversation.take(Kind.MESSAGE, mail)
        return
    known = _first_with(likely, outside)
    if known is None and likely and not outside:
        likely[0].take(Kind.NOTE, mail)
    elif known is None and not outside:
        _begun(there, author).take(Kind.NOTE, mail)
    else:
        conversation = known or _begun(there, outside[0])
        conversation.meet(outside)
        conversation.take(Kind.ANSWER, mail)


def _likely(message: Message, there: Sequence[_Conversation]) -> list[_Conversation]:
    """Return the conversations that a mail may belong to: first those of the mails that it answers."""
    named = message.thread_ids
    answered = [conversation for name in named for conversation in there if name in conversation.ids]
    later = sorted(there, key=lambda conversation: conversation.mails[-1][1].at, reverse=True)
    return list({id(conversation): conversation for conversation in (*answered, *later)}.values())


def _first_with(likely: Iterable[_Conversation], people: Iterable[Address]) -> _Conversation | None:
    """Return the first conversation in which one of these people is."""
    keys = {address.key for address in people}
    return next((conversation for conversation in likely if not keys.isdisjoint(conversation.people)), None)


def _begun(there: list[_Conversation], requester: Address | None) -> _Conversation:
    conversation = _Conversation(requester)
    if requester is not None:
        conversation.people.add(requester.key)
    there.append(conversation)
    return conversation


def _made(root: int, conversation: _Conversation, ours: Ours, closed: bool) -> Iterator[ImportedTicket]:
    requester = conversation.requester
    whose = requester.key if requester is not None else ""
    person = _person(requester)
    if requester is not None and ours(requester):
        # Nobody outside asked; an answer would come back to the desk.
        person = Person(name=requester.name or requester.mailbox)
    mails = conversation.mails
    for start in range(0, len(mails), MOST_ENTRIES):
        some, last = mails[start : start + MOST_ENTRIES], start + MOST_ENTRIES >= len(mails)
        first, latest = some[0][1], some[-1][1]
        status = "closed" if closed or not last else _status(some)
        yield ImportedTicket(
            ref=sha256(f"{root:016x}\0{whose}\0{start}".encode()).hexdigest()[:40],
            subject=mails[0][1].message.subject,
            requester=person,
            created_at=first.at,
            entries=tuple(_entry(kind, mail) for kind, mail in some),
            status=status,
            participants=tuple(_person(address) for address in conversation.others.values()),
            updated_at=latest.at,
            closed_at=latest.at if status == "closed" else None,
            language=next((mail.message.language for kind, mail in some if kind is Kind.MESSAGE), ""),
            spam=all(mail.spam for _, mail in some),
            tags=_tags([mail for _, mail in some]),
            where=first.place,
        )


def _tags(mails: Sequence[ArchivedMail]) -> tuple[str, ...]:
    """Return the labels, and AUTOMATIC where no person wrote."""
    machines = (AUTOMATIC,) if all(mail.by_machine for mail in mails) else ()
    return tuple(dict.fromkeys((*machines, *(label for mail in mails for label in mail.labels))))


def _status(mails: Sequence[tuple[Kind, ArchivedMail]]) -> str:
    """Return "closed" where the desk had the last word, and "new" where it never had one."""
    spoken = [kind for kind, mail in mails if kind is not Kind.NOTE and not mail.by_machine]
    if not spoken or spoken[-1] is Kind.ANSWER or all(mail.spam for _, mail in mails):
        return "closed"
    return "open" if Kind.ANSWER in spoken else "new"


def _entry(kind: Kind, mail: ArchivedMail) -> ImportedEntry:
    """Return a mail as an entry; its text is read where it is written, and not held until then."""
    message = mail.message
    return ImportedEntry(
        ref=mail.ref,
        kind=kind,
        author=_person(message.sender),
        at=mail.at,
        message_id=message.message_id,
        raw=ImportedFile(mail.path, "mail.eml", "message/rfc822", message.size, mail.ref),
        automatic=mail.by_machine,
        where=mail.place,
    )


def _person(address: Address | None) -> Person:
    return Person(address.mailbox, address.name) if address is not None else Person()
