"""osTicket: what of its database a ticket is made of, and its files, which lie there in chunks."""

import re
from collections.abc import Iterator, Mapping
from datetime import tzinfo
from pathlib import Path
from typing import Any

from intake.imports.converters import osticket
from intake.imports.converters.mysql import Database, grouped
from intake.imports.converters.shapes import Item, NeverThere, NotFetched, Wanted
from intake.imports.model import Person
from intake.ports import UserError

TICKETS = """
SELECT t.ticket_id AS id, t.number, t.user_id, t.isanswered, t.source, t.created, t.closed, t.updated,
       s.state, s.name AS status_name, d.name AS department, h.topic, u.name AS user_name,
       COALESCE(e.address, x.address) AS address, a.firstname AS assignee_firstname,
       a.lastname AS assignee_lastname, a.email AS assignee_email
FROM {p}ticket t
LEFT JOIN {p}ticket_status s ON s.id = t.status_id
LEFT JOIN {p}department d ON d.id = t.dept_id
LEFT JOIN {p}help_topic h ON h.topic_id = t.topic_id
LEFT JOIN {p}user u ON u.id = t.user_id
LEFT JOIN {p}user_email e ON e.id = t.user_email_id
LEFT JOIN {p}user_email x ON x.id = u.default_email_id
LEFT JOIN {p}staff a ON a.staff_id = t.staff_id
WHERE t.ticket_id > %s ORDER BY t.ticket_id LIMIT %s"""

ENTRIES = """
SELECT h.object_id AS ticket_id, e.id, e.type, e.flags, e.poster, e.title, e.body, e.format, e.created,
       e.staff_id, e.user_id, a.firstname AS staff_firstname, a.lastname AS staff_lastname,
       a.email AS staff_email, u.name AS user_name, x.address AS user_address,
       (SELECT MIN(m.mid) FROM {p}thread_entry_email m WHERE m.thread_entry_id = e.id) AS mid
FROM {p}thread h
JOIN {p}thread_entry e ON e.thread_id = h.id
LEFT JOIN {p}staff a ON a.staff_id = e.staff_id AND e.staff_id <> 0
LEFT JOIN {p}user u ON u.id = e.user_id AND e.user_id <> 0
LEFT JOIN {p}user_email x ON x.id = u.default_email_id
WHERE h.object_type = 'T' AND h.object_id IN ({ids}) ORDER BY h.object_id, e.created, e.id"""

FIELDS = """
SELECT n.object_id AS ticket_id, f.name, f.label, v.value
FROM {p}form_entry n
JOIN {p}form_entry_values v ON v.entry_id = n.id
JOIN {p}form_field f ON f.id = v.field_id
WHERE n.object_type = 'T' AND n.object_id IN ({ids}) ORDER BY n.object_id, n.id, f.id"""

COLLABORATORS = """
SELECT h.object_id AS ticket_id, u.name, x.address
FROM {p}thread h
JOIN {p}thread_collaborator c ON c.thread_id = h.id
JOIN {p}user u ON u.id = c.user_id
JOIN {p}user_email x ON x.id = u.default_email_id
WHERE h.object_type = 'T' AND h.object_id IN ({ids}) ORDER BY h.object_id, c.id"""

FILES = """
SELECT n.object_id AS entry_id, n.id, n.inline, n.name, f.id AS file_id, f.name AS file_name, f.bk, f.key,
       f.type AS media_type, f.size
FROM {p}attachment n
LEFT JOIN {p}file f ON f.id = n.file_id
WHERE n.type = 'H' AND n.object_id IN ({ids}) ORDER BY n.object_id, n.id"""

CHUNKS = "SELECT filedata FROM {p}file_chunk WHERE file_id = %s ORDER BY chunk_id"
STAFF = "SELECT firstname, lastname, email FROM {p}staff ORDER BY staff_id"


class Tables:
    """osTicket's database. `folder` is where a plugin keeps files on the disk, None where it does not."""

    def __init__(self, database: Database, prefix: str, zone: tzinfo, folder: Path | None, host: str) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_]{0,40}", prefix):
            raise UserError("--prefix holds letters, digits and underlines only, such as ost_.")
        self.name = f"osticket:{host}"
        self._database, self._prefix, self._zone, self._folder = database, prefix, zone, folder

    def tickets(self) -> Iterator[Item]:
        """Yield all tickets, by their ids."""
        for portion in self._database.portions(self._sql(TICKETS)):
            ids = [row["id"] for row in portion]
            entries = self._grouped(ENTRIES, ids)
            fields = self._grouped(FIELDS, ids)
            collaborators = self._grouped(COLLABORATORS, ids)
            of_entries = [row["id"] for rows in entries.values() for row in rows]
            files = grouped(self._database.of(self._sql(FILES), of_entries), lambda row: int(row["entry_id"]))
            for row in portion:
                ref = row["id"]
                parts = osticket.Parts(
                    entries.pop(ref, []), fields.get(ref, []), collaborators.get(ref, []), files
                )
                yield osticket.converted(row, parts, self._zone)

    def _grouped(self, sql: str, ids: list[int]) -> dict[int, list[Mapping[str, Any]]]:
        return grouped(self._database.of(self._sql(sql), ids), lambda row: int(row["ticket_id"]))

    def _sql(self, sql: str) -> str:
        return sql.replace("{p}", self._prefix)

    def agents(self) -> tuple[Person, ...]:
        """Return all agents."""
        return tuple(
            osticket.staff({f"_{key}": value for key, value in row.items()}, "_")
            for row in self._database.rows(self._sql(STAFF))
        )

    def fetch(self, wanted: Wanted, path: Path) -> None:
        """Write a file, chunk by chunk, or copy it from where a plugin keeps it."""
        backend, ref, key = wanted.source.split(":", 2)
        if backend != "D":
            self._copy(key, path)
            return
        chunks = 0
        with path.open("wb") as out:
            for row in self._database.rows(self._sql(CHUNKS), (int(ref),)):
                out.write(row["filedata"])
                chunks += 1
        if not chunks and wanted.size:
            raise NeverThere("osTicket lost it: its chunks are gone")

    def _copy(self, key: str, path: Path) -> None:
        if self._folder is None:
            raise NotFetched("a plugin keeps it outside of the database: give its folder with --files")
        if not re.fullmatch(r"[\w-]+", key):
            raise NotFetched("osTicket names it by a key that is none")
        source = self._folder / key[0] / key
        try:
            with source.open("rb") as stream, path.open("wb") as out:
                while chunk := stream.read(1 << 20):
                    out.write(chunk)
        except (FileNotFoundError, PermissionError, IsADirectoryError) as err:
            raise NotFetched(f"it cannot be read below --files ({err.strerror})") from err
