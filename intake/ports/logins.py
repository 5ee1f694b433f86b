"""Logging in with tokens instead of a password: what is kept of an account, and what a channel is given."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from intake.views import LoginRow


class Access(Protocol):
    """Tokens for one account, as a channel asks for them. Use from any thread."""

    @property
    def name(self) -> str:
        """The NAME of [oauth NAME]."""

    def token(self) -> str:
        """Return an access token that is valid for minutes at least.

        Raises NoLogin, and Temporary where the database fails.
        """

    def another(self, refused: str) -> str:
        """Return another token after a server refused this one, "" when there is none to be had now.

        Raises NoLogin, and Temporary where the database fails.
        """


class Logins(Protocol):
    """What is kept of each account, sealed; one process refreshes it at a time. Times are aware, UTC."""

    def get(self, name: str) -> LoginRow | None:
        """Return what is kept of an account."""

    def rows(self) -> Sequence[LoginRow]:
        """Return what is kept of each account, by name."""

    def lease(self, name: str, owner: str, now: datetime, for_: timedelta) -> bool:
        """Take the right to refresh it. False: another owner has it now."""

    def release(self, name: str, owner: str) -> None:
        """Give that right back; nothing when another has it."""

    def keep(self, row: LoginRow, before: str | None) -> bool:
        """Write down what an account has from now on, durably.

        `before` is the mark of the row that it follows from; False, and nothing is written, where that
        is no longer what is kept. None writes it whatever was there: a person logged in.
        """

    def forget(self, name: str) -> bool:
        """Delete what is kept of an account. False when there was nothing."""
