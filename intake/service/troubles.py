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
from intake.desk.text.said import counted, joined, said
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


class Teller:
    """Tells the people of one desk. Safe in several processes at once: each mail is owed once."""

    def __init__(
        self,
        store: Store,
        name: str,
        address: str,
        admin: str,
        sign: Callable[[bytes, str], bytes] | None = None,
        sender: str = "",
        language: str = "en",
        say: Callable[[str, str], str] = lambda text, language: str(text),
    ) -> None:
        """`name` and `address` are the desk's; `admin` is who is told, "": the agents.

        `sender` is the envelope sender that the mail server is surest to take: the trouble may be that it
        refuses others. `say` returns a sentence in a language: that of an agent who set one, else the desk's
        (`language`).
        """
        self._store, self._name, self._address = store, name, address
        self._admin, self._sign, self._sender = admin, sign, sender
        self._language, self._say = language, say

    def met(
        self, key: str, text: str, now: datetime, times: int = 1, after: timedelta = timedelta(0)
    ) -> Sequence[int]:
        """Say that `key` went wrong once more. Returns the ids of the mails that tell of it.

        A person is told when it has gone wrong so many `times` and for as long as `after`.
        `text` is a sentence or two for them, with what to do: said in their language by mail, and kept and
        logged in English.
        """
        row = self._store.troubles.met(key, str(text), now)
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
                for address, language in self._people()
                if (outbox_id := self._owe(address, language, row, text, now, lately + 1 == MOST_AN_HOUR))
                is not None
            ]

    def once(self, key: str, text: str, now: datetime) -> Sequence[int]:
        """Notify a person of something that is to come, once for each `key`. Returns the ids of the mails.

        `text` is a sentence or two for them, with what to do.
        """
        forward = said("If you do not run this desk yourself, please forward this to the person who does.")
        whole = joined([text, forward], "\n\n")
        owed = [
            self._store.outbox.owe(
                self._letter(address, language, whole, now), f"ahead:{key}:{address.lower()}", now
            )
            for address, language in self._people()
        ]
        return [outbox_id for outbox_id in owed if outbox_id is not None]

    def over(self, key: str) -> None:
        """Say that it goes well again."""
        if self._store.troubles.over(key):
            log.info("it goes well again", extra={"trouble": key})

    def present(self, now: datetime) -> set[str]:
        """Return the keys of what goes wrong at present."""
        return {trouble.key for trouble in self._store.troubles.current(now)}

    def _people(self) -> Sequence[tuple[str, str]]:
        """Return who is told, each with their language."""
        if self._admin:
            return ((self._admin, self._language),)
        agents = self._store.agents.enabled()[:MOST_AGENTS]
        return [(agent.address, agent.language or self._language) for agent in agents]

    def _owe(
        self, recipient: str, language: str, row: TroubleRow, text: str, now: datetime, last: bool
    ) -> int | None:
        outgoing = self._letter(recipient, language, _text(row, text, last), now)
        day = f"{row.since:%Y%m%d%H%M%S}:{now:%Y%m%d}"
        return self._store.outbox.owe(outgoing, f"trouble:{row.key}:{day}:{recipient.lower()}", now)

    def _letter(self, recipient: str, language: str, text: str, now: datetime) -> Outgoing:
        base = compose.wire_domain(self._address)
        domain = base.rpartition("@")[2]
        subject = self._say(said("{desk}: action needed", desk=self._name), language)
        message_id = f"{secrets.token_hex(16)}@{domain}"
        headers = (
            compose.mailbox_header("From", self._name, base),
            compose.mailbox_header("To", "", recipient),
            compose.unstructured("Subject", subject),
            f"Content-Language: {language}",
            f"Date: {format_datetime(now)}",
            compose.message_ids("Message-ID", [message_id]),
            "Auto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: All",
        )
        raw = compose.message(headers, self._say(text, language), [], f"=_{secrets.token_hex(16)}")
        return Outgoing(MailKind.ALERT, self._sender, recipient, message_id, self._signed(raw, domain))

    def _signed(self, raw: bytes, domain: str) -> bytes:
        """Return the mail with its signature, without where none can be made: that may be the trouble."""
        try:
            return self._sign(raw, domain) if self._sign else raw
        except Exception:
            log.exception("an email about a trouble could not be signed")
            return raw


def _lately(row: TroubleRow, now: datetime) -> bool:
    return row.told_at is not None and timedelta(0) <= now - row.told_at < timedelta(hours=1)


def _text(row: TroubleRow, trouble: str, last: bool) -> str:
    often = counted(
        row.count,
        single="This happened once.",
        several="This happened {count} times since {at}.",
        at=row.since,
    )
    more = said("There may be more: this is the last such email for an hour.") if last else ""
    status = said("`intake status` shows what is wrong now. While this lasts, you are notified once a day.")
    forward = said("If you do not run this desk yourself, please forward this to the person who does.")
    return joined([trouble, joined([often, more]), joined([status, forward], "\n")], "\n\n")
