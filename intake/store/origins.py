"""What is known of mails that left: by their Message-ID, and the keys they were signed with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import peewee

from intake.store.base import StorePart
from intake.store.schema.origin import DkimKey
from intake.store.schema.tables import Audit, Outbox
from intake.views import SentMail

# A mail in one of these states left, or may have.
_LEFT = ("sent", "unknown")


class SqlOrigins(StorePart):
    """Asked about one mail at a time."""

    def sent(self, message_id: str) -> SentMail | None:
        """Return the mail with this Message-ID, if it left."""
        query = Outbox.select(Outbox.rcpt, Outbox.mime, Outbox.sent_at, Outbox.created_at)
        row = self.db.first(query.where((Outbox.message_id == message_id) & Outbox.state.in_(_LEFT)).tuples())
        return SentMail(row[0], bytes(row[1]), row[2] or row[3]) if row else None

    def kept_since(self) -> datetime | None:
        """Return from when on all that left is known: since the first mail, and since the last erasure."""
        first = self.db.first(Outbox.select(Outbox.created_at).order_by(Outbox.created_at).limit(1).tuples())
        if first is None:
            return None
        begun: datetime = first[0]
        erased = Audit.select(Audit.at).where(Audit.what.startswith("erased ")).order_by(Audit.at.desc())
        last = self.db.first(erased.limit(1).tuples())
        return max(begun, last[0]) if last else begun

    def keep_keys(self, selector: str, domains: Sequence[str], public: str, now: datetime) -> None:
        """Remember the key that mail is signed with; the one before it was used until now."""
        for domain in domains:
            where = (DkimKey.selector == selector) & (DkimKey.domain == domain)
            rows = self.db.rows(
                DkimKey.select(DkimKey.public).where(where & DkimKey.until.is_null()).tuples()
            )
            if rows == [(public,)]:
                continue
            with self.transaction():
                self.db.run(DkimKey.update(until=now).where(where & DkimKey.until.is_null()))
                values: dict[str, Any] = {"selector": selector, "domain": domain, "public": public}
                made = DkimKey.insert(**values, since=now)
                again = {DkimKey.until: None}
                target: list[peewee.Field] = [DkimKey.selector, DkimKey.domain, DkimKey.public]
                self.db.run(made.on_conflict(conflict_target=target, update=again).as_rowcount())

    def keys(self, name: str) -> list[str]:
        """Return the public keys of a name ("selector._domainkey.domain"), retired ones too."""
        selector, _, domain = name.partition("._domainkey.")
        where = (DkimKey.selector == selector) & (DkimKey.domain == domain)
        return [public for (public,) in self.db.rows(DkimKey.select(DkimKey.public).where(where).tuples())]
