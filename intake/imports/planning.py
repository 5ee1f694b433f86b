"""What an imported ticket becomes here: whose it is, where it goes, what is shown of it.

Nothing is asked of the store and nothing is written; the bytes of files come from the source.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from intake.desk.message import Address, Attachment, Message
from intake.desk.policy import Policy
from intake.desk.rule_context import own_address
from intake.desk.text.language import detect, language_for
from intake.desk.ticket import Agent, EntryKind, Status
from intake.imports import letters
from intake.imports.model import ImportedEntry, ImportedFile, ImportedTicket, Kind, Person, Remark, Source
from intake.imports.people import Agents
from intake.imports.reading import told
from intake.mail import attached, filenames
from intake.mail.outgoing import compose
from intake.ports.imports import NewEntry, NewTicket, Standing

KINDS = {
    Kind.MESSAGE: EntryKind.CUSTOMER,
    Kind.ANSWER: EntryKind.REPLY,
    Kind.NOTE: EntryKind.NOTE,
    Kind.EVENT: EntryKind.EVENT,
}
# More entries of a ticket, or more bytes of them, are written in another step.
MOST_ENTRIES, MOST_BYTES = 200, 8 * 1024 * 1024
LONGEST_SUBJECT = 500
LONGEST_TEXT = 1_000_000


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the admin says of an import: `team` for all of its tickets ("": theirs), whether all are `closed`,
    and the `mailbox` that they belong to."""

    mailbox: str
    team: str = ""
    closed: bool = False


