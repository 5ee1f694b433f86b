"""An IMAP client that takes no more from a server than was asked for.

imaplib and imapclient keep all that a server says: lines without end, literals of any size, answers
to questions nobody asked. Here every command has a room for its answer; a server that goes beyond
it is hung up on, and the mailbox is read again later.
"""

import contextlib
import time
from collections.abc import Iterator, Sequence
from imaplib import IMAP4
from typing import TYPE_CHECKING, Any

from imapclient import IMAPClient
from imapclient.imap4 import IMAP4WithTimeout
from imapclient.tls import IMAP4_TLS

from intake.channels import timed
from intake.channels.imap_answers import alert_in

# What may be said in answer to one command beside literals. A SEARCH of 50,000 UIDs takes 550 KB; read
# by imapclient, this much costs some 50 MB. Who changes the flags of more messages at once than fit
# makes us connect anew, no more.
ANSWER_BYTES = 2 * 2**20
ANSWER_LINES = 20_000
# Literals where no message was asked for: names of folders.
LITERAL_BYTES = 64 * 1024
# An answer ends within this, and in the time that a message takes at this many bytes a second.
ANSWER_SECONDS = 120.0
SLOWEST = 16 * 1024
# What a server says without being asked and is looked at later; anything else is forgotten.
_LOOKED_AT = frozenset({"EXISTS", "EXPUNGE", "CAPABILITY", "READ-ONLY", "READ-WRITE", "BYE", "PREAUTH"})
# So many texts that are to be shown to people are kept.
MOST_ALERTS = 3
# EXPUNGE comes once a message that we move, until the round is over.
KEPT_MOST = 1_000_000


class Flooded(Exception):
    """A server said more than was asked for; the argument says what, for a person.

    No IMAP4.error: imaplib would turn it into one of its own, and it is known no more.
    """


class _Bounded(IMAP4 if TYPE_CHECKING else object):  # type: ignore[misc]
    """Mixed into imaplib's classes: counts what a server says, from each command to its answer."""

    # What people must be shown of what the server said, the newest last.
    alerts: Sequence[str] = ()
    literals = LITERAL_BYTES
    _literals_left = LITERAL_BYTES
    _bytes_left = ANSWER_BYTES
    _lines_left = ANSWER_LINES

    def _new_tag(self) -> Any:
        """Begin a command: imaplib and imapclient both take its tag from here."""
        self._forget()
        self._literals_left, self._bytes_left, self._lines_left = self.literals, ANSWER_BYTES, ANSWER_LINES
        timed.set_until(self.sock, _last_moment(self.literals))
        return super()._new_tag()

    def _forget(self) -> None:
        kept = self.untagged_responses
        for name in [name for name in kept if name not in _LOOKED_AT]:
            del kept[name]
        for name, said in kept.items():
            if name != "EXPUNGE":
                del said[:-1]
            elif len(said) > KEPT_MOST:
                raise Flooded("told of more messages removed than there can be")

    def readline(self) -> bytes:
        """Read a line. Raises Flooded beyond what an answer may hold."""
        line: bytes = super().readline()
        alert = alert_in(line)
        if alert and alert not in self.alerts:
            self.alerts = [*self.alerts, alert][-MOST_ALERTS:]
        self._lines_left -= 1
        self._bytes_left -= len(line)
        if self._lines_left < 0 or self._bytes_left < 0:
            raise Flooded(f"went on and on: more than {ANSWER_LINES} lines or {ANSWER_BYTES // 2**20} MB")
        return line

    def read(self, size: int) -> bytes:
        """Read a literal. Raises Flooded, before a byte of it is taken, when there is no room for it."""
        if size > self._literals_left:
            raise Flooded(f"sent {size} bytes at once where {self._literals_left} were expected")
        self._literals_left -= size
        data: bytes = super().read(size)
        return data


def _last_moment(literals: int = 0) -> float:
    return time.monotonic() + ANSWER_SECONDS + literals / SLOWEST


class _Plain(_Bounded, IMAP4WithTimeout):  # type: ignore[misc]
    def _create_socket(self, timeout: float | None = None) -> Any:
        return timed.connect((self.host, self.port), self._timeout, _last_moment())


class _Tls(_Bounded, IMAP4_TLS):  # type: ignore[misc]
    def _create_socket(self, timeout: float | None = None) -> Any:
        plain = timed.connect((self.host, self.port), self._timeout)
        sock = timed.over_tls(self.ssl_context).wrap_socket(plain, server_hostname=self.host)
        timed.set_until(sock, _last_moment())
        return sock


class BoundedClient(IMAPClient):  # type: ignore[misc]
    """imapclient with bounds. Raises Flooded beside what imapclient raises."""

    def _create_IMAP4(self) -> Any:
        if self.ssl:
            return _Tls(self.host, self.port, self.ssl_context, self._timeout.connect)
        return _Plain(self.host, self.port, self._timeout.connect)

    def new_alerts(self) -> list[str]:
        """Return, once, what the server asked to be shown to people (RFC 9051 section 7.1)."""
        alerts, self._imap.alerts = list(self._imap.alerts), ()
        return alerts

    @contextlib.contextmanager
    def room(self, literals: int) -> Iterator[None]:
        """Within this the answer to a command may hold that many bytes of messages."""
        self._imap.literals = literals
        try:
            yield
        finally:
            self._imap.literals = LITERAL_BYTES
