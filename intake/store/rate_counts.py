"""What came and went lately, counted in one statement for many messages: what the brakes judge by."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from intake.desk.ceilings import ceiling_key
from intake.desk.effects import MailKind
from intake.desk.facts import Facts
from intake.desk.message import Address, Message
from intake.desk.partners import KEY
from intake.store import pending_counts
from intake.store.base import StorePart
from intake.store.pending_counts import Before
from intake.store.schema import tables
from intake.store.schema.fields import MICROSECOND, Key, Moment, TextColumn, clean
from intake.store.schema.tables import Meta, Outbox
from intake.store.statement import SetStatement, Statement, hole

# Counts of messages end here: no limit is above it, and a flood must not make counting slow.
MOST = 1000
# The clocks of several machines, and of one that is put right by NTP, differ by less.
AHEAD = timedelta(hours=1)
# A mail this soon after an automatic one of ours was hardly written by a person.
QUICK = timedelta(seconds=15)
# So many of a sender's latest messages are looked at for signs of a robot.
LATEST = 50

_CUSTOMER = ", ".join(f"'{kind}'" for kind in pending_counts.CUSTOMER)
_BUDGETED = ", ".join(f"'{kind}'" for kind in pending_counts.BUDGETED)
_OPENING, _ANSWERING = (
    ", ".join(f"'{rule}'" for rule in rules) for rules in (pending_counts.OPENING, pending_counts.ANSWERING)
)
_COUNT = "SELECT COUNT(*) FROM outbox WHERE"
_META = "SELECT CAST(value AS BIGINT) FROM meta WHERE name ="


_HOUR, _DAY, _MINUTES = (
    f"created_at > :{since} AND created_at < :soon" for since in ("hour", "day", "minutes")
)
# What counts for the whole desk is counted once for all messages, and says so: nothing of it is of a row.
_SOON = "(SELECT MAX(soon) FROM v)"
_OF_ALL = f"created_at > (SELECT MAX(hour) FROM v) AND created_at < {_SOON}"
_RECEIVED_HOUR, _RECEIVED_DAY = (
    f"received_at > :{since} AND received_at < :soon" for since in ("hour", "day")
)


def _latest(column: str, rules: str) -> str:
    return (
        f"SELECT COUNT(*) FROM (SELECT 1 FROM message WHERE {column} = :sender AND {_RECEIVED_HOUR} "
        f"AND NOT archive AND rule IN ({rules}) LIMIT {MOST}) x"
    )


_SENDERS = (
    f"FROM (SELECT received_at, text_hash FROM message WHERE sender_ceiling = :address AND {_RECEIVED_DAY} "
    f"ORDER BY received_at DESC LIMIT {LATEST}) m"
)
# Whether a mail of ours had left to the address just before a message came.
_QUICK = (
    "EXISTS (SELECT 1 FROM outbox o WHERE o.rcpt_ceiling = :address AND o.created_at > :day "
    f"AND o.created_at < :soon AND o.kind IN ({_CUSTOMER}) AND o.sent_at <= {{received}} "
    f"AND o.sent_at > {{received}} - {QUICK // MICROSECOND})"
)
# One statement, because it stands in the way of every message.
_TEXT = f"""SELECT v.digest,
({_COUNT} rcpt_ceiling = :address AND {_HOUR} AND kind IN ({_CUSTOMER})),
({_COUNT} rcpt_ceiling = :address AND {_DAY} AND kind IN ({_CUSTOMER})),
({_COUNT} rcpt_ceiling = :address AND {_DAY} AND kind = '{MailKind.ACKNOWLEDGEMENT.value}'),
({_COUNT} rcpt_domain = :domain AND {_HOUR} AND kind IN ({_CUSTOMER})),
({_COUNT} kind IN ({_BUDGETED}) AND {_OF_ALL}
  AND created_at > COALESCE(({_META} 'brake_released' AND CAST(value AS BIGINT) < {_SOON}), 0)),
