"""Full-text search over tickets: SQLite's FTS5, or a GIN index of PostgreSQL, over words cut by us.

A ticket is one document: its subject, its requester, the texts of its entries and the names of
their files, as `intake.desk.text.words` cuts them, in any language the same on both engines
(docs/decisions/0014). It is written in the transaction of the entry. The FTS5 table keeps no
text of its own: what it takes out again is what `search_text` held, word for word.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

import peewee

from intake.desk.sensitive.scan import hidden
from intake.desk.text.words import asked, words
from intake.desk.ticket import EntryKind
from intake.store.base import StorePart
from intake.store.connection import ROWS_AT_ONCE, Connection
from intake.store.schema.fields import clean
from intake.store.schema.search import SearchText
from intake.store.schema.tables import Attachment, Entry, Ticket
from intake.store.statement import SetStatement

# Of one text, and of all that a ticket says: a flood of mails in one ticket, or a log pasted
# into one, must not make each further entry slow. PostgreSQL takes 1 MB of words.
MOST_TEXT = 50_000
MOST_WORDS = 200_000
# Beside other filters so many hits are looked through, newest first.
MOST = 10_000
# Steps of merging the index after something was erased, each a short transaction, in pages.
_MERGE_PAGES = 500

# To its ascii tokenizer everything beyond ASCII is part of a word, which is how we cut.
_FTS = (
    "CREATE VIRTUAL TABLE search USING "
    "fts5(words, content='search_text', content_rowid='ticket', tokenize='ascii')"
)
_VECTOR = "array_to_tsvector(string_to_array(words, ' '))"
_ROW: dict[str, peewee.Field] = {"ticket": SearchText.ticket, "words": SearchText.words}
_OLD = SetStatement(
    "SELECT s.ticket, s.words FROM v CROSS JOIN search_text s WHERE s.ticket = v.ticket",
    ticket=SearchText.ticket,
)
_NEW = SetStatement("INSERT INTO search_text (ticket, words) SELECT ticket, words FROM v", **_ROW)
_CHANGE = SetStatement(
    "UPDATE search_text SET words = v.words FROM v WHERE search_text.ticket = v.ticket", **_ROW
)
_INTO = SetStatement("INSERT INTO search (rowid, words) SELECT ticket, words FROM v", **_ROW)
_OUT_OF = SetStatement(
    "INSERT INTO search (search, rowid, words) SELECT 'delete', ticket, words FROM v", **_ROW
)


def prepare(db: Connection) -> None:
    """Make what words are looked up in, where it is missing; it is filled from `search_text`."""
    if db.postgres:
        # Asked for and not left to IF NOT EXISTS, which waits until nobody writes.
        if db.sql("SELECT to_regclass('search_text_words')")[0] is None:
            db.sql(f"CREATE INDEX search_text_words ON search_text USING gin ({_VECTOR})")
    elif has_fts5(db) and not _is_there(db):
        db.sql(_FTS)
        db.sql("INSERT INTO search(search) VALUES ('rebuild')")


def lacks(db: Connection) -> Iterator[tuple[str, str]]:
    """Yield what words are looked up in and is not there as it must be, and what is to be dropped first."""
    if db.postgres:
        if db.sql("SELECT to_regclass('search_text_words')")[0] is None:
            yield "the index search_text_words is missing", ""
        return
    if not has_fts5(db):
        return
    row = db.sql("SELECT sql FROM sqlite_master WHERE name = 'search'")
    if row is None:
        yield "the search index is missing", ""
    elif row[0] != _FTS:
        yield "the search index is another one", "DROP TABLE search"


def has_fts5(db: Connection) -> bool:
    """Whether this SQLite can search; where not, the words are read one ticket after the other."""
    return db.sql("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'") is not None


def _is_there(db: Connection) -> bool:
    return db.sql("SELECT 1 FROM sqlite_master WHERE name = 'search'") is not None


def cut(texts: Iterable[str]) -> str:
    """Return texts as words with blanks between, without those of secrets: by them nobody finds a ticket."""
    # Whole first: so it was looked through for its ticket, and is not once more.
    shown = (hidden(text)[:MOST_TEXT] for text in texts)
    return clean(" ".join(word for text in shown for word in words(text)))[:MOST_WORDS]


def uses_fts(db: Connection) -> bool:
    """Whether the words of this database are in an FTS5 table."""
    if db.fts is None:
        db.fts = not db.postgres and has_fts5(db)
    return db.fts


def add_words(db: Connection, texts: Mapping[int, Sequence[str]], opened: Container[int]) -> None:
    """Have tickets found by these texts too; `opened`: those that were opened a moment ago."""
    more = {ticket: cut(some) for ticket, some in texts.items()}
    asked = [{"ticket": ticket} for ticket in sorted(more) if ticket not in opened]
    there: dict[int, str] = dict(db.each(_OLD, asked))
    longer = {
        ticket: f"{old} {more[ticket]}"[:MOST_WORDS]
        for ticket, old in there.items()
        if more[ticket] and len(old) < MOST_WORDS
    }
    _out_of(db, {ticket: there[ticket] for ticket in longer})
    db.for_each(_CHANGE, _rows(longer))
    new = {ticket: words for ticket, words in more.items() if ticket not in there}
    db.for_each(_NEW, _rows(new))
    _into(db, {**new, **longer})


class SearchIndex(StorePart):
    """Keeping the words of tickets, and finding tickets by them."""

    @property
    def fts(self) -> bool:
        """Whether the words are in an FTS5 table."""
        return uses_fts(self.db)

    def reindex(self, ticket: int) -> None:
        """Have a ticket found by what it holds now, and by nothing else."""
        new = cut(self._texts(ticket))
        rows = self.db.each(_OLD, [{"ticket": ticket}])
        if not rows:
            self.db.for_each(_NEW, _rows({ticket: new}))
            _into(self.db, {ticket: new})
        elif rows[0][1] != new:
            _out_of(self.db, {ticket: rows[0][1]})
            self.db.for_each(_CHANGE, _rows({ticket: new}))
            _into(self.db, {ticket: new})

    def forget_words(self, tickets: Iterable[int]) -> None:
        """Have tickets found by nothing any more."""
        for some in peewee.chunked(tickets, ROWS_AT_ONCE):
            rows = SearchText.select(SearchText.ticket, SearchText.words).where(
                SearchText.ticket.in_(list(some))
            )
            _out_of(self.db, dict(self.db.rows(rows.tuples())))
            self.db.run(SearchText.delete().where(SearchText.ticket.in_(list(some))))

    def merge_words(self) -> None:
        """Take words that were taken out of the index out of its pages as well.

        Until its parts are merged FTS5 only marks them. Not within a transaction: each step is
        one of its own, so that mail goes on being received meanwhile.
        """
        if not self.fts:
            return
        pages = -_MERGE_PAGES
        while True:
            with self.db.transaction():
                before = self.db.sql("SELECT total_changes()")[0]
                self.db.sql("INSERT INTO search(search, rank) VALUES ('merge', ?)", pages)
                # Fewer than two changes: nothing was left to merge (FTS5 manual, section 6.8).
                if self.db.sql("SELECT total_changes()")[0] - before < 2:
                    return
            pages = _MERGE_PAGES

    def search(self, text: str, limit: int = 50) -> list[int]:
        """Return the newest tickets that hold all that is asked for (`words.asked`)."""
        hits = self.hits(text, 0, 2**31 - 1, limit)
        if hits is None:
            return []
        query = SearchText.select(SearchText.ticket).where(peewee.Expression(SearchText.ticket, "IN", hits))
        return [number for (number,) in self.db.rows(query.order_by(SearchText.ticket.desc()).tuples())]

    def hits(self, text: str, low: int, high: int, limit: int = MOST) -> peewee.SQL | None:
        """Return a subquery of the newest tickets found from `low` to `high`; None: nothing was asked."""
        wanted = asked(clean(text))
        if not wanted:
            return None
        param = "%s" if self.db.postgres else "?"
        tail = f"BETWEEN {param} AND {param} ORDER BY {{0}} DESC LIMIT {param})"
        if self.fts:
            match = " ".join(f'"{" ".join(phrase)}"{"*" if begins else ""}' for phrase, begins in wanted)
            start = "(SELECT rowid FROM search WHERE search MATCH ? AND rowid "
            return peewee.SQL(start + tail.format("rowid"), (match, low, high, limit))
        parts: list[str] = []
        params: list[object] = []
        if self.db.postgres:
            parts.append(f"{_VECTOR} @@ %s::tsquery")
            params.append(" & ".join(_lexeme(phrase, begins) for phrase, begins in wanted))
        for phrase, begins in wanted:
            if len(phrase) > 1 or not self.db.postgres:
                parts.append(f"' ' || words || ' ' LIKE {param}")
                params.append(f"% {' '.join(phrase)}{'' if begins else ' '}%")
        start = f"(SELECT ticket FROM search_text WHERE {' AND '.join(parts)} AND ticket "
        return peewee.SQL(start + tail.format("ticket"), (*params, low, high, limit))

    def _texts(self, ticket: int) -> list[str]:
        query = Ticket.select(Ticket.subject, Ticket.requester_name, Ticket.requester).where(
            Ticket.id == ticket
        )
        texts: list[str] = [text for row in self.db.rows(query.tuples()) for text in row]
        entries = Entry.select(Entry.id, Entry.text).where(
            (Entry.ticket == ticket) & (Entry.kind != EntryKind.EVENT.value)
        )
        for entry_id, text in self.db.rows(entries.order_by(Entry.id).tuples()):
            texts.append(text)
            files = Attachment.select(Attachment.name).where(Attachment.entry == entry_id)
            texts += [name for (name,) in self.db.rows(files.order_by(Attachment.id).tuples())]
        return texts


def _into(db: Connection, words: Mapping[int, str]) -> None:
    if uses_fts(db):
        db.for_each(_INTO, _rows(words))


def _out_of(db: Connection, words: Mapping[int, str]) -> None:
    if uses_fts(db):
        db.for_each(_OUT_OF, _rows(words))


def _rows(words: Mapping[int, str]) -> list[dict[str, Any]]:
    return [{"ticket": ticket, "words": text} for ticket, text in words.items()]


def _lexeme(phrase: Sequence[str], begins: bool) -> str:
    quoted: list[Any] = [f"'{word}'" for word in phrase]
    return " & ".join(quoted) + (":*" if begins else "")
