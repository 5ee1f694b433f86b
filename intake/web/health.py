"""What machines ask: `/readyz` whether database and disk take mail, `/metrics` how it is (for Prometheus).

All figures come from the database, so that any number of processes say the same. They are
read at most once in a few seconds, however often somebody asks.
"""

import hmac
import logging
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Response, request

from intake import __version__
from intake.oauth.standing import Standing, standings
from intake.ports import Temporary
from intake.service.looking import SCANNER, SCANNER_TOLD
from intake.service.sending import SENDER
from intake.views import MailboxRow, Pace, Vitals

if TYPE_CHECKING:
    from intake.app import Desk

log = logging.getLogger("intake.web")

# Prometheus asks every 15 to 60 seconds; what is younger is not counted anew.
FRESH_SECONDS = 5.0
# The sums of intake/runtime/pace.py: of all processes, since the desk began.
PACE = (
    ("decided", "Messages decided on, by processes that go on."),
    ("batches", "Sets of messages taken up to be decided on together."),
    ("batch_sizes", "Messages in those sets."),
    ("decide_seconds", "Seconds of taking up and deciding."),
    ("decide_writer_wait_seconds", "Seconds of that spent waiting for a turn to write (SQLite)."),
    ("key_waits", "Messages passed over, for one with a shared key comes first."),
    ("writer_waits", "Waits of any thread for a turn to write (SQLite)."),
    ("writer_wait_seconds", "Seconds of those waits."),
    ("commits", "Write transactions committed."),
    ("grouped", "What shared a commit with another before it."),
)
# Anybody may ask whether it is ready, and each try to write is a commit.
PROBED_SECONDS = 10.0
_PLAIN = "text/plain; charset=utf-8"


class HealthPages:
    """The views. `/metrics` is there only with `[web] metrics_token`, which the asker must show."""

    def __init__(self, desk: "Desk") -> None:
        self._desk, self._token = desk, str(desk.settings.web.metrics_token)
        self._lock, self._made, self._text = threading.Lock(), 0.0, b""
        self._accounts: tuple[Standing, ...] = ()
        self._stood = -FRESH_SECONDS
        self._trying, self._tried, self._took = threading.Lock(), -PROBED_SECONDS, True

    def readyz(self) -> Response:
        """GET /readyz: 200 when the database takes what is written, the disk has room, the mail server takes
        what we send from, no account waits for a person to log in ([oauth NAME]) and files have not waited
        for the virus scanner for an hour, else 503; names no internals."""
        if not self._takes() or self._troubled():
            return Response("not ready\n", 503, content_type=_PLAIN)
        if shutil.disk_usage(self._desk.settings.desk.data).free < LEAST_FREE:
            return Response("not ready\n", 503, content_type=_PLAIN)
        if self._locked_out():
            return Response("not ready\n", 503, content_type=_PLAIN)
        return Response("ready\n", content_type=_PLAIN)

    def _troubled(self) -> bool:
        """Whether the mail server does not take what we send from, or files have waited to be scanned."""
        now = self._desk.service.clock()
        return any(
            trouble.key.startswith(SENDER) or (trouble.key == SCANNER and now - trouble.since >= SCANNER_TOLD)
            for trouble in self._desk.store.troubles.current(now)
        )

    def _locked_out(self) -> bool:
        """Whether what reads or sends mail cannot be logged in to until a person does."""
        return any(standing.used_by and standing.out for standing in self._standings())

    def _standings(self) -> Sequence[Standing]:
        """Return how it stands with the accounts of the config, read at most once in a few seconds."""
        desk = self._desk
        if not desk.settings.oauth:
            return ()
        with self._lock:
            if time.monotonic() - self._stood > FRESH_SECONDS:
                self._accounts = tuple(standings(desk.settings, desk.accounts.tokens()))
                self._stood = time.monotonic()
            return self._accounts

    def _takes(self) -> bool:
        """Whether the database answers, and took something at the last try, which is made once in a while."""
        store = self._desk.store
        try:
            store.upkeep.job_runs()
        except Temporary:
            return False
        # While somebody tries, which may take as long as a lock is held, others hear how it went before.
        if time.monotonic() - self._tried > PROBED_SECONDS and self._trying.acquire(blocking=False):
            try:
                store.probe(self._desk.service.clock())
                self._took, self._tried = True, time.monotonic()
            except Temporary:
                # Tried again at once, so that the next who asks hears as soon as it takes again.
                self._took = False
            finally:
                self._trying.release()
        return self._took

    def metrics(self) -> Response:
        """GET /metrics, with `Authorization: Bearer TOKEN`."""
        header = request.headers.get("Authorization", "")
        if not self._token or not hmac.compare_digest(header.encode(), f"Bearer {self._token}".encode()):
            # Without the token nobody learns that there is such a page.
            return Response("not found\n", 404, content_type=_PLAIN)
        accounts = self._standings()
        with self._lock:
            if not self._text or time.monotonic() - self._made > FRESH_SECONDS:
                self._text, self._made = self._read(accounts), time.monotonic()
            return Response(self._text, content_type="text/plain; version=0.0.4; charset=utf-8")

    def _read(self, accounts: Sequence[Standing]) -> bytes:
        from prometheus_client import CollectorRegistry, generate_latest

        desk, now = self._desk, self._desk.service.clock()
        vitals, boxes = desk.store.upkeep.vitals(now), desk.store.mailboxes.states()
        ages = {box.name: _since(box, now) for box in boxes}
        free = shutil.disk_usage(desk.settings.desk.data).free
        registry = CollectorRegistry()
        jobs = {name: (now - ran).total_seconds() for name, ran in desk.store.upkeep.job_runs().items()}
        pace, braked = desk.store.upkeep.pace(now), desk.store.rates.braked_at(now) is not None
        registry.register(_Collector(vitals, ages, free, braked, jobs, pace))
        registry.register(_Logins(accounts, now))
        return bytes(generate_latest(registry))


