"""Keeping which secrets were found where, and reading it. The secrets themselves are never written."""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from intake.desk.find_effects import CLEARED, HIDDEN, SEALED, KeepFinds
from intake.desk.sensitive.excusing import HiddenFind, may_be_excused
from intake.desk.sensitive.finds import DETECTOR, OPENS_A_WALLET, Find, fingerprint
from intake.desk.sensitive.scan import find
from intake.desk.ticket import EntryKind
from intake.store.base import StorePart
from intake.store.blobs import Blobs
from intake.store.connection import Connection
from intake.store.schema.finds import SecretFind
from intake.store.schema.tables import Attachment, Entry, Meta, Ticket
from intake.views import FindRow, KeptText

# In `meta`, of this detector: a better one begins again.
SCANNED = f"secret_scan_{DETECTOR}"
# So many of what is hidden in one ticket are looked at.
MOST_HIDDEN = 100


def same_secret(key: bytes, fingerprint: bytes) -> str:
    """Return what a secret is known again by: HMAC-SHA256 under the desk's oldest key, in hex."""
    return hmac.new(key, b"intake-secret-v1 " + fingerprint, hashlib.sha256).hexdigest()


def value_of(key: bytes, kind: str, mark: str, texts: Iterable[str]) -> str:
    """Return the secret that is known by `mark` as it stands in one of these texts, "" for in none."""
    for text in texts:
        for secret in find(text):
            value = text[secret.start : secret.end]
            if secret.kind == kind and same_secret(key, fingerprint(kind, value)) == mark:
                return value
    return ""


def keep(
    db: Connection,
    effect: KeepFinds,
    ticket: int,
    message: int | None,
    entry: int | None,
    key: bytes,
    now: datetime,
) -> tuple[int, ...]:
    """Write finds of a message and the entry it became, within the running transaction.

    Return the numbers of those that an agent may call false alarms.
    """
    doubtful = []
    for each in effect.finds:
        number = db.numbers.take(SecretFind)
        doubtful += [number] if may_be_excused(each) else []
        db.writes.insert(
            SecretFind,
            id=number,
            ticket=ticket,
            message=message,
            entry=entry,
            part=each.part,
            kind=each.kind,
            confidence=each.confidence,
            words=each.words,
            hmac=same_secret(key, each.fingerprint),
            found_at=now,
            detector=DETECTOR,
        )
    return tuple(doubtful)


def clear(db: Connection, number: int) -> None:
    """Note that a find is a false alarm, within the running transaction."""
    where = (SecretFind.id == number) & (SecretFind.state == HIDDEN)
    db.run(SecretFind.update(state=CLEARED).where(where))


