"""What names a person elsewhere than in their own tickets and messages, and taking it out.

These are the desk's own words (events, answers to agents, alerts) and the headers of mail that
others sent them too. What others wrote themselves, quotes included, is theirs and stays.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from email import message_from_bytes, policy
from functools import reduce
from operator import or_
from typing import Any

import peewee

from intake.desk.effects import MailKind, Outcome
from intake.desk.sensitive.scan import find, redacted
from intake.desk.ticket import EntryKind
from intake.mail.forget import LONGEST_HEAD, is_from, names, naming, naming_bytes, without_person
from intake.mail.redact import redact
from intake.store.blobs import Blobs, digest
from intake.store.connection import ROWS_AT_ONCE, Connection
from intake.store.record.changed import Changed
from intake.store.schema.blocking import Blocked
from intake.store.schema.canned import Canned
from intake.store.schema.promises import Escalation
from intake.store.schema.tables import Agent, Audit, Blob, Entry, Message, Outbox, Ticket
from intake.store.search import SearchIndex

GONE = "[erased]"
# A shorter name is part of other words.
_SHORTEST_NAME = 3
# A shorter line says nothing of anybody; of a longer one so much is looked for, as mails wrap and cut.
_SHORTEST_LINE, _LONGEST_LINE = 4, 40
# Mails that the desk words itself, to agents: what they tell of somebody is the desk's own copy of it.
_OURS = tuple(kind.value for kind in MailKind if kind.to_agent)
_CAUSE = re.compile(r"msg:([^:]+)")
_MERGED = re.compile(
    r"#(\d+) \(.*\)( was merged into this ticket by .*?)(?:\. Not (?:let in by that|added): .*)?", re.DOTALL
)
_NOT_SENT = ("due", "sending")


class Tracing(SearchIndex):
    """Finding and taking out what names somebody. Within the transaction of whoever asks.

    `changed` is what was taken out of and what was deleted, as the record is told in the end.
    """

    def __init__(self, db: Connection, blobs: Blobs) -> None:
        super().__init__(db, blobs)
        self.changed = Changed()
        # Tickets and messages of which nothing is taken, because they are held.
        self.kept: frozenset[int] = frozenset()
        self.kept_messages: frozenset[int] = frozenset()

    def names_of(self, address: str, tickets: Sequence[int]) -> list[str]:
        """Return what a person was called, in their tickets and in what they wrote elsewhere."""
        key = address.lower()
        own = Ticket.select(Ticket.requester_name).where(Ticket.id.in_(list(tickets)))
        wrote = Entry.select(Entry.author_name).where(peewee.fn.LOWER(Entry.author) == key).distinct()
        aliases = {name.strip() for query in (own, wrote) for (name,) in self.db.rows(query.tuples())}
        agents = {name for (name,) in self.db.rows(Agent.select(Agent.name).tuples())}
        return sorted(
            (alias for alias in aliases - agents if len(alias) >= _SHORTEST_NAME), key=len, reverse=True
        )

    def told_of(
        self, address: str, tickets: Collection[int], involved: Collection[int], caused: Collection[str]
    ) -> set[int]:
        """Return the mails to agents that tell of a person or of erased tickets.

        `caused` are the fingerprints of the person's messages: what they caused goes. Of the desk's own
        answers and alerts, in `involved` tickets and in none, go those that name the person or one of
        `tickets`: lists, answers to a search, digests; and answers that show an involved ticket.
        """
        named = _pattern(address, tickets)
        columns = (Outbox.id, Outbox.ticket, Outbox.kind, Outbox.dedupe_key)
        query = Outbox.select(*columns).where(Outbox.kind.in_(_OURS))
        outbox_ids: set[int] = set()
        for outbox_id, ticket, kind, key in self.db.rows(query.tuples()):
            cause = _CAUSE.search(key)
            about = ticket is None or ticket in involved
            if (
                (cause and cause[1] in caused)
                or (kind == MailKind.ANSWER and ticket in involved)
                or (about and kind != MailKind.NOTICE and named.search(self._said_in(outbox_id)))
            ):
                outbox_ids.add(outbox_id)
        return outbox_ids

    def copied_to(self, address: str, names_: Sequence[str], fingerprints: Collection[str]) -> set[int]:
        """Return the notices of others' messages that were sent to the person as well, and say so.

        One that is still owed is not among them: it is written anew without the person.
        """
        query = Outbox.select(Outbox.id, Outbox.state, Outbox.dedupe_key, Outbox.mime).where(
            Outbox.kind == MailKind.NOTICE.value
        )
        outbox_ids: set[int] = set()
        named = naming(address)
        for outbox_id, state, key, raw in self.db.rows(query.tuples()):
            cause = _CAUSE.search(key)
            if not cause or cause[1] not in fingerprints or not named.search(_text(bytes(raw))):
                continue
            if state not in _NOT_SENT:
                outbox_ids.add(outbox_id)
                continue
            made = _without(bytes(raw), [address, *names_], f"mail {outbox_id}")
            if made is not None:
                self.db.run(Outbox.update(mime=made).where(Outbox.id == outbox_id))
        return outbox_ids

    def shown_in(
        self, address: str, names_: Sequence[str], involved: Iterable[int], entries: Iterable[int]
    ) -> set[int]:
        """Return the mails to agents that were sent of `involved` tickets and show, around their own news,
        words of entries that go, or the person.

        One that is still owed is not among them: it is written anew without these.
        """
        lines = self._lines_of(entries)
        words = {_squeezed(line)[:_LONGEST_LINE] for line in lines}
        literals = sorted({*lines, address, *names_} - {""}, key=len, reverse=True)
        people = [naming(address), *(re.compile(re.escape(name), re.IGNORECASE) for name in names_)]
        outbox_ids: set[int] = set()
        columns = (Outbox.id, Outbox.state, Outbox.mime)
        for some in peewee.chunked(sorted(involved), ROWS_AT_ONCE):
            query = Outbox.select(*columns).where(Outbox.ticket.in_(list(some)) & Outbox.kind.in_(_OURS))
            for outbox_id, state, raw in self.db.rows(query.tuples()):
                text = _text(bytes(raw))
                bare = _squeezed(text)
                if not (any(word in bare for word in words) or any(name.search(text) for name in people)):
                    continue
                if state not in _NOT_SENT:
                    outbox_ids.add(outbox_id)
                    continue
                made = _without(bytes(raw), literals, f"mail {outbox_id}")
                if made is not None:
                    self.db.run(Outbox.update(mime=made).where(Outbox.id == outbox_id))
        return outbox_ids

    def _lines_of(self, entries: Iterable[int]) -> set[str]:
        """Return the lines of entries that say something."""
        lines: set[str] = set()
        for some in peewee.chunked(sorted(entries), ROWS_AT_ONCE):
            query = Entry.select(Entry.text, Entry.full_text).where(Entry.id.in_(list(some)))
            for texts in self.db.rows(query.tuples()):
                lines |= {line.strip() for text in texts for line in text.splitlines()}
        return {line for line in lines if len(_squeezed(line)) >= _SHORTEST_LINE}

    def _said_in(self, outbox_id: int) -> str:
        row = self.db.first(Outbox.select(Outbox.mime).where(Outbox.id == outbox_id).tuples())
        return _text(bytes(row[0])) if row else ""

    def unmerge(self, tickets: Collection[int]) -> None:
        """Take what was erased tickets' own out of the events that say where these were merged into."""
        held = set(self._rows_held(Entry)) if self.kept else ()
        said = Entry.text.contains("was merged into this ticket") & (Entry.kind == EntryKind.EVENT.value)
        for entry_id, text in self.db.rows(Entry.select(Entry.id, Entry.text).where(said).tuples()):
            match = _MERGED.fullmatch(text)
            if match and int(match[1]) in tickets and entry_id not in held:
                bare = f"#{match[1]} ({GONE}){match[2]}"
                self.db.run(Entry.update(text=bare, full_text="").where(Entry.id == entry_id))
                self.changed.note(Entry, entry_id)

    def questions_to(self, key: str) -> list[tuple[int, int, int | None]]:
        """Return the questions to somebody outside that went to an address: entry, ticket and message."""
        query = (
            Entry.select(Entry.id, Entry.ticket, Entry.message)
            .join(Outbox, on=(Outbox.entry == Entry.id))
            .where((Outbox.rcpt_key == key) & (Outbox.kind == MailKind.PARTNER.value))
        )
        return [(entry, ticket, message) for entry, ticket, message in self.db.rows(query.tuples())]

    def unname(self, address: str, names_: Sequence[str], questions: Collection[int] = ()) -> None:
        """Take a person out of what the desk wrote down about others, and out of `questions` (entries) to
        them."""
        people = "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names_)
        places = re.compile(naming(address).pattern + (f"|{people}" if people else ""), re.IGNORECASE)
        event = (Entry.kind == EntryKind.EVENT.value) | Entry.id.in_(list(questions))
        columns: tuple[tuple[Any, Any, Sequence[str], Any], ...] = (
            (Entry, Entry.text, (address, *names_), event),
            (Entry, Entry.full_text, (address, *names_), event),
            (Audit, Audit.who, (address,), None),
            (Audit, Audit.what, (address, *names_), None),
            (Canned, Canned.author, (address,), None),
            (Canned, Canned.text, (address,), None),
            (Blocked, Blocked.reason, (address, *names_), None),
            (Message, Message.reason, (address,), None),
            (Outbox, Outbox.error, (address,), None),
            (Escalation, Escalation.reason, (address, *names_), None),
            (Escalation, Escalation.remark, (address, *names_), None),
        )
        for model, column, wanted, where in columns:
            holds: Any = reduce(or_, [column.contains(name) for name in wanted])
            row = model._meta.primary_key
            query = model.select(row, column).where(holds if where is None else holds & where)
            held = set(self._rows_held(model)) if self.kept and hasattr(model, "ticket") else ()
            for row_id, text in self.db.rows(query.tuples()):
                if row_id in held:
                    continue
                self.db.run(model.update({column: places.sub(GONE, text)}).where(row == row_id))
                self.changed.note(model, row_id)

    def _rows_held(self, model: Any) -> Iterable[int]:
        query = model.select(model.id).where(model.ticket.in_(list(self.kept)))
        return (row_id for (row_id,) in self.db.rows(query.tuples()))

    def tickets_naming(self, address: str, commands: Iterable[int]) -> set[int]:
        """Return the tickets in which a person was named without having part in them: by one of these
        commands of agents (messages), or in the history, as by a block that was made there."""
        event = (Entry.kind == EntryKind.EVENT.value) & Entry.text.contains(address)
        named = {number for (number,) in self.db.rows(Entry.select(Entry.ticket).where(event).tuples())}
        for some in peewee.chunked(sorted(commands), ROWS_AT_ONCE):
            query = Message.select(Message.ticket).where(Message.id.in_(list(some)))
            named.update(number for (number,) in self.db.rows(query.tuples()) if number)
        return named

    def heads_naming(self, address: str, besides: Collection[int]) -> tuple[set[int], dict[int, str]]:
        """Return the messages beyond `besides` that are the person's, and those of others that name them.

        The person's are what nobody could read, what waits and is from them, and a machine's answers to
        what was sent to them; of the others the digests come along.
        """
        own: set[int] = set()
        others: dict[int, str] = {}
        whole = naming_bytes(address)
        newest = self.db.first(Message.select(peewee.fn.MAX(Message.id)).tuples())[0] or 0
        columns = (
            Message.id,
            Message.sha256,
            Message.ticket,
            Message.state,
            Message.outcome,
            Message.sender_key,
        )
        content = peewee.fn.SUBSTR(Blob.content, 1, LONGEST_HEAD)
        for first in range(1, newest + 1, ROWS_AT_ONCE):
            query = (
                Message.select(*columns, content)
                .join(Blob, on=(Blob.sha256 == Message.sha256))
                .where(Message.id.between(first, first + ROWS_AT_ONCE - 1))
            )
            for ledger_id, name, ticket, state, outcome, sender, head in self.db.rows(query.tuples()):
                if ledger_id in besides:
                    continue
                if ticket is None and outcome == "automatic":
                    if whole.search(self.blobs.get(name) or b""):
                        own.add(ledger_id)
                    continue
                raw = bytes(head) if head is not None else self.blobs.head(name, LONGEST_HEAD)
                if not names(raw, address):
                    continue
                if (state == "waiting" and is_from(raw, address)) or (state != "waiting" and not sender):
                    own.add(ledger_id)
                elif state != "waiting":
                    others[ledger_id] = name
        return own, others

    def commands_naming(
        self, address: str, names_: Sequence[str], questions: Collection[int | None] = ()
    ) -> dict[int, str]:
        """Take a person out of the mails that agents gave commands with, and out of `questions` (messages) to
        them; return their old digests."""
        done: dict[int, str] = {}
        named = naming(address)
        there = [number for number in questions if number is not None]
        gave = (Message.outcome == Outcome.COMMAND.value) | Message.id.in_(there)
        asked = Message.select(Message.id, Message.sha256).where(gave)
        for ledger_id, name in self.db.rows(asked.tuples()):
            if ledger_id in self.kept_messages:
                continue
            raw = self.blobs.get(name) or b""
            if not named.search(_text(raw)):
                continue
            made = redact(raw, [address, *names_], GONE, f"message {ledger_id}")
            if made is not None and self._rewritten(ledger_id, made):
                done[ledger_id] = name
        return done

    def rewrite_head(self, ledger_id: int, name: str, address: str) -> bool:
        """Take a person out of the header of another's message; whether it was there."""
        made = without_person(self.blobs.get(name) or b"", address, f"message {ledger_id}")
        return made is not None and self._rewritten(ledger_id, made)

    def _rewritten(self, ledger_id: int, made: bytes) -> bool:
        self.blobs.put({digest(made): made})
        values = {"sha256": digest(made), "size": len(made)}
        self.db.run(Message.update(**values).where(Message.id == ledger_id))
        self.changed.note(Message, ledger_id)
        return True


