"""Mail that is one message though its bytes differ: by Message-ID, author and text.

What was imported as text has another fingerprint than the mail that it was. Both ways are told here alike:
mail that comes after it was imported (`old_desk`), and an import of what a mailbox brought (`import_twins`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from intake.store.connection import Connection
from intake.store.schema.fields import clean
from intake.store.schema.tables import Entry, Message, MessageRef
from intake.store.statement import SetStatement

# So many messages of one Message-ID and author are looked at: there is one, but for who writes the same on
# purpose, and each text may be a million characters.
MOST_ALIKE = 20

_TICKETS = SetStatement(
    "SELECT DISTINCT v.message_id, r.ticket FROM v JOIN message_ref r ON r.message_id = v.message_id "
    "AND r.direction = 'in'",
    message_id=MessageRef.message_id,
)
_ALIKE = SetStatement(
    "SELECT v.message_id, v.sender_key, m.id, m.rule, e.id FROM v JOIN message m ON m.ticket = v.ticket "
    "AND m.message_id = v.message_id AND m.sender_key = v.sender_key AND m.state = 'done' "
    "JOIN entry e ON e.message = m.id AND e.ticket = m.ticket ORDER BY m.id, e.id",
    message_id=Message.message_id,
    sender_key=Message.sender_key,
    ticket=Message.ticket,
)
_TEXTS = SetStatement(
    "SELECT e.message, e.ticket, e.id, e.text, e.full_text, "
    "(SELECT COUNT(*) FROM attachment a WHERE a.entry = e.id) "
    "FROM v JOIN entry e ON e.id = v.id ORDER BY e.id",
    id=Entry.id,
)

# A Message-ID and the key of an author's address.
Key = tuple[str, str]


class Kept(NamedTuple):
    """A message as it is kept: its number, ticket and entry, its words and how many files it has."""

    message: int
    ticket: int
    entry: int
    words: frozenset[str]
    files: int


def key(message_id: str, sender: str) -> Key:
    """Return by what a message is looked for; `sender` is the key of its author's address."""
    return clean(message_id), clean(sender)


def words(*texts: str) -> frozenset[str]:
    """Return what tells two texts of one mail: without its quotes or with them, and without the blanks, since
    desks wrap lines anew. Nothing for no words."""
    return frozenset("".join(clean(text).split()) for text in texts) - {""}


def holds(kept: frozenset[str], files: int, said: frozenset[str], brings: int) -> bool:
    """Whether what is kept, with so many files, is what was said. What brings more files is not left out."""
    return not kept.isdisjoint(said) and files >= brings


def alike(db: Connection, keys: Collection[Key], rule: str = "") -> Iterator[tuple[Key, Iterable[Kept]]]:
    """Yield for each of these keys that has any the messages that are kept, the oldest first; with `rule`
    only those that it decided. The texts of one key are held at a time."""
    by_name: dict[str, list[Key]] = defaultdict(list)
    for name in keys:
        by_name[MessageRef.message_id.db_value(name[0])].append(name)
    tickets = db.each(_TICKETS, [{"message_id": name} for name in by_name])
    asked = [
        {"message_id": name[0], "sender_key": name[1], "ticket": ticket}
        for ref, ticket in tickets
        for name in by_name[ref]
    ]
    entries: dict[Key, list[int]] = defaultdict(list)
    senders = {(name, Message.sender_key.db_value(sender)): (name, sender) for name, sender in keys}
    for message_id, sender, _, decided, entry in db.each(_ALIKE, asked):
        if not rule or decided == rule:
            entries[senders[message_id, sender]].append(entry)
    for name, numbers in entries.items():
        rows = db.each(_TEXTS, [{"id": number} for number in islice(numbers, MOST_ALIKE)])
        yield (
            name,
            [Kept(message, no, entry, words(*said), files) for message, no, entry, *said, files in rows],
        )
