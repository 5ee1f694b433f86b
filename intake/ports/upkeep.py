"""How the desk does: counts, the audit, jobs, troubles, and previews that are still to be made."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from intake.desk.canned_texts import ApprovedText
from intake.views import AuditRow, Pace, TroubleRow, Vitals


class Upkeep(Protocol):
    """Counts, the audit and the periodic jobs."""

    def vitals(self, now: datetime) -> Vitals:
        """Return how much waits, is late and was sent, at `now` (aware)."""

    def counts(self) -> Mapping[str, int]:
        """Return how much is waiting, quarantined, due, unknown and failed, and the open tickets."""

    def list_audit(
        self, ticket: int | None = None, who: str = "", since: datetime | None = None, limit: int = 50
    ) -> list[AuditRow]:
        """Return what was done, newest first."""

    def approve(self, texts: Sequence[ApprovedText]) -> None:
        """Let texts past the guard; one that may pass already stays as it is."""

    def record_audit(self, who: str, action: str, now: datetime, authority: str = "command line") -> None:
        """Write down who did what, and by what authority."""

    def record_job(self, name: str, now: datetime) -> None:
        """Record that a periodic job ended well."""

    def job_runs(self) -> Mapping[str, datetime]:
        """Return when each periodic job last ended well."""

    def record_pace(
        self, process: str, counted: Mapping[str, float], lately: Mapping[str, float], now: datetime
    ) -> None:
        """Add to the desk's sums what `process` (a lease owner's name) has counted since it last did so, and
        keep what it counted lately in place of what it had there."""

    def forget_pace(self, now: datetime, gone: Callable[[str], bool]) -> None:
        """Forget what processes counted lately of which `gone` says that they ended, or that are silent for
        a day. The desk's sums stay."""

    def pace(self, now: datetime) -> Pace:
        """Return the desk's sums, and what each process that lives at `now` counted lately."""


class Troubles(Protocol):
    """What goes wrong again and again, until it goes well."""

    def met(self, key: str, text: str, now: datetime) -> TroubleRow:
        """Write down that `key` went wrong once more; return what is known of it.

        `text` is for people; it holds nothing that a user wrote.
        """

    def notified(self, key: str, now: datetime) -> None:
        """Write down that a person was told of it."""

    def over(self, key: str) -> bool:
        """Forget it: it goes well again. False when there was none."""

    def current(self, now: datetime) -> list[TroubleRow]:
        """Return what goes wrong at present, the oldest first."""


class Previews(Protocol):
    """Previews of pictures, and the pictures that still want one."""

    def get(self, sha256: str) -> bytes | None:
        """Return the preview of a picture by the picture's sha256, None when there is none."""

    def wanted(self, now: datetime, limit: int) -> list[str]:
        """Return the pictures that want a preview now, those that have waited longest first."""

    def begin(self, sha256: str, now: datetime) -> bool:
        """Count an attempt, durably. False when another process was quicker, or there were enough."""

    def end(self, sha256: str, content: bytes, now: datetime, again: bool) -> None:
        """Keep what was made, b"" for nothing; `again`: it is worth another attempt, if any is left."""