# Below this a mail of the largest size and its tickets may no longer fit, in bytes.
LEAST_FREE = 100 * 1024 * 1024


def _since(box: MailboxRow, now: Any) -> float | None:
    return (now - box.last_success).total_seconds() if box.last_success else None


class _Collector:
    """The figures of one moment, as the library asks for them."""

    def __init__(
        self,
        vitals: Vitals,
        ages: dict[str, float | None],
        free: int,
        braked: bool,
        jobs: dict[str, float],
        pace: Pace,
    ) -> None:
        self._vitals, self._ages, self._free = vitals, ages, free
        self._braked, self._jobs, self._pace = braked, jobs, pace

    def collect(self) -> Iterator[Any]:
        """Yield the metrics."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily

        now = self._vitals
        yield InfoMetricFamily("intake", "The program that runs.", {"version": __version__})
        for name, text, count in (
            ("intake_received", "Messages received.", now.received),
            ("intake_processed", "Messages processed.", now.messages["done"]),
            ("intake_sent", "Emails sent.", now.mails["sent"]),
        ):
            yield CounterMetricFamily(name, text, value=count)
        for key, text in PACE:
            yield CounterMetricFamily(f"intake_{key}", text, value=self._pace.sums.get(key, 0))
        for name, text, value in (
            (
                "intake_messages_quarantined",
                "Messages in quarantine that need a person.",
                now.messages["quarantined"] - sum(now.kept.values()),
            ),
            ("intake_mails_failed", "Emails refused permanently.", now.mails["failed"]),
            ("intake_tickets_open", "Open tickets.", now.open_tickets),
            ("intake_decide_lag_seconds", "Age of the oldest unprocessed message.", now.decide_age),
            ("intake_send_lag_seconds", "Age of the oldest unsent email.", now.send_age),
            ("intake_promises_at_risk", "SLA targets due within 1 h.", now.promises_at_risk),
            ("intake_promises_late", "SLA targets breached and still open.", now.promises_late),
            ("intake_disk_free_bytes", "Free bytes on the disk of the data folder.", self._free),
            ("intake_processes", "Processes that wrote their pace down lately.", len(self._pace.lately)),
            ("intake_brake", "1 while automatic email is paused.", int(self._braked)),
        ):
            yield GaugeMetricFamily(name, text, value=value)
        mails = GaugeMetricFamily("intake_mails", "Emails by state.", labels=["state"])
        messages = GaugeMetricFamily("intake_messages", "Messages by state.", labels=["state"])
        for family, counts in ((mails, now.mails), (messages, now.messages)):
            for state, count in counts.items():
                family.add_metric([state], count)
            yield family
        kept = GaugeMetricFamily(
            "intake_messages_kept", "Messages in quarantine by a block or a rule.", labels=["rule"]
        )
        for rule, count in now.kept.items():
            kept.add_metric([rule], count)
        yield kept
        read = GaugeMetricFamily(
            "intake_mailbox_unread_seconds", "Seconds since a mailbox was last read.", labels=["mailbox"]
        )
        for name, age in self._ages.items():
            if age is not None:
                read.add_metric([name], age)
        yield read
        ran = GaugeMetricFamily("intake_job_seconds", "Seconds since a job last succeeded.", labels=["job"])
        for name, since in self._jobs.items():
            ran.add_metric([name], since)
        yield ran


class _Logins:
    """What /metrics says of accounts that are logged in to with tokens."""

    def __init__(self, accounts: Sequence[Standing], now: datetime) -> None:
        self._accounts, self._now = accounts, now

    def collect(self) -> Iterator[Any]:
        """Yield the families; without accounts there is nothing to say."""
        from prometheus_client.core import GaugeMetricFamily

        if not self._accounts:
            return
        text = "1 while an account is logged in to, 0 while a person is needed."
        well = GaugeMetricFamily("intake_login_ok", text, labels=["account"])
        text = "Seconds until a login, client secret or certificate ends."
        ends = GaugeMetricFamily("intake_login_ends_seconds", text, labels=["account", "what"])
        for standing in self._accounts:
            well.add_metric([standing.name], int(not standing.out))
            for end in standing.ends:
                ends.add_metric([standing.name, end.kind], (end.at - self._now).total_seconds())
        yield well
        yield ends
