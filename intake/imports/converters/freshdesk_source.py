"""Freshdesk: where its tickets come from, the files of an account's export or the API.

After developers.freshdesk.com/api: a list goes 300 pages far at most, and goes on from the last change; 429
says in Retry-After how many seconds to wait; links to files are good for minutes only, so that files are
fetched with their ticket.
"""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from intake.imports.converters import freshdesk, lines, values
from intake.imports.converters.fetching import Client, Gone
from intake.imports.converters.kept import Kept
from intake.imports.converters.running import Files, with_files
from intake.imports.converters.shapes import Converted, Item, LeftOut, NotFetched, Wanted
from intake.imports.model import Person, Remark
from intake.ports import UserError

NAME = "freshdesk"
PAGE, PAGES = 100, 300
FIRST = "2000-01-01T00:00:00Z"


def authorization(key: str) -> str:
    """Return the header for an API key: it is the user, the password is any."""
    return "Basic " + base64.b64encode(f"{key}:X".encode()).decode()


class Export:
    """The folder of an unpacked export: Tickets….json, Users….json (or Contacts, Agents), Groups….json."""

    # The same from an export and from the API: nothing is imported twice.
    name = NAME

    def __init__(self, source: Path, fetcher: Client | None) -> None:
        self._client = fetcher
        self._paths = sorted(source.glob("*.json")) if source.is_dir() else [source]
        if not any(_is_tickets(path) for path in self._paths):
            raise UserError(
                f"{source} holds no Tickets….json. Unpack Freshdesk's export and name its folder."
            )
        self._people: dict[int, Person] = {}
        self._agents: dict[int, Person] = {}
        self._groups: dict[int, str] = {}

    def tickets(self) -> Iterator[Item]:
        """Yield the tickets of all files, after people and groups were read."""
        for path in self._paths:
            if not _is_tickets(path):
                yield from self._take(path)
        desk = freshdesk.Desk(self._people, self._agents, self._groups)
        seen: set[object] = set()
        for path in filter(_is_tickets, self._paths):
            for item in lines.objects(path, ("tickets",)):
                if isinstance(item, Remark):
                    yield item
                    continue
                where, row = item
                ticket = freshdesk.from_export(row)
                if ticket["id"] in seen:
                    yield Remark(
                        where, f"Ticket {ticket['id']} stands here a second time.", "The first was taken."
                    )
                    continue
                seen.add(ticket["id"])
                yield freshdesk.converted(ticket, where, desk)

    def _take(self, path: Path) -> Iterator[Remark]:
        name = path.name.lower()
        for item in lines.objects(path, ("users", "contacts", "agents", "groups")):
            if isinstance(item, Remark):
                yield item
                continue
            row = next((values.member(item[1].get(key)) for key in ("user", "contact", "agent", "group")
                        if isinstance(item[1].get(key), dict)), item[1])  # fmt: skip
            ref = values.number(row.get("id"))
            if ref is None:
                continue
            if "group" in name:
                self._groups[ref] = values.line(row.get("name"))
            else:
                agent = "agent" in name or row.get("helpdesk_agent") is True
                (self._agents if agent else self._people)[ref] = _person(row)

    def agents(self) -> tuple[Person, ...]:
        """Return all agents, by their ids."""
        return tuple(self._agents[ref] for ref in sorted(self._agents))

    def fetch(self, wanted: Wanted, path: Path) -> None:
        """Fetch a file by the link in the export: without a key, and only while the link is good."""
        save(self._client, wanted, path)


def save(client: Client | None, wanted: Wanted, path: Path) -> None:
    """Fetch a file by its signed link."""
    if client is None or not wanted.source:
        raise NotFetched(
            "its link is not in the export, and links of an export end soon: use the API instead"
        )
    client.save(wanted.source, path)


def _is_tickets(path: Path) -> bool:
    return "ticket" in path.name.lower() and "field" not in path.name.lower()


def _person(row: Any) -> Person:
    contact = values.member(row.get("contact")) or row
    return values.person(contact.get("email"), contact.get("name"))


