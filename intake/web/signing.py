"""The signed values a page carries: the open form, and the number of what was sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

# A tab left open overnight still works; what is older is asked to press Send again.
FORM_LASTS = timedelta(hours=24)
# The page that says "sent" is bookmarked by some; then it has told all it knows.
SENT_LASTS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Opened:
    """A form somebody opened: its idempotency key and when (aware, UTC, whole milliseconds)."""

    key: str
    at: datetime


class Signer:
    """Makes and reads signed values; `keys` are those of the desk, newest first."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        # itsdangerous signs with the last of its keys and reads with all of them.
        oldest_first = [key.hex() for key in reversed(keys)]
        self._form = URLSafeSerializer(oldest_first, salt="intake-form-v1")
        self._sent = URLSafeSerializer(oldest_first, salt="intake-sent-v1")

    def form(self, key: str, now: datetime) -> str:
        """Return the token of a form opened at `now`."""
        return str(self._form.dumps([key, _milliseconds(now)]))

    def read_form(self, token: str, now: datetime) -> Opened | None:
        """Return what `token` says, or None when it is not ours or too old."""
        key, at = _pair(self._form, token)
        if not isinstance(key, str) or at is None or not at <= now < at + FORM_LASTS:
            return None
        return Opened(key, at)

    def sent(self, ledger_id: int, now: datetime) -> str:
        """Return the name of the page for one ledger row."""
        return str(self._sent.dumps([ledger_id, _milliseconds(now)]))

    def read_sent(self, token: str, now: datetime) -> int | None:
        """Return the ledger row, or None when `token` is not ours or too old."""
        number, at = _pair(self._sent, token)
        return number if isinstance(number, int) and at is not None and now < at + SENT_LASTS else None


def _pair(serializer: URLSafeSerializer, token: str) -> tuple[object, datetime | None]:
    try:
        value, milliseconds = serializer.loads(token)
        return value, datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (BadData, TypeError, ValueError, OverflowError):
        return None, None


def _milliseconds(now: datetime) -> int:
    return int(now.timestamp() * 1000)
