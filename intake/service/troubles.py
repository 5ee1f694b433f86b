"""Telling a person what goes wrong again and again: in the log, in `intake status`, and by mail.

The mail goes to the admin of `[desk] admin`, else to the agents; once for each trouble,
and once more each day for as long as it lasts. It is made by hand, for a template may be
what is wrong, and it holds nothing that a user wrote.
"""

import logging
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime

from intake.desk.effects import MailKind, Outgoing
from intake.mail.outgoing import compose
from intake.ports import Store
from intake.views import TroubleRow

log = logging.getLogger("intake.service.troubles")

# The same trouble is told again after this long.
AGAIN = timedelta(days=1)
# Mails about troubles in an hour; what is beyond stands in `intake status`, and the last mail says so.
MOST_AN_HOUR = 10
# Without an admin in the config, this many agents are told.
MOST_AGENTS = 5
_WHO = "If you do not run this desk yourself, please forward this to the person who does.\n"


class Teller:
    """Tells the people of one desk. Safe in several processes at once: each mail is owed once."""

    def __init__(
        self,
        store: Store,
        name: str,
        address: str,
        admin: str,
        sign: Callable[[bytes, str], bytes] | None = None,
    ) -> None:
        """`name` and `address` are the desk's; `admin` is who is told, "": the agents."""
        self._store, self._name, self._address = store, name, address
        self._admin, self._sign = admin, sign

    def met(
        self, key: str, text: str, now: datetime, times: int = 1, after: timedelta = timedelta(0)
    ) -> Sequence[int]:
        """Say that `key` went wrong once more. Returns the ids of the mails that tell of it.

        A person is told when it has gone wrong so many `times` and for as long as `after`.
        `text` is a sentence or two for them, with what to do.
        """
        row = self._store.troubles.met(key, text, now)
        if row.count < times or now - row.since < after:
            return ()
        if row.told_at is not None and timedelta(0) <= now - row.told_at < AGAIN:
            return ()
        lately = sum(_lately(trouble, now) for trouble in self._store.troubles.current(now))
        if lately >= MOST_AN_HOUR:
            log.error("%s", text, extra={"trouble": key, "mailed": False})
            return ()
        log.error("%s", text, extra={"trouble": key, "count": row.count})
        # Both or neither, or who is killed in between keeps it from people for a day. Of two processes that
        # come here at once, the mail's own key stops one.
        with self._store.transaction():
            self._store.troubles.notified(key, now)
            return [
                outbox_id
                for address in self._people()
                if (outbox_id := self._owe(address, row, now, last=lately + 1 == MOST_AN_HOUR)) is not None
            ]

    def once(self, key: str, text: str, now: datetime) -> Sequence[int]:
        """Notify a person of something that is to come, once for each `key`. Returns the ids of the mails.

        `text` is a sentence or two for them, with what to do.
        """
        letters = [
            (f"ahead:{key}:{address.lower()}", self._letter(address, f"{text}\n\n{_WHO}", now))
            for address in self._people()
        ]
        owed = [self._store.outbox.owe(outgoing, dedupe, now) for dedupe, outgoing in letters]
        return [outbox_id for outbox_id in owed if outbox_id is not None]

    def over(self, key: str) -> None:
        """Say that it goes well again."""
        if self._store.troubles.over(key):
            log.info("it goes well again", extra={"trouble": key})

    def present(self, now: datetime) -> set[str]:
        """Return the keys of what goes wrong at present."""
        return {trouble.key for trouble in self._store.troubles.current(now)}

    def _people(self) -> Sequence[str]:
        return (
            (self._admin,)
            if self._admin
            else [agent.address for agent in self._store.agents.enabled()][:MOST_AGENTS]
        )

    def _owe(self, recipient: str, row: TroubleRow, now: datetime, last: bool) -> int | None:
        outgoing = self._letter(recipient, _text(row, last), now)
        day = f"{row.since:%Y%m%d%H%M%S}:{now:%Y%m%d}"
        return self._store.outbox.owe(outgoing, f"trouble:{row.key}:{day}:{recipient.lower()}", now)

    def _letter(self, recipient: str, text: str, now: datetime) -> Outgoing:
        base = compose.wire_domain(self._address)
        domain = base.rpartition("@")[2]
        message_id = f"{secrets.token_hex(16)}@{domain}"
        headers = (
            compose.mailbox_header("From", self._name, base),
            compose.mailbox_header("To", "", recipient),
            compose.unstructured("Subject", f"{self._name}: action needed"),
            f"Date: {format_datetime(now)}",
            compose.message_ids("Message-ID", [message_id]),
            "Auto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: All",
        )
        raw = compose.message(headers, text, [], f"=_{secrets.token_hex(16)}")
        return Outgoing(MailKind.ALERT, "", recipient, message_id, self._signed(raw, domain))

    def _signed(self, raw: bytes, domain: str) -> bytes:
        """Return the mail with its signature, without where none can be made: that may be the trouble."""
        try:
            return self._sign(raw, domain) if self._sign else raw
        except Exception:
            log.exception("an email about a trouble could not be signed")
            return raw


def _lately(row: TroubleRow, now: datetime) -> bool:
    return row.told_at is not None and timedelta(0) <= now - row.told_at < timedelta(hours=1)


def _text(row: TroubleRow, last: bool) -> str:
    often = "once" if row.count == 1 else f"{row.count} times since {row.since:%Y-%m-%d %H:%M} UTC"
    more = "There may be more: this is the last such email for an hour.\n\n" if last else ""
    return (
        f"{row.what}\n\nThis happened {often}. {more}"
        "`intake status` shows what is wrong now. While this lasts, you are notified once a day.\n"
        f"{_WHO}"
    )