class Api:
    """A Freshdesk and what was fetched of it."""

    name = NAME

    def __init__(self, client: Client, kept: Kept, files: Files) -> None:
        self._client, self._kept, self._files = client, kept, files
        # Those that are told to be deleted.
        self._gone: set[int] = set()
        self._people: dict[int, Person] = {}
        self._agents: dict[int, Person] = {}
        self._groups: dict[int, str] = {}
        self._desk = freshdesk.Desk(self._people, self._agents, self._groups)

    def tickets(self) -> Iterator[Item]:
        """Fetch what is not kept yet, files at once; then yield all by their ids."""
        for row in self._pages("/api/v2/agents"):
            self._agents[values.number(row.get("id")) or 0] = _person(row)
        for row in self._pages("/api/v2/groups"):
            self._groups[values.number(row.get("id")) or 0] = values.line(row.get("name"))
        for row in self._listed():
            yield from self._fetch(row)
        for ref in self._kept.deleted(self._client, "/api/v2/tickets/{}", self._gone):
            yield LeftOut(str(ref), "deleted in Freshdesk since it was fetched")
        for ref in self._kept.refs():
            yield self._converted(ref)

    def _pages(self, path: str, most: int = 100_000) -> Iterator[Any]:
        page, joint = 1, "&" if "?" in path else "?"
        while page <= most:
            rows = values.members(self._client.json(f"{path}{joint}per_page={PAGE}&page={page}"))
            yield from rows
            if len(rows) < PAGE:
                return
            page += 1

    def _listed(self) -> Iterator[Any]:
        """Yield all tickets by their last change; a list that ends at its last page goes on from there."""
        since, seen = FIRST, set[object]()
        while True:
            path = f"/api/v2/tickets?updated_since={since}&order_by=updated_at&order_type=asc"
            path += "&include=stats,requester"
            count, last = 0, since
            for row in self._pages(path, PAGES):
                count, last = count + 1, values.text(row.get("updated_at")) or last
                mark = (row.get("id"), row.get("updated_at"))
                if mark not in seen:
                    seen.add(mark)
                    yield row
            if count < PAGE * PAGES:
                return
            if last == since:
                raise UserError(
                    f"Freshdesk lists more tickets changed at {since} than it lets anybody read. Use an "
                    "account's export as SOURCE instead (docs/import.md)."
                )
            since = last

    def _fetch(self, row: Any) -> Iterator[Item]:
        ref, stamp = values.number(row.get("id")), values.text(row.get("updated_at"))
        if ref is None:
            return
        item = self._converted(ref) if self._kept.stamp(ref) == stamp else None
        # A link that was kept is no longer good: a ticket of which a file is missing is fetched again.
        if item is None or (isinstance(item, Converted) and not all(map(self._files.has, item.wanted))):
            try:
                self._kept.add(ref, stamp, self._whole(row, ref))
            except Gone:
                self._gone.add(ref)
                yield LeftOut(str(ref), "deleted in Freshdesk while it was read")
                return
            item = self._converted(ref)
        self._kept.meet(ref)
        if isinstance(item, Converted):
            with_files(item, self._files)

    def _whole(self, row: Any, ref: int) -> dict[str, Any]:
        detail = values.member(self._client.json(f"/api/v2/tickets/{ref}"))
        talk = list(self._pages(f"/api/v2/tickets/{ref}/conversations"))
        refs = {row.get("requester_id"), *(entry.get("user_id") for entry in talk)}
        people = {}
        for wanted in sorted(number for value in refs if (number := values.number(value))):
            if wanted not in self._agents:
                people[str(wanted)] = self._contact(wanted)
        return {**row, **detail, "conversations": talk, "_people": people}

    def _contact(self, ref: int) -> list[str]:
        if ref not in self._people:
            try:
                self._people[ref] = _person(values.member(self._client.json(f"/api/v2/contacts/{ref}")))
            except Gone:
                self._people[ref] = Person()
        return [self._people[ref].address, self._people[ref].name]

    def _converted(self, ref: int) -> Item:
        row = self._kept.get(ref)
        for number, (address, name) in row.get("_people", {}).items():
            self._people.setdefault(int(number), Person(address, name))
        return freshdesk.converted(row, "Freshdesk", self._desk)

    def agents(self) -> tuple[Person, ...]:
        """Return all agents, by their ids."""
        return tuple(self._agents[ref] for ref in sorted(self._agents))

    def fetch(self, wanted: Wanted, path: Path) -> None:
        """Fetch a file by its signed link, which needs no key."""
        save(self._client, wanted, path)
