"""Keeping which secrets were found where, and reading it. The secrets themselves are never written."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from intake.desk.find_effects import KeepFinds
from intake.desk.sensitive.finds import DETECTOR
from intake.store.base import StorePart
from intake.store.connection import Connection
from intake.store.schema.finds import SecretFind
from intake.views import FindRow


def same_secret(key: bytes, fingerprint: bytes) -> str:
    """Return what a secret is known again by: HMAC-SHA256 under the desk's oldest key, in hex."""
    return hmac.new(key, b"intake-secret-v1 " + fingerprint, hashlib.sha256).hexdigest()


def keep(
    db: Connection,
    effect: KeepFinds,
    ticket: int,
    message: int | None,
    entry: int | None,
    key: bytes,
    now: datetime,
) -> None:
    """Write finds of a message and the entry it became, within the running transaction."""
    for find in effect.finds:
        db.writes.insert(
            SecretFind,
            ticket=ticket,
            message=message,
            entry=entry,
            part=find.part,
            kind=find.kind,
            confidence=find.confidence,
            words=find.words,
            hmac=same_secret(key, find.fingerprint),
            found_at=now,
            detector=DETECTOR,
        )


class SqlFinds(StorePart):
    """Finds, as `intake secret` shows them."""

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

    def clear(self, number: int) -> bool:
        """Note that a find is a false alarm. False where there is none, or it was noted before."""
        with self.transaction():
            where = (SecretFind.id == number) & (SecretFind.state == "hidden")
            return bool(self.db.run(SecretFind.update(state="cleared").where(where)))


def _row(row: SecretFind) -> FindRow:
    return FindRow(
        row.id, row.ticket, row.message, row.entry, row.part, row.kind, row.confidence, row.words,
        row.state, row.found_at, row.detector,
    )  # fmt: skip
