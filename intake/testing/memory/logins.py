"""Accounts that are logged in to with tokens, in memory."""

from dataclasses import replace
from datetime import datetime, timedelta

from intake.store.logins import LONGEST_LEASE
from intake.testing.memory.state import MemoryPart
from intake.views import LoginRow


class MemoryLogins(MemoryPart):
    """What is kept of each account."""

    def get(self, name: str) -> LoginRow | None:
        """Return what is kept of an account."""
        row = self._now.logins.get(name)
        owner, _ = self._now.login_leases.get(name, ("", None))
        return None if row is None else replace(row, owner=owner)

    def rows(self) -> list[LoginRow]:
        """Return what is kept of each account, by name."""
        return [row for name in sorted(self._now.logins) if (row := self.get(name)) is not None]

    def lease(self, name: str, owner: str, now: datetime, for_: timedelta) -> bool:
        """Take the right to refresh it. False: another owner has it now."""
        with self._memory.transaction() as state:
            state.logins.setdefault(name, LoginRow(name))
            holder, until = state.login_leases.get(name, (owner, now))
            if holder != owner and now <= until <= now + LONGEST_LEASE:
                return False
            state.login_leases[name] = owner, now + for_
            return True

    def release(self, name: str, owner: str) -> None:
        """Give that right back; nothing when another has it."""
        with self._memory.transaction() as state:
            if state.login_leases.get(name, ("", None))[0] == owner:
                del state.login_leases[name]

    def keep(self, row: LoginRow, before: str | None) -> bool:
        """Write down what an account has from now on; False where `before` is not what is kept."""
        with self._memory.transaction() as state:
            if before is not None and state.logins.get(row.name, LoginRow(row.name)).mark != before:
                return False
            state.logins[row.name] = replace(row, owner="")
            return True

    def forget(self, name: str) -> bool:
        """Delete what is kept of an account. False when there was nothing."""
        with self._memory.transaction() as state:
            state.login_leases.pop(name, None)
            return state.logins.pop(name, None) is not None
