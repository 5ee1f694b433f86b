"""What the web counts and knows: posts taken lately, keys of programs, and requests that came before."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from intake.ports.values import Arrival, Received, Rule
from intake.views import ApiKeyRow, ApiRequestRow


class Downloads(Protocol):
    """Links to files that work once; each is known by the hash of its token."""

    def usable(self, hashed: str, most: int) -> bool:
        """Whether a download by this link may be begun; nothing is changed."""

    def begin(self, hashed: str, most: int, expires: datetime, now: datetime) -> bool:
        """Count a download that begins, durably. False where one was complete, or `most` were begun.

        `expires` (aware) is when the link is over, and may be forgotten.
        """

    def end(self, hashed: str, now: datetime) -> None:
        """Write down that a download came to its end: the link is used up."""


class Web(Protocol):
    """The limits of the form and the keys of the API."""

    def receive_post(
        self, arrival: Arrival, rules: Mapping[str, Sequence[Rule]], now: datetime
    ) -> tuple[Received | None, int]:
        """Commit a post to the ledger and count it under each key, in one transaction.

        Returns what `receive` does and 0, or None and the seconds to wait: then nothing was
        stored or counted. The very same post again is known and not counted.
        """

    def receive_request(
        self,
        key: int,
        idempotency: str,
        content: str,
        arrival: Arrival,
        rules: Mapping[str, Sequence[Rule]],
        now: datetime,
    ) -> tuple[ApiRequestRow | None, int]:
        """Commit a program's message, once for each idempotency key of its key, in one transaction.

        Returns the request and 0, or None and the seconds to wait. The request is the earlier one
        where there was one; its `content` tells whether it was the same.
        """

    def wait(self, rules: Mapping[str, Sequence[Rule]], now: datetime) -> int:
        """Return how many seconds to wait until a post fits into all `rules` (by key); 0 when it does now."""

    def admit(self, rules: Mapping[str, Sequence[Rule]], now: datetime) -> int:
        """Count one post under each key and return 0, or count nothing and return the seconds to wait."""

    def count(self, key: str, since: datetime) -> int:
        """Return how many posts were counted under `key` since then."""

    def add_api_key(self, name: str, hashed: str, scopes: Iterable[str], per_hour: int, now: datetime) -> int:
        """Keep a new key by its hash; return its number."""

    def api_key(self, hashed: str) -> ApiKeyRow | None:
        """Return the key with this hash, revoked or not."""

    def api_keys(self) -> list[ApiKeyRow]:
        """Return all keys, the oldest first."""

    def revoke_api_key(self, number: int, now: datetime) -> bool:
        """Make a key void for good; False when it was, or is not there."""

    def api_request(self, key: int, idempotency: str) -> ApiRequestRow | None:
        """Return what was made of a request with this key and idempotency key, None before the first."""

    def api_owns(self, key: int, message: int) -> bool:
        """Whether this key brought that message."""
