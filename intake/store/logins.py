"""Accounts that are logged in to with tokens: one refresher at a time, and no older token over a newer."""

from dataclasses import asdict
from datetime import datetime, timedelta

from intake.store.base import StorePart
from intake.store.schema.logins import OAuthAccount
from intake.views import LoginRow

# No lease is as long as this: it was taken while the clock was ahead.
LONGEST_LEASE = timedelta(hours=1)


class SqlLogins(StorePart):
    """What is kept of each account. It holds tokens as they were sealed, and can open none."""

    def get(self, name: str) -> LoginRow | None:
        """Return what is kept of an account."""
        row = self.db.first(OAuthAccount.select().where(OAuthAccount.name == name))
        return None if row is None else _row(row)

    def rows(self) -> list[LoginRow]:
        """Return what is kept of each account, by name."""
        return [_row(row) for row in self.db.rows(OAuthAccount.select().order_by(OAuthAccount.name))]

    def lease(self, name: str, owner: str, now: datetime, for_: timedelta) -> bool:
        """Take the right to refresh it. False: another owner has it now."""
        free = (
            OAuthAccount.lease_until.is_null()
            | (OAuthAccount.lease_until < now)
            | (OAuthAccount.lease_until > now + LONGEST_LEASE)
            | (OAuthAccount.owner == owner)
        )
        with self.transaction():
            self.db.run(OAuthAccount.insert(name=name).on_conflict_ignore().as_rowcount())
            query = OAuthAccount.update(owner=owner, lease_until=now + for_)
            return bool(self.db.run(query.where((OAuthAccount.name == name) & free)) == 1)

    def release(self, name: str, owner: str) -> None:
        """Give that right back; nothing when another has it."""
        with self.transaction():
            query = OAuthAccount.update(owner=None, lease_until=None)
            self.db.run(query.where((OAuthAccount.name == name) & (OAuthAccount.owner == owner)))

    def keep(self, row: LoginRow, before: str | None) -> bool:
        """Write down what an account has from now on, durably; False where `before` is not what is kept."""
        values = {name: value for name, value in asdict(row).items() if name not in ("name", "owner")}
        with self.transaction():
            self.db.run(OAuthAccount.insert(name=row.name).on_conflict_ignore().as_rowcount())
            which = OAuthAccount.name == row.name
            if before is not None:
                which &= OAuthAccount.mark == before
            return bool(self.db.run(OAuthAccount.update(**values).where(which)) == 1)

    def forget(self, name: str) -> bool:
        """Delete what is kept of an account. False when there was nothing."""
        with self.transaction():
            return bool(self.db.run(OAuthAccount.delete().where(OAuthAccount.name == name)) == 1)


def _row(row: OAuthAccount) -> LoginRow:
    return LoginRow(
        name=row.name,
        mark=row.mark,
        sealed=row.sealed,
        access=row.access,
        bound=row.bound,
        expires_at=row.expires_at,
        refreshed_at=row.refreshed_at,
        obtained_at=row.obtained_at,
        dies_at=row.dies_at,
        dead=bool(row.dead),
        error=row.error,
        tried_at=row.tried_at,
        failures=row.failures,
        owner=row.owner or "",
    )