@dataclass(slots=True)
class Planner:
    """Makes tickets to write of imported ones. `parse` reads a mail and never raises."""

    source: Source
    policy: Policy
    agents: Agents
    wishes: Wishes
    parse: Callable[[bytes], Message]
    remarks: list[Remark] = field(default_factory=list)
    # Files that could not be had: counted apart, for each is something that is not imported.
    missing: int = 0
    # Those that the old desk had lost itself: nothing that could be imported.
    gone: int = 0
    # What was closed before that is erased soon (`[desk] retention_days`), and how many tickets that are.
    kept_since: datetime | None = None
    expired: int = 0
    _told: set[str] = field(default_factory=set)

    def plan(self, ticket: ImportedTicket, known: Collection[str] = ()) -> Iterator[NewTicket]:
        """Yield what is to be written of a ticket, a part at a time; each names the whole ticket.

        Entries whose names are among `known` are there already and left out.
        """
        frame = self._frame(ticket)
        if self.kept_since is not None and frame.closed_at is not None and ticket.ref not in known:
            self.expired += frame.closed_at < self.kept_since
        part: list[NewEntry] = []
        size, yielded = 0, False
        for entry in ticket.entries:
            name = name_of(ticket.ref, entry.ref)
            if name in known:
                continue
            made = self._entry(ticket, frame, entry, name)
            if made is None:
                continue
            weight = len(made.raw or b"") + sum(len(file.content) for file in made.files)
            if part and (len(part) >= MOST_ENTRIES or size + weight > MOST_BYTES):
                yield replace(frame, entries=tuple(part))
                part, size, yielded = [], 0, True
            part.append(made)
            size += weight
        if part or not yielded:
            yield replace(frame, entries=tuple(part))

    def standing(self, ticket: ImportedTicket) -> Standing:
        """Return what a ticket is here, and since when it may be that."""
        status = Status.CLOSED if self.wishes.closed or ticket.spam else Status(ticket.status)
        return Standing(status, max(ticket.updated_at or ticket.created_at, ticket.created_at))

    def _frame(self, ticket: ImportedTicket) -> NewTicket:
        """Return the ticket without its entries."""
        requester = self._address(ticket.requester)
        if requester.mailbox and own_address(requester.key, self.policy):
            # An answer would come back to the desk.
            requester = Address("", requester.name or requester.mailbox)
        if ticket.requester.address and not requester.mailbox and self.source.kind == "tickets":
            problem = f"the requester has no address that can be answered: {told(ticket.requester.address)}"
            cure = "they are kept as a name and get no mail; give requester if they are known"
            self.remarks.append(Remark(ticket.where, problem, cure, ref=ticket.ref))
        status, updated = self.standing(ticket)
        said = [entry for entry in ticket.entries if entry.kind in (Kind.MESSAGE, Kind.ANSWER)]
        answers = [entry.at for entry in said if entry.kind is Kind.ANSWER and not entry.automatic]
        waits = status in (Status.NEW, Status.OPEN) and said and said[-1].kind is Kind.MESSAGE
        assignee = self._agent(ticket.assignee, ticket.where) if ticket.assignee else None
        return NewTicket(
            ref=ticket.ref,
            number=ticket.number,
            year=ticket.created_at.year,
            subject=compose.clean(ticket.subject, LONGEST_SUBJECT),
            status=status,
            requester=requester,
            language=self._language(ticket),
            mailbox=self.wishes.mailbox,
            team=self._team(ticket),
            created_at=ticket.created_at,
            updated_at=updated,
            entries=(),
            closed_at=(ticket.closed_at or updated) if status is Status.CLOSED else None,
            priority=ticket.priority,
            assignee=assignee.id if assignee else None,
            participants=self._participants(ticket),
            category=ticket.category,
            tags=tuple(dict.fromkeys(ticket.tags)),
            fields=ticket.fields,
            spam=ticket.spam,
            first_response_at=min(answers, default=None),
            waiting_since=_waits_since(said) if waits else None,
            partial=self.source.kind == "mail",
        )

    def _participants(self, ticket: ImportedTicket) -> tuple[str, ...]:
        """Return who gets what is written to the customer: nobody who answered, and no desk."""
        answered = (entry.author for entry in ticket.entries if entry.kind is Kind.ANSWER)
        inside = {person.address.strip().casefold() for person in answered}
        people = (self._address(person).mailbox for person in ticket.participants)
        return tuple(
            mailbox
            for mailbox in people
            if mailbox
            and mailbox.casefold() not in inside
            and not self.agents.works(mailbox)
            and not own_address(mailbox.lower(), self.policy)
        )

    def _language(self, ticket: ImportedTicket) -> str:
        first = next((entry.text for entry in ticket.entries if entry.kind is Kind.MESSAGE), "")
        written = "" if ticket.language else detect(first[:5000]) or detect(ticket.subject)
        fallbacks = (self.policy.language,)
        return language_for(ticket.language or written, "", "", fallbacks, self.policy.languages)

    def _team(self, ticket: ImportedTicket) -> str:
        usual = self.policy.mailbox(self.wishes.mailbox).team
        if self.wishes.team or not ticket.team:
            return self.wishes.team or usual
        for name in self.policy.teams:
            if name.casefold() == ticket.team.casefold():
                return name
        if ticket.team not in self._told:
            self._told.add(ticket.team)
            cure = "--team says where they go, or name a team like it in the config (told once)"
            problem = f"there is no team {told(ticket.team)} here: its tickets go to {usual or 'no team'}"
            self.remarks.append(Remark(ticket.where, problem, cure))
        return usual

    def _entry(
        self, ticket: ImportedTicket, frame: NewTicket, entry: ImportedEntry, name: str
    ) -> NewEntry | None:
        """Return an entry to write; None for one whose mail is missing and that has nothing else to show."""
        raw, read = self._raw(ticket, entry)
        if entry.raw is not None and raw is None and not (_has_words(entry) or entry.raw.gone):
            return None
        kind = EntryKind.AUTOMATIC if entry.automatic and entry.kind is not Kind.NOTE else KINDS[entry.kind]
        ours = entry.kind in (Kind.ANSWER, Kind.NOTE)
        agent = self._agent(entry.author, entry.where) if ours and entry.author else None
        author = self._author(entry, agent)
        files, missing = self._files(ticket, entry)
        gone = sum(file.gone for file in entry.files)
        if read is not None:
            files = [*read.attachments, *files]
            entry = replace(
                entry,
                text=entry.text or read.new_text,
                full_text=entry.full_text or (read.text if read.text != read.new_text else ""),
                message_id=read.message_id or entry.message_id,
            )
        elif entry.kind is not Kind.EVENT or _is_long(entry):
            key = f"{self.source.name} {name}"
            to = self.policy.mailbox(frame.mailbox).address
            # The ledger names whose words they are, also of somebody who is no agent here.
            whose = author if author.mailbox else self._address(entry.author)
            raw = letters.letter(entry, key, frame.subject, whose, to, files)
        if _is_long(entry):
            problem = f"the text is longer than {LONGEST_TEXT:,} characters"
            cure = "the ticket shows its beginning; the mail in the ledger has all of it"
            self.remarks.append(Remark(entry.where or ticket.where, problem, cure, ref=ticket.ref))
        return NewEntry(
            ref=name,
            kind=kind,
            author=author,
            at=entry.at,
            text=entry.text[:LONGEST_TEXT],
            full_text=entry.full_text[:LONGEST_TEXT],
            kind_there=entry.kind.value,
            year=entry.at.year,
            agent=agent.id if agent else None,
            message_id=entry.message_id,
            raw=raw,
            message=read,
            files=tuple(files),
            listed=len(entry.files) - missing,
            # Looked for again by the next run; what is gone never comes.
            missing=missing - gone,
            gone=gone,
        )

    def _author(self, entry: ImportedEntry, agent: Agent | None) -> Address:
        if agent is not None:
            return agent.as_address
        if entry.kind is Kind.EVENT:
            return Address("", compose.clean(entry.author.name, 200) or "desk")
        author = self._address(entry.author)
        if entry.kind is Kind.MESSAGE:
            return author
        # A name without rights; its address is nobody's business who reads the answer. Without a name it is
        # the desk's own in whatever language it is read.
        return Address("", author.name)

    def _agent(self, person: Person, where: str) -> Agent | None:
        agent, remark = self.agents.of(person, where)
        if remark is not None:
            self.remarks.append(remark)
        return agent

    def _files(self, ticket: ImportedTicket, entry: ImportedEntry) -> tuple[list[Attachment], int]:
        files: list[Attachment] = []
        for file in entry.files:
            content = self._read(file, ticket, entry)
            if content is not None:
                kind = attached.sniffed(file.media_type, content[:4096])
                name = filenames.safe(file.name or file.path, kind)
                files.append(Attachment(name, kind, content, file.content_id, file.inline))
        return files, len(entry.files) - len(files)

    def _raw(self, ticket: ImportedTicket, entry: ImportedEntry) -> tuple[bytes | None, Message | None]:
        raw = self._read(entry.raw, ticket, entry, raw=True) if entry.raw is not None else None
        return raw, None if raw is None else self.parse(raw)

    def _read(
        self, file: ImportedFile, ticket: ImportedTicket, entry: ImportedEntry, raw: bool = False
    ) -> bytes | None:
        try:
            return self.source.read(file)
        except OSError as err:
            why = str(err.strerror or err)
            # A mail of an archive has a number there, and is named by where it lies.
            problem = f"{file.path}: {why}" if self.source.kind == "tickets" else f"it cannot be read: {why}"
            cure = "get it, put it there, and import again"
            as_text = raw and _has_words(entry)
            if as_text:
                cure = "the entry is imported as text"
            elif file.gone:
                cure = "the entry is imported without it"
            elif raw:
                cure = f"the entry has no text and is not imported; {cure}"
            self.remarks.append(Remark(entry.where or ticket.where, problem, cure, ref=ticket.ref))
            self.missing += not as_text and not file.gone
            self.gone += not as_text and file.gone
            return None

    def _address(self, person: Person) -> Address:
        """Return a person as they are kept: what is no address of mail is a name."""
        name = compose.clean(person.name, 200)
        mailbox = person.address.strip()
        if not compose.plain_address(mailbox):
            return Address("", name or compose.clean(mailbox, 200))
        local, _, domain = mailbox.rpartition("@")
        return Address(f"{local}@{domain.lower()}", name)


def name_of(ticket: str, entry: str) -> str:
    """Return the name of an entry in the table of what was imported.

    No name of the old desk's holds a tab, so that no two are ever one.
    """
    return f"{ticket}\t{entry}"


def _has_words(entry: ImportedEntry) -> bool:
    return bool(entry.text.strip() or entry.full_text.strip())


def _is_long(entry: ImportedEntry) -> bool:
    return max(len(entry.text), len(entry.full_text)) > LONGEST_TEXT


def _waits_since(said: Sequence[ImportedEntry]) -> datetime | None:
    """Return since when the requester waits: the first of the messages that nobody answered."""
    since = None
    for entry in reversed(said):
        if entry.kind is not Kind.MESSAGE:
            break
        since = entry.at
    return since