class SqlFinds(StorePart):
    """Finds, as `intake secret` shows them. `key` is what a secret is known again by."""

    def __init__(self, db: Connection, blobs: Blobs, key: bytes = b"") -> None:
        super().__init__(db, blobs)
        self._key = key

    def list_finds(self, ticket: int | None = None, state: str = "", limit: int = 50) -> list[FindRow]:
        """Return finds, the newest first: of a ticket (None: of all), in a state ("": in any)."""
        query = SecretFind.select().order_by(SecretFind.id.desc()).limit(limit)
        if ticket is not None:
            query = query.where(SecretFind.ticket == ticket)
        if state:
            query = query.where(SecretFind.state == state)
        return [_row(row) for row in self.db.rows(query)]

    def get(self, number: int) -> FindRow | None:
        """Return a find, None where there is none of this number."""
        row = self.db.first(SecretFind.select().where(SecretFind.id == number))
        return _row(row) if row else None

    def elsewhere(self, number: int) -> Sequence[int]:
        """Return the other tickets in which the same secret was found."""
        mine = SecretFind.select(SecretFind.hmac, SecretFind.ticket).where(SecretFind.id == number)
        row = self.db.first(mine.tuples())
        if row is None:
            return ()
        theirs = (SecretFind.hmac == row[0]) & (SecretFind.ticket != row[1])
        query = SecretFind.select(SecretFind.ticket).where(theirs).distinct().order_by(SecretFind.ticket)
        return [ticket for (ticket,) in self.db.rows(query.tuples())]

    def hidden_in(self, tickets: Sequence[int]) -> tuple[HiddenFind, ...]:
        """Return what is hidden in these tickets, the newest first."""
        where = SecretFind.ticket.in_(list(tickets)) & (SecretFind.state == HIDDEN)
        query = SecretFind.select().where(where).order_by(SecretFind.id.desc()).limit(MOST_HIDDEN)
        return tuple(self._hidden(row) for row in self.db.rows(query))

    def _hidden(self, row: SecretFind) -> HiddenFind:
        value = value_of(self._key, row.kind, row.hmac, self._written(row))
        return HiddenFind(row.id, row.kind, row.confidence == "certain", row.part, value)

    def _written(self, row: SecretFind) -> Iterator[str]:
        """Yield the texts in which a find may stand."""
        if row.entry is not None:
            entry = self.db.first(Entry.select().where(Entry.id == row.entry))
            yield from (entry.text, entry.full_text, entry.author_name) if entry else ()
            names = Attachment.select(Attachment.name).where(Attachment.entry == row.entry)
            yield from (name for (name,) in self.db.rows(names.tuples()))
        ticket = self.db.first(Ticket.select().where(Ticket.id == row.ticket))
        yield from (ticket.subject, *ticket.fields.values()) if ticket else ()

    def texts(
        self, after: int, limit: int, ticket: int | None = None, since: datetime | None = None
    ) -> list[KeptText]:
        """Return what people wrote in entries with ids beyond `after`, in their order: of a ticket (None: of
        all), not before `since`."""
        where = (Entry.id > after) & (Entry.kind != EntryKind.EVENT.value)
        where = where & (Entry.ticket == ticket) if ticket is not None else where
        where = where & (Entry.created_at >= since) if since is not None else where
        columns = (Entry.ticket, Entry.id, Entry.message, Ticket.subject, Entry.text, Entry.author_name)
        query = Entry.select(*columns).join(Ticket, on=(Ticket.id == Entry.ticket)).where(where)
        rows = self.db.rows(query.order_by(Entry.id).limit(limit).tuples())
        files: dict[int, list[str]] = defaultdict(list)
        named = Attachment.select(Attachment.entry, Attachment.name)
        named = named.where(Attachment.entry.in_([row[1] for row in rows])).order_by(Attachment.id)
        for entry, name in self.db.rows(named.tuples()):
            files[entry].append(name)
        return [
            KeptText(number, entry, message, subject, text, name, tuple(files[entry]))
            for number, entry, message, subject, text, name in rows
        ]

    def new_in(self, ticket: int, finds: Sequence[Find]) -> tuple[Find, ...]:
        """Return those of `finds` whose secret is not known in a ticket yet, each once."""
        marks = {same_secret(self._key, find.fingerprint): find for find in reversed(finds)}
        query = SecretFind.select(SecretFind.hmac).where(SecretFind.ticket == ticket)
        known = {mark for (mark,) in self.db.rows(query.tuples())} if marks else set()
        return tuple(find for mark, find in reversed(marks.items()) if mark not in known)

    def scanned(self) -> int:
        """Return up to which entry all were looked through by today's detector."""
        row = self.db.first(Meta.select(Meta.value).where(Meta.name == SCANNED).tuples())
        return int(row[0]) if row else 0

    def mark_scanned(self, entry: int) -> None:
        """Note that all entries up to this one were looked through."""
        query = Meta.insert(name=SCANNED, value=str(entry))
        update = {Meta.value: str(entry)}
        self.db.run(query.on_conflict(conflict_target=[Meta.name], update=update).as_rowcount())

    def exposed(self, ticket: int) -> frozenset[int]:
        """Return the entries of a ticket in which somebody's wallet is exposed, false alarms aside."""
        where = (SecretFind.ticket == ticket) & SecretFind.kind.in_(OPENS_A_WALLET)
        where = where & SecretFind.state.in_((HIDDEN, SEALED)) & (SecretFind.confidence != "unclear")
        query = SecretFind.select(SecretFind.entry).where(where & SecretFind.entry.is_null(False))
        return frozenset(entry for (entry,) in self.db.rows(query.tuples()))


def _row(row: SecretFind) -> FindRow:
    return FindRow(
        row.id, row.ticket, row.message, row.entry, row.part, row.kind, row.confidence, row.words,
        row.state, row.found_at, row.detector,
    )  # fmt: skip
