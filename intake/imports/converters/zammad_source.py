"""Zammad: its REST API, with an access token that may read tickets, users and the states' types.

Lists come 100 at a time (docs.zammad.org, Pagination). What was deleted while it is read answers 404.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from intake.imports.converters import values, zammad
from intake.imports.converters.fetching import Client, Gone
from intake.imports.converters.kept import Kept
from intake.imports.converters.running import Files, with_files
from intake.imports.converters.shapes import Converted, Item, LeftOut, Row, Wanted
from intake.imports.model import Person
from intake.ports import UserError

PAGE = 100
DELETED = "deleted in Zammad while it was read"
DELETED_SINCE = "deleted in Zammad since it was fetched"


def authorization(token: str) -> str:
    """Return the header for an access token of Zammad."""
    return f"Token token={token}"


class Api:
    """A Zammad and what was fetched of it."""

    def __init__(self, client: Client, kept: Kept, files: Files) -> None:
        self.name = f"zammad:{client.host}"
        self._client, self._kept, self._files = client, kept, files
        # Those that are told to be deleted.
        self._gone: set[int] = set()
        self._users: dict[int, dict[str, Any]] = {}
        self._staff: set[str] = set()
        self._desk = zammad.Desk(self._users, {}, self._staff)

    def tickets(self) -> Iterator[Item]:
        """Fetch what is not kept yet, files at once; then yield all by their ids."""
        self._desk = zammad.Desk(self._users, self._state_types(), self._staff)
        for row in self._pages("/api/v1/tickets?expand=true"):
            yield from self._fetch(row)
        for ref in self._kept.deleted(self._client, "/api/v1/tickets/{}", self._gone):
            yield LeftOut(str(ref), DELETED_SINCE)
        for ref in self._kept.refs():
            yield self._converted(ref)

    def _state_types(self) -> dict[str, str]:
        rows = self._client.json("/api/v1/ticket_states?expand=true")
        return {
            values.text(row.get("name")): values.text(row.get("state_type")) for row in values.members(rows)
        }

    def _pages(self, path: str) -> Iterator[Any]:
        page = 1
        while rows := values.members(self._client.json(f"{path}&page={page}&per_page={PAGE}")):
            yield from rows
            page += 1

    def _fetch(self, row: Any) -> Iterator[Item]:
        ref = values.number(row.get("id"))
        if ref is None:
            return
        stamp = values.text(row.get("updated_at"))
        if self._kept.stamp(ref) != stamp:
            try:
                self._kept.add(ref, stamp, self._whole(row, ref))
            except Gone:
                yield LeftOut(str(ref), DELETED)
                self._gone.add(ref)
                return
        self._kept.meet(ref)
        item = self._converted(ref)
        if isinstance(item, Converted):
            with_files(item, self._files)

    def _whole(self, row: Any, ref: int) -> dict[str, Any]:
        articles = self._client.json(f"/api/v1/ticket_articles/by_ticket/{ref}?expand=true")
        tags = self._client.json(f"/api/v1/tags?object=Ticket&o_id={ref}")
        rows = [{**article, "_plain": _may_be_kept(article)} for article in values.members(articles)]
        rows.sort(key=lambda article: values.number(article.get("id")) or 0)
        people = {row.get("customer_id"), row.get("owner_id")}
        people |= {article.get(key) for article in rows for key in ("created_by_id", "origin_by_id")}
        users = [user for wanted in sorted(filter(None, people)) if (user := self._user(wanted))]
        return {**row, "_articles": rows, "_tags": values.member(tags).get("tags"), "_users": users}

    def _user(self, ref: int) -> dict[str, Any]:
        """Return what a ticket needs of a user; nothing of one that is deleted."""
        if ref not in self._users:
            try:
                user = values.member(self._client.json(f"/api/v1/users/{ref}?expand=true"))
            except Gone:
                user = {}
            kept = ("id", "firstname", "lastname", "email", "roles")
            self._meet(ref, {key: user.get(key) for key in kept} if user else {})
        return self._users[ref]

    def _meet(self, ref: int, user: dict[str, Any]) -> None:
        if ref not in self._users:
            self._users[ref] = user
            if zammad.is_agent(user):
                self._staff.add(zammad.person_of(user).address.lower())

    def _converted(self, ref: int) -> Item:
        row = self._kept.get(ref)
        for user in values.members(row.get("_users")):
            self._meet(values.number(user.get("id")) or 0, dict(user))
        return zammad.converted(row, self._desk)

    def agents(self) -> tuple[Person, ...]:
        """Return the agents that tickets named."""
        people = {zammad.person_of(user) for user in self._users.values() if zammad.is_agent(user)}
        return tuple(sorted(people, key=lambda somebody: (somebody.address, somebody.name)))

    def fetch(self, wanted: Wanted, path: Path) -> None:
        """Fetch an attachment, or the mail as it came."""
        self._client.save(f"{self._client.base}{wanted.source}", path)


def _may_be_kept(article: Row) -> bool:
    return article.get("type") == "email"


def expect_zammad(client: Client) -> None:
    """Ask who the token is. Raises UserError when it is nobody's, and where there is no Zammad."""
    try:
        client.json("/api/v1/users/me")
    except Gone as err:
        raise UserError(
            f"{client.host} is no Zammad, or its API is switched off. "
            "Give its own address, or have an admin switch the API on (Settings, System, API)."
        ) from err