({_COUNT} kind = 'alert' AND {_OF_ALL}),
({_COUNT} ticket = :ticket AND {_MINUTES} AND kind IN ({_CUSTOMER})),
({_COUNT} ticket = :ticket AND {_DAY} AND kind IN ({_CUSTOMER})),
({_COUNT} ticket = :about AND {_HOUR} AND kind = 'alert'),
({_latest("sender_ceiling", _OPENING).replace(":sender", ":address")}),
({_latest("sender_domain", _OPENING).replace(":sender", ":domain")}),
({_latest("sender_ceiling", _ANSWERING).replace(":sender", ":address")}),
(SELECT COUNT(*) {_SENDERS} WHERE {_QUICK.format(received="m.received_at")}),
(SELECT COUNT(*) {_SENDERS} WHERE m.text_hash = :text AND m.text_hash <> ''),
({_COUNT} rcpt_ceiling = :address AND {_HOUR} AND kind = 'alert'),
({_COUNT} ticket = :about AND {_HOUR} AND kind = 'notice' AND SUBSTR(dedupe_key, 1, {len(KEY)}) = '{KEY}'),
({_COUNT} rcpt_ceiling = :address AND {_DAY} AND kind = '{MailKind.WARNING.value}'),
(SELECT MAX(id) FROM ticket WHERE flood = :address AND {_DAY} AND flood <> ''),
(SELECT MAX(id) FROM ticket WHERE flood = :at_domain AND {_DAY} AND flood <> ''),
({_META} 'brake'),
(SELECT id FROM outbox WHERE message_id = :own AND state IN ('unknown', 'due', 'sending')),
(SELECT id FROM outbox WHERE message_id = :own),
({_QUICK.format(received=":received")})
FROM v"""
_OWED = Statement(
    lambda: Outbox.select(Outbox.created_at, Outbox.kind).where(
        (Outbox.rcpt_ceiling == hole(Outbox.rcpt_ceiling))
        & (Outbox.created_at > hole(Outbox.created_at, "since"))
        & Outbox.kind.in_(pending_counts.CUSTOMER)
    )
)

_STATEMENT = SetStatement(
    re.sub(r":([a-z_]+)", r"v.\1", _TEXT),
    digest=tables.Message.sha256,
    **dict.fromkeys(("address", "domain", "at_domain", "own"), Key()),
    **dict.fromkeys(("ticket", "about"), Outbox.ticket),
    **dict.fromkeys(("hour", "day", "minutes", "soon", "received"), Moment()),
    text=TextColumn[str](),
)


@dataclass(frozen=True, slots=True)
class Counted:
    """A message, the ticket it belongs to, the one a report or a partner's answer is about, and when it was
    received, aware."""

    message: Message
    ticket: int | None = None
    about: int | None = None
    received_at: datetime | None = None


def _values(counted: Counted, now: datetime) -> dict[str, Any]:
    message, sender = counted.message, counted.message.sender
    return {
        "digest": message.digest,
        "address": ceiling_key(sender.mailbox) if sender else "",
        "domain": sender.domain if sender else "",
        "at_domain": f"@{sender.domain}" if sender and sender.domain else "",
        "ticket": counted.ticket or 0,
        "about": counted.about or counted.ticket or 0,
        "own": message.message_id,
        "text": text_hash(message.new_text),
        "hour": now - timedelta(hours=1),
        "day": now - timedelta(days=1),
        "minutes": now - timedelta(minutes=10),
        # What is later than this was written while the clock was ahead, and is of no day.
        "soon": now + AHEAD,
        "received": counted.received_at or now,
    }


@dataclass(frozen=True, slots=True)
class Traffic:
    """The counts, as `Facts` describes them; `flood_…` are ticket numbers."""

    address_hour: int
    address_day: int
    acknowledged_day: int
    domain_hour: int
    desk_hour: int
    alerts_hour: int
    ticket_minutes: int
    ticket_day: int
    alerts_ticket_hour: int
    tickets_address: int
    tickets_domain: int
    answers_address: int
    quick_returns: int
    same_text: int
    alerts_address: int
    partner_notices: int
    warned_day: int
    flood_address: int | None
    flood_domain: int | None
    braked_at: datetime | None
    unsettled: int | None
    own: int | None

    def by_fact(self) -> dict[str, Any]:
        """Return the counts by the names that the rules have for them."""
        return {
            "automatic_last_hour": self.address_hour,
            "automatic_last_day": self.address_day,
            "acknowledged_last_day": self.acknowledged_day,
            "automatic_desk_hour": self.desk_hour,
            "automatic_domain_hour": self.domain_hour,
            "automatic_ticket_minutes": self.ticket_minutes,
            "automatic_ticket_day": self.ticket_day,
            "alerts_desk_hour": self.alerts_hour,
            "alerts_ticket_hour": self.alerts_ticket_hour,
            "alerts_address_hour": self.alerts_address,
            "partner_notices_hour": self.partner_notices,
            "warned_last_day": self.warned_day,
            "tickets_address_hour": self.tickets_address,
            "tickets_domain_hour": self.tickets_domain,
            "answers_address_hour": self.answers_address,
            "quick_returns": self.quick_returns,
            "same_text": self.same_text,
        }

    def for_requester(self, failed: str, now: datetime) -> Facts:
        """Return the facts that ceilings on automatic mail to a requester are judged by."""
        return Facts(
            now=now,
            automatic_last_hour=self.address_hour,
            automatic_last_day=self.address_day,
            automatic_desk_hour=self.desk_hour,
            automatic_domain_hour=self.domain_hour,
            automatic_ticket_minutes=self.ticket_minutes,
            automatic_ticket_day=self.ticket_day,
            alerts_desk_hour=self.alerts_hour,
            alerts_ticket_hour=self.alerts_ticket_hour,
            warned_last_day=self.warned_day,
            braked_at=self.braked_at,
            failed=failed,
        )


_COUNTS = tuple(field.name for field in fields(Traffic))[:17]


def text_hash(text: str) -> str:
    """Return what two messages of the same words have in common; "" for no words."""
    words = " ".join(clean(text).split()).lower()
    return hashlib.sha256(words.encode()).hexdigest()[:32] if words else ""


class RateCounts(StorePart):
    """Counting, and the circuit breaker, which is two rows of the table `meta`."""

    def count(self, message: Message, ticket: int | None, about: int | None, now: datetime) -> Traffic:
        """Count what concerns this sender and these tickets: the one it belongs to, the one a report
        or a partner's answer is about. Times are aware."""
        counted = Counted(message, ticket, about)
        return self.traffic(counted, self.count_all([counted], now)[message.digest], (), now)

    def count_all(self, asked: Iterable[Counted], now: datetime) -> dict[str, Any]:
        """Count what concerns these messages, as the database has it; return the answers by their digests."""
        values = [_values(counted, now) for counted in asked]
        return {row[0]: row for row in self.db.each(_STATEMENT, values)} if values else {}

    def traffic(
        self, counted: Counted, row: Sequence[Any], before: Sequence[Before], now: datetime
    ) -> Traffic:
        """Return the counts for a message: what the database had (`row`), and what `before` and the mails
        that are still to be written add to it."""
        values = _values(counted, now)
        counts = [int(count) for count in row[1:18]]
        address, domain, braked, unsettled, own = row[18:23]
        if before or not self.db.nothing_to_write:
            more = pending_counts.added(self.db, values, before)
            counts = [count + added for count, added in zip(counts, more, strict=True)]
            address = pending_counts.flood(self.db, values["address"]) or address
            domain = pending_counts.flood(self.db, values["at_domain"]) or domain
        if not values["address"]:
            # Nobody's mails are not one sender's.
            counts[0:4], counts[9:15], counts[16] = [0] * 4, [0] * 6, 0
        # The message itself says it too.
        counts[13] += bool(values["text"])
        return Traffic(
            **dict(zip(_COUNTS, counts, strict=True)),
            flood_address=address,
            flood_domain=domain,
            braked_at=_when(braked),
            unsettled=unsettled,
            own=own,
        )

    @staticmethod
    def quick(row: Sequence[Any]) -> bool:
        """Whether a message came right after an automatic mail to its sender, by its row of the answer."""
        return bool(row[23])

    def owed_to(self, sender: Address | None, now: datetime) -> tuple[int, int, int]:
        """Return how many automatic mails the mailbox of this address was owed in the last hour and day,
        and how many of the day's were acknowledgements."""
        if sender is None or not sender.mailbox:
            return 0, 0, 0
        owed = self.db.fetch(_OWED, rcpt_ceiling=ceiling_key(sender.mailbox), since=now - timedelta(days=1))
        lately = sum(at > now - timedelta(hours=1) for at, _ in owed)
        return lately, len(owed), sum(kind == MailKind.ACKNOWLEDGEMENT.value for _, kind in owed)

    def pull_brake(self, now: datetime) -> None:
        """Stop automatic mail from now on, for an hour or until it is released."""
        with self.transaction():
            self._meta("brake", _moment(now))

    def release_brake(self, now: datetime) -> bool:
        """Let automatic mail go again and begin counting anew. False when it was not stopped."""
        with self.transaction():
            held = self.braked_at(now) is not None
            self.db.run(Meta.delete().where(Meta.name == "brake"))
            self._meta("brake_released", _moment(now))
        return held

    def braked_at(self, now: datetime) -> datetime | None:
        """Return when the breaker was pulled, None when it does not hold."""
        row = self.db.first(Meta.select(Meta.value).where(Meta.name == "brake").tuples())
        pulled = _when(row[0] if row else None)
        return pulled if pulled and -AHEAD < now - pulled < timedelta(hours=1) else None

    def _meta(self, name: str, value: object) -> None:
        query = Meta.insert(name=name, value=str(value))
        self.db.run(
            query.on_conflict(conflict_target=[Meta.name], update={Meta.value: str(value)}).as_rowcount()
        )


def _moment(at: datetime) -> Any:
    return Moment().db_value(at)


def _when(value: Any) -> datetime | None:
    moment: datetime | None = Moment().python_value(value)
    return moment.astimezone(UTC) if moment else None
