"""One line of tickets.ndjson as a ticket, with a remark for whatever is not as the format says. Pure.

Nothing is thrown away for a slip: what cannot be known is left out, what cannot be told apart stays inside.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Any

from intake.desk.sensitive.scan import find, redacted
from intake.desk.ticket import NORMAL, PRIORITIES, Status
from intake.imports.model import (
    GONE,
    NOBODY,
    ImportedEntry,
    ImportedFile,
    ImportedTicket,
    Kind,
    Person,
    Remark,
)

STATUSES = tuple(status.value for status in Status)
LONGEST_REF = 200
_KINDS = frozenset(kind.value for kind in Kind)
_HEX = frozenset("0123456789abcdef")
_TICKET = frozenset(
    (
        "ref", "number", "subject", "status", "requester", "participants", "created_at", "updated_at",
        "closed_at", "priority", "assignee", "team", "language", "category", "spam", "tags", "fields",
        "entries",
    )
)  # fmt: skip
_ENTRY = frozenset(
    (
        "ref", "kind", "author", "created_at", "text", "full_text", "html", "message_id", "automatic",
        "files", "raw",
    )
)  # fmt: skip


@dataclass(slots=True)
class Reader:
    """Reads the records of one export. `zone` is that of dates without one (None: nobody said, UTC then),
    `now` the moment (aware) that no date may be later than, `text_of` makes text of HTML."""

    zone: tzinfo | None
    utc: tzinfo
    now: datetime
    text_of: Callable[[str], str]
    # What was told once and would be told of every line.
    told: set[str] = field(default_factory=set)
    remarks: list[Remark] = field(default_factory=list)

    def ticket(self, record: object, where: str) -> ImportedTicket | None:
        """Return the ticket of a record, None where it is none; `remarks` says what was made of it."""
        if not isinstance(record, Mapping):
            self._lost(where, "this is no ticket", "every line must be a JSON object {…}")
            return None
        ref = self._ref(record.get("ref"))
        if not ref:
            self._lost(where, "the ticket has no ref", "give it the old desk's id, and import again")
            return None
        self._unknown(record, _TICKET, where)
        opened = self._when(record, "created_at", where, ref)
        entries = self._entries(record.get("entries"), where, ref, opened)
        first = min((entry.at for entry in entries), default=None)
        last = max((entry.at for entry in entries), default=None)
        created = opened or first
        if created is None:
            self._remark(where, "the ticket has no date", "it got today's; give created_at", ref)
            created = self.now
        closed = self._when(record, "closed_at", where, ref) if "closed_at" in record else None
        updated = self._when(record, "updated_at", where, ref) if "updated_at" in record else None
        return ImportedTicket(
            ref=ref,
            subject=_line(record.get("subject")),
            requester=self._requester(record, entries, where, ref),
            created_at=min(created, first or created),
            entries=entries,
            number=self._ref(record.get("number")) or ref,
            status=self._word(record, "status", STATUSES, "closed", where, ref),
            participants=tuple(filter(None, map(_person, _list(record.get("participants"))))),
            updated_at=max(filter(None, (updated, last, created))),
            closed_at=closed,
            priority=self._word(record, "priority", PRIORITIES, NORMAL, where, ref),
            assignee=_person(record.get("assignee")),
            team=_line(record.get("team")),
            language=_line(record.get("language")),
            category=_line(record.get("category")),
            spam=record.get("spam") is True,
            tags=tuple(filter(None, map(_line, _list(record.get("tags"))))),
            fields=_pairs(record.get("fields")),
            where=where,
        )

    def _requester(
        self, record: Mapping[str, Any], entries: tuple[ImportedEntry, ...], where: str, ref: str
    ) -> Person:
        person = _person(record.get("requester"))
        if person.address:
            return person
        wrote = (entry.author for entry in entries if entry.kind is Kind.MESSAGE and entry.author.address)
        author = next(wrote, NOBODY)
        if author:
            problem = f"the ticket has no requester: it is {author.address}, who wrote its first message"
            self._remark(where, problem, "give requester if that is wrong", ref)
            return Person(author.address, author.name or person.name)
        self._remark(
            where,
            "the ticket has no requester with an address",
            "it is imported and nobody can be answered; give requester if they are known",
            ref,
        )
        return person

    def _entries(
        self, value: object, where: str, ref: str, opened: datetime | None
    ) -> tuple[ImportedEntry, ...]:
        entries: list[ImportedEntry] = []
        there: dict[str, ImportedEntry] = {}
        again: Counter[str] = Counter()
        before = opened
        for count, item in enumerate(_list(value), start=1):
            place = f"{where}, entry {count}"
            entry = self._entry(item, place, ref, before, count)
            if entry is None:
                continue
            before = entry.at
            twin = there.get(entry.ref)
            if twin is not None:
                if _same(twin, entry):
                    self._remark(place, f"entry {entry.ref} stands there twice", "it is imported once", ref)
                    continue
                entry = _renamed(entry, there, again)
                problem = f"two entries have the ref {twin.ref}"
                self._remark(place, problem, f"this one is imported as {entry.ref}; give each its own", ref)
            there[entry.ref] = entry
            entries.append(entry)
        # A stable order: what has the same second stays as it was.
        return tuple(sorted(entries, key=lambda entry: entry.at))

    def _entry(
        self, item: object, where: str, ref: str, before: datetime | None, count: int
    ) -> ImportedEntry | None:
        if not isinstance(item, Mapping):
            self._lost(where, "this is no entry", "every entry must be a JSON object {…}", ref)
            return None
        self._unknown(item, _ENTRY, where)
        name = self._ref(item.get("ref"))
        if not name:
            name = f"~{count}"
            self._remark(where, "the entry has no ref", f"it is imported as {name}; give each its own", ref)
        at = self._when(item, "created_at", where, ref)
        if at is None:
            at = before or self.now
            cure = "it got that of the one before, or of the ticket"
            self._remark(where, "the entry has no date that can be read", cure, ref)
        author, kind = _person(item.get("author")), self._kind(item, where, ref)
        if not author and kind is not Kind.EVENT:
            cure = "it is imported as nobody's; give author if they are known"
            self._remark(where, "the entry has no author", cure, ref)
        html = _text(item.get("html"))
        return ImportedEntry(
            ref=name,
            kind=kind,
            author=author,
            at=at,
            text=_text(item.get("text")) or (self.text_of(html) if html else ""),
            full_text=_text(item.get("full_text")),
            html=html,
            message_id=_line(item.get("message_id")).strip("<> "),
            files=tuple(file for file in map(self._file, _list(item.get("files"))) if file is not None),
            raw=self._file(item.get("raw")) if item.get("raw") else None,
            automatic=item.get("automatic") is True,
            where=where,
        )

    def _kind(self, item: Mapping[str, Any], where: str, ref: str) -> Kind:
        kind = item.get("kind")
        if isinstance(kind, str) and kind in _KINDS:
            return Kind(kind)
        cure = "it is imported as a private note; write message, answer, note or event"
        self._once(f"kind {kind}", where, f"{told(kind) or 'nothing'!r} is no kind of entry", cure, ref)
        return Kind.NOTE

    def _file(self, item: object) -> ImportedFile | None:
        if not isinstance(item, Mapping) or not _line(item.get("path")):
            return None
        gone = item.get("gone") is True
        path, size, sha256 = _line(item["path"]), item.get("size"), _line(item.get("sha256")).lower()
        return ImportedFile(
            path=path,
            name=_line(item.get("name")) or path.rpartition("/")[2],
            media_type=_line(item.get("media_type")) or "application/octet-stream",
            size=size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None,
            sha256=sha256 if len(sha256) == 64 and _HEX.issuperset(sha256) else "",
            content_id=_line(item.get("content_id")).strip("<> "),
            inline=item.get("inline") is True,
            missing=_line(item.get("missing")) or (GONE if gone else ""),
            gone=gone,
        )

    def _when(self, record: Mapping[str, Any], name: str, where: str, ref: str) -> datetime | None:
        """Return a moment of a record in UTC, none later than now; None where it has none to read."""
        value = record.get(name)
        if value is None or value == "":
            return None
        try:
            at = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            at = None
        if at is None:
            cure = "write it like 2024-05-01T09:30:00+02:00"
            self._remark(where, f"{name} is no date: {told(value)!r}", cure, ref)
            return None
        if at.tzinfo is None:
            at = at.replace(tzinfo=self.zone or self.utc)
            if self.zone is None:
                cure = 'they are read as UTC; write the distance, or "timezone" in export.json'
                self._once("zone", where, "dates have no time zone", cure, ref)
        try:
            at = at.astimezone(self.utc)
        except OverflowError:
            return None
        if at > self.now:
            problem = f"{name} lies in the future: {at:%Y-%m-%d %H:%M} UTC"
            self._remark(where, problem, "it is imported as of now; look at the old desk's clock", ref)
            return self.now
        return at

    def _word(
        self, record: Mapping[str, Any], name: str, known: tuple[str, ...], usual: str, where: str, ref: str
    ) -> str:
        value = record.get(name)
        if value is None:
            return usual
        if isinstance(value, str) and value in known:
            return value
        problem = f"{told(value)!r} is no {name}"
        # An unknown state may be work that waits: nobody looks for that among what is closed.
        made = "open" if name == "status" else usual
        self._once(
            f"{name} {value}", where, problem, f"it is imported as {made}; write {', '.join(known)}", ref
        )
        return made

    def _ref(self, value: object) -> str:
        """Return a name of the old desk's: text, or a whole number as most have it."""
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        name = _line(value)
        if len(name) <= LONGEST_REF:
            return name
        # Cut, two could be one; and half of a secret is not known for one.
        return f"sha256:{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()}"

    def _unknown(self, record: Mapping[str, Any], known: frozenset[str], where: str) -> None:
        for name in sorted({str(key) for key in record} - known):
            cure = "what it says is not imported; put it into fields, or into a note"
            self._once(f"key {name}", where, f"{told(name)!r} is no key of the format", cure, "")

    def _once(self, key: str, where: str, problem: str, cure: str, ref: str) -> None:
        if key not in self.told:
            self.told.add(key)
            self._remark(where, problem, f"{cure} (told once)", ref)

    def _remark(self, where: str, problem: str, cure: str, ref: str) -> None:
        self.remarks.append(Remark(where, problem, cure, ref=ref))

    def _lost(self, where: str, problem: str, cure: str, ref: str = "") -> None:
        self.remarks.append(Remark(where, problem, cure, lost=True, ref=ref))