def _pattern(address: str, tickets: Iterable[int]) -> re.Pattern[str]:
    """Return what finds an address ("": none), or the number of one of these tickets as we write it."""
    numbers = "|".join(str(ticket) for ticket in tickets)
    wanted = [naming(address).pattern] if address else []
    wanted += [rf"#(?:{numbers})(?!\d)"] if numbers else []
    return re.compile("|".join(wanted) or r"(?!)", re.IGNORECASE)


def _squeezed(text: str) -> str:
    """Return the letters and digits of a text, as they stand wherever it is wrapped or quoted."""
    return re.sub(r"[\W_]+", "", text).lower()


def _without(raw: bytes, literals: Sequence[str], mark: str) -> bytes | None:
    """Return a mail of ours without these words; where its page held one, its text stands there instead."""
    parts = message_from_bytes(raw, policy=policy.compat32).walk()
    part = next((part for part in parts if part.get_content_type() == "text/plain"), None)
    content = part.get_payload(decode=True) if part is not None else b""
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
    return redact(raw, literals, redacted(text, find(text, literals)).strip() or GONE, mark)


def _text(raw: bytes) -> str:
    """Return what a mail of our own making says, decoded."""
    mail = message_from_bytes(raw, policy=policy.default)
    parts = [part.get_payload(decode=True) for part in mail.walk() if part.get_content_maintype() == "text"]
    texts = [part.decode("utf-8", "replace") for part in parts if isinstance(part, bytes)]
    return "\n".join([str(mail["Subject"] or ""), *texts])
