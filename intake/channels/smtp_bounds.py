"""smtplib with an end to each answer: it bounds a line, and neither their number nor the time they take."""

import smtplib
import time
from typing import Any

from intake.channels import timed
from intake.ports import Permanent

# EHLO has some thirty lines of 512 octets at most (RFC 5321 section 4.5.3.1.5).
REPLY_LINES = 1000
REPLY_BYTES = 256 * 1024


class _Reply:
    """The file that smtplib reads an answer from."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.begin()

    def begin(self) -> None:
        """The next line is the first of an answer."""
        self._lines, self._bytes = REPLY_LINES, REPLY_BYTES

    def readline(self, most: int) -> bytes:
        """Read a line. Raises OSError, which smtplib takes for a connection that broke off."""
        line: bytes = self._file.readline(most)
        self._lines -= 1
        self._bytes -= len(line)
        if self._lines < 0 or self._bytes < 0:
            raise OSError("the answer went on and on")
        return line

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class BoundedSmtp(smtplib.SMTP):
    """A client in clear or with STARTTLS. `until`: when all must be said, by the monotonic clock."""

    patience = 240.0
    until: float | None = None

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        return timed.connect((host, port), timeout)

    def getreply(self) -> tuple[int, bytes]:
        """Return an answer. Raises SMTPServerDisconnected for one that is too long or too slow."""
        if self.until is None:
            self.until = time.monotonic() + self.patience
        timed.set_until(self.sock, self.until)
        if self.file is None and self.sock is not None:
            self.file = _Reply(self.sock.makefile("rb"))
        if isinstance(self.file, _Reply):
            self.file.begin()
        return super().getreply()


class BoundedSmtpTls(smtplib.SMTP_SSL, BoundedSmtp):
    """The same over TLS from the first byte."""


def check_size(smtp: smtplib.SMTP, size: int, where: str) -> None:
    """Raise Permanent where the server has said that it takes no mail of this size (RFC 1870 section 4).

    It would refuse each try. With the codes it would use, so that the same follows.
    """
    said = smtp.esmtp_features.get("size", "").split()[:1]
    most = int(said[0]) if said and said[0].isascii() and said[0].isdigit() else 0
    if most and size > most:
        raise Permanent(f"{where} takes mails of up to {most} bytes, and this one has {size}: 552 5.3.4")