def _same(first: ImportedEntry, other: ImportedEntry) -> bool:
    parts = [(e.kind, e.author, e.at, e.text, e.html, e.files, e.raw) for e in (first, other)]
    return parts[0] == parts[1]


def _renamed(entry: ImportedEntry, there: Mapping[str, ImportedEntry], again: Counter[str]) -> ImportedEntry:
    """Return an entry under a name that none has; `again` is how far each name was counted."""
    count = again[entry.ref] or 2
    while f"{entry.ref}~{count}" in there:
        count += 1
    again[entry.ref] = count + 1
    return replace(entry, ref=f"{entry.ref}~{count}")


def _person(value: object) -> Person:
    if not isinstance(value, Mapping):
        return NOBODY
    return Person(_line(value.get("address")).strip("<> "), _line(value.get("name")))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _pairs(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping):
        return {}
    return {_line(name): _text(said) for name, said in value.items() if _line(name)}


def _text(value: object) -> str:
    """Return text as it stands, and what is no text as JSON would write it: nothing is lost for its type."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else str(value)


def told(value: object) -> str:
    """Return the beginning of a value as it may be told: a secret is taken out before anything is cut, and
    before words stand around it that could be taken for some of it."""
    text = _line(value)[:2000]
    return redacted(text, find(text))[:40]


def _line(value: object) -> str:
    return " ".join(_text(value).split())
