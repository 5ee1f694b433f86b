"""FreeScout: what of its database a conversation is made of, and its files, which lie in a folder."""

from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Any

from intake.imports.converters import freescout, values
from intake.imports.converters.mysql import Database, grouped
from intake.imports.converters.shapes import Item, NotFetched, Wanted
from intake.imports.model import Person

CONVERSATIONS = """
SELECT c.id, c.number, c.status, c.state, c.subject, c.customer_id, c.customer_email, c.cc, c.created_at,
       c.updated_at, c.closed_at, m.name AS mailbox, m.email AS mailbox_email,
       p.first_name AS customer_first_name, p.last_name AS customer_last_name,
       (SELECT e.email FROM emails e WHERE e.customer_id = c.customer_id ORDER BY e.id LIMIT 1)
           AS customer_email_known,
       u.first_name AS assignee_first_name, u.last_name AS assignee_last_name, u.email AS assignee_email
FROM conversations c
LEFT JOIN mailboxes m ON m.id = c.mailbox_id
LEFT JOIN customers p ON p.id = c.customer_id
LEFT JOIN users u ON u.id = c.user_id
WHERE c.id > %s ORDER BY c.id LIMIT %s"""

THREADS = """
SELECT t.conversation_id, t.id, t.type, t.status, t.state, t.action_type, t.body, t.message_id,
       t.created_at, t.created_by_user_id, t.created_by_customer_id, t.`from` AS sender,
       u.first_name AS user_first_name, u.last_name AS user_last_name, u.email AS user_email,
       p.first_name AS customer_first_name, p.last_name AS customer_last_name,
       (SELECT e.email FROM emails e WHERE e.customer_id = p.id ORDER BY e.id LIMIT 1) AS customer_email
FROM threads t
LEFT JOIN users u ON u.id = t.created_by_user_id
LEFT JOIN customers p ON p.id = t.created_by_customer_id
WHERE t.conversation_id IN ({ids}) ORDER BY t.conversation_id, t.created_at, t.id"""

FILES = """
SELECT a.thread_id, a.id, a.file_dir, a.file_name, a.mime_type, a.size, a.embedded
FROM attachments a WHERE a.thread_id IN ({ids}) ORDER BY a.thread_id, a.id"""

# Of the module Tags, which not every FreeScout has.
TAGS = """
SELECT c.conversation_id, t.name FROM conversation_tag c JOIN tags t ON t.id = c.tag_id
WHERE c.conversation_id IN ({ids}) ORDER BY c.conversation_id, t.name"""

USERS = "SELECT first_name, last_name, email FROM users ORDER BY id"


class Tables:
    """FreeScout's database. `folder` is its storage/app, None where it cannot be read from here."""

    def __init__(self, database: Database, zone: tzinfo, folder: Path | None, host: str) -> None:
        self.name = f"freescout:{host}"
        self._database, self._zone, self._folder = database, zone, folder

    def tickets(self) -> Iterator[Item]:
        """Yield all conversations, by their ids."""
        tagged = self._database.has("conversation_tag")
        for portion in self._database.portions(CONVERSATIONS):
            ids = [row["id"] for row in portion]
            threads = grouped(self._database.of(THREADS, ids), lambda row: int(row["conversation_id"]))
            of_threads = [row["id"] for rows in threads.values() for row in rows]
            files = grouped(self._database.of(FILES, of_threads), lambda row: int(row["thread_id"]))
            tags = self._tags(ids) if tagged else {}
            for row in portion:
                ref = row["id"]
                parts = freescout.Parts(threads.pop(ref, []), files, tags.get(ref, []))
                # The address that a conversation was held with comes before those of the customer.
                whole: dict[str, Any] = {
                    **row,
                    "customer_email": row["customer_email"] or row["customer_email_known"],
                }
                yield freescout.converted(whole, parts, self._zone)

    def _tags(self, ids: list[int]) -> dict[int, list[str]]:
        rows = grouped(self._database.of(TAGS, ids), lambda row: int(row["conversation_id"]))
        return {ref: [values.line(row["name"]) for row in tags] for ref, tags in rows.items()}

    def agents(self) -> tuple[Person, ...]:
        """Return all users."""
        rows = self._database.rows(USERS)
        return tuple(freescout.user({f"_{key}": value for key, value in row.items()}, "_") for row in rows)

    def fetch(self, wanted: Wanted, path: Path) -> None:
        """Copy a file from FreeScout's folder."""
        if self._folder is None:
            raise NotFetched("FreeScout keeps it in its folder storage/app: give a copy of that with --files")
        source = (self._folder / wanted.source).resolve()
        if not source.is_relative_to(self._folder.resolve()):
            raise NotFetched("FreeScout names a place outside of its folder")
        try:
            with source.open("rb") as stream, path.open("wb") as out:
                while chunk := stream.read(1 << 20):
                    out.write(chunk)
        except (FileNotFoundError, PermissionError, IsADirectoryError) as err:
            raise NotFetched(f"it cannot be read below --files ({err.strerror})") from err
