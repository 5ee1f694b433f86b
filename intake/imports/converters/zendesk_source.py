"""Zendesk: where its tickets come from, the folder of an export or the API.

Limits after developer.zendesk.com (Rate limits, Incremental Exports): 10 calls a minute for incremental
exports, several hundred for the rest; 429 says in Retry-After how many seconds to wait.
"""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from intake.imports.converters import lines, values, zendesk
from intake.imports.converters.fetching import Client, Gone, host_of
from intake.imports.converters.kept import Kept
from intake.imports.converters.running import Files, with_files
from intake.imports.converters.shapes import Converted, Item, LeftOut, NotFetched, Wanted
from intake.imports.model import Person, Remark
from intake.ports import UserError

NAME = "zendesk"
DELETED = "deleted in Zendesk"
NO_TOKEN = "Zendesk keeps it: give --site and a token, while the account exists"


def authorization(user: str, token: str) -> str:
    """Return the header for an API token: Basic, with /token behind the agent's address."""
    return "Basic " + base64.b64encode(f"{user}/token:{token}".encode()).decode()


def fetch(client: Client | None, wanted: Wanted, path: Path) -> None:
    """Fetch an attachment: from the site itself, wherever that leads to, without the token elsewhere."""
    if client is None:
        raise NotFetched(NO_TOKEN)
    host = host_of(wanted.source)
    if host != host_of(client.base):
        raise NotFetched(f"it lies at {host or 'no address'} and not at {client.host}")
    client.save(wanted.source, path)


class Export:
    """A folder with the files of a JSON export (tickets, users, organizations), or its file of tickets."""

    # The same from an export, with and without its files, and from the API: nothing is imported twice.
    name = NAME

    def __init__(self, source: Path, client: Client | None = None) -> None:
        self._client = client
        self._names = zendesk.Names()
        self._paths = _files(source)

    def tickets(self) -> Iterator[Item]:
        """Yield the tickets of all files named ticket…, after the users and the rest were read."""
        if self._paths and not any(_list(path) == "users" for path in self._paths):
            yield Remark(
                "users",
                "There is no file of users.",
                "People are known as far as tickets name them; export "
                "users too, and put the file beside the tickets.",
            )
        for path in self._paths:
            if (key := _list(path)) != "tickets":
                yield from self._take(path, key)
        seen: set[int] = set()
        for path in self._paths:
            if _list(path) == "tickets":
                yield from self._of(path, seen)

    def _take(self, path: Path, key: str) -> Iterator[Remark]:
        add = zendesk.adders(self._names)[key]
        for item in lines.objects(path, (key,)):
            if isinstance(item, Remark):
                yield item
            else:
                add(item[1])

    def _of(self, path: Path, seen: set[int]) -> Iterator[Item]:
        for item in lines.objects(path, ("tickets", "results")):
            if isinstance(item, Remark):
                yield item
                continue
            where, row = item
            ref = values.number(row.get("id"))
            if ref in seen:
                yield Remark(where, f"Ticket {ref} stands here a second time.", "The first was taken.")
                continue
            if ref is not None:
                seen.add(ref)
            yield zendesk.converted(row, where, self._names)

    def agents(self) -> tuple[Person, ...]:
        """Return the agents and admins among the users."""
        return self._names.agents()

    def fetch(self, wanted: Wanted, path: Path) -> None:
        """Fetch an attachment from the site, if there is one."""
        fetch(self._client, wanted, path)


def _files(source: Path) -> list[Path]:
    """Return the export's files. Raises UserError when there is none of tickets."""
    if source.is_dir():
        paths = sorted(path for path in source.iterdir() if path.suffix in (".json", ".ndjson", ".jsonl"))
    else:
        paths = [source] if source.exists() else []
    if not any(_list(path) == "tickets" for path in paths):
        raise UserError(
            f"{source} holds no file of tickets. Unpack Zendesk's export and name the folder: tickets….json, "
            "users….json and organizations….json."
        )
    return paths if source.is_dir() else [source]


def _list(path: Path) -> str:
    """Return which list a file has, by its name; what names none has tickets."""
    for key in ("users", "organizations", "groups", "ticket_fields"):
        if key.removesuffix("s") in path.name.lower():
            return key
    return "tickets"


class Api:
    """The API: the incremental export for the tickets, then the comments of each."""

    name = NAME

    def __init__(self, client: Client, kept: Kept, files: Files) -> None:
        self._client, self._kept, self._files = client, kept, files
        # Those that are told to be deleted.
        self._gone: set[int] = set()
        self._names = zendesk.Names()

    def tickets(self) -> Iterator[Item]:
        """Fetch what is not kept yet, files at once; then yield all by their ids."""
        yield from self._fetch_all()
        for ref in self._kept.deleted(self._client, "/api/v2/tickets/{}.json", self._gone):
            yield LeftOut(str(ref), DELETED)
        for ref in self._kept.refs():
            yield zendesk.converted(self._kept.get(ref), "Zendesk", self._names)

    def _fetch_all(self) -> Iterator[Item]:
        for row in self._fields():
            zendesk.add_name(self._names.fields, row, "title")
        url = "/api/v2/incremental/tickets/cursor.json?start_time=0&include=users,groups,organizations"
        while url:
            page = self._client.json(url)
            adders = zendesk.adders(self._names)
            for key, add in adders.items():
                for row in values.members(page.get(key)):
                    add(row)
            for row in values.members(page.get("tickets")):
                yield from self._fetch(row)
            url = "" if page.get("end_of_stream") is not False else _path(page.get("after_url"))

    def _fields(self) -> list[Any]:
        page = self._client.json("/api/v2/ticket_fields.json")
        return list(values.members(page.get("ticket_fields")))

    def _fetch(self, row: Any) -> Iterator[Item]:
        ref = values.number(row.get("id"))
        if ref is None:
            return
        if row.get("status") == "deleted":
            self._gone.add(ref)
            yield LeftOut(str(ref), DELETED)
            return
        stamp = values.text(row.get("updated_at"))
        if self._kept.stamp(ref) != stamp:
            try:
                comments, users = self._comments(ref)
            except Gone:
                self._gone.add(ref)
                yield LeftOut(str(ref), DELETED)
                return
            self._kept.add(ref, stamp, {**row, "comments": comments, "_users": users})
        self._kept.meet(ref)
        item = zendesk.converted(self._kept.get(ref), "Zendesk", self._names)
        if isinstance(item, Converted):
            with_files(item, self._files)

    def _comments(self, ref: int) -> tuple[list[Any], list[Any]]:
        comments: list[Any] = []
        users: dict[int, Any] = {}
        url = f"/api/v2/tickets/{ref}/comments.json?include=users&page[size]=100"
        while url:
            page = self._client.json(url)
            comments += values.members(page.get("comments"))
            for user in values.members(page.get("users")):
                users[values.number(user.get("id")) or 0] = {
                    key: user.get(key) for key in ("id", "name", "email", "role")
                }
            more = values.member(page.get("meta")).get("has_more") is True
            url = _path(values.member(page.get("links")).get("next")) if more else ""
        return comments, [users[user] for user in sorted(users)]

    def agents(self) -> tuple[Person, ...]:
        """Return the agents that tickets named."""
        return self._names.agents()

    def fetch(self, wanted: Wanted, path: Path) -> None:
        """Fetch an attachment."""
        fetch(self._client, wanted, path)


def _path(url: object) -> str:
    """Return the path of the next page: it is asked of the same site, wherever it says that it is."""
    try:
        parts = urlsplit(values.text(url))
    except ValueError:
        return ""
    return f"{parts.path}?{parts.query}" if parts.path.startswith("/") else ""
