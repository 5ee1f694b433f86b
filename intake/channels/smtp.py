"""The way out: one SMTP connection to the relay, kept between mails, and never in clear with a password.

What a reply means follows from where it came. Before the text of a mail is sent,
anything unclear is Temporary. After it, only an answer is clear: 4yz Temporary, 5yz
Permanent; silence and a broken connection are Ambiguous, because smtplib raises the
same error whether the mail was taken or not.

Where the server offers PIPELINING, MAIL and RCPT go in one flight, and their answers mean what they
mean one by one: the first that refuses decides. DATA always goes alone, after `before_data`.
"""

import logging
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from intake.channels import timed
from intake.channels.smtp_bounds import BoundedSmtp, BoundedSmtpTls, check_size
from intake.channels.smtp_login import connection_problem, token_login
from intake.channels.smtp_refusals import refusal, refused_sender, shown
from intake.config.sections import SmtpSettings
from intake.desk.effects import Outgoing
from intake.mail.outgoing.compose import clean, plain_address, wire_address
from intake.ports import Access, Ambiguous, NoLogin, Permanent, Temporary

log = logging.getLogger("intake.channels.smtp")

# A kept connection idle for longer is asked before it is used; relays close at 30 s to 5 min.
IDLE = 30.0
# One dialogue ends within this, well below the lease of an outbox row (service.LEASE, 5 min).
DIALOGUE = 240.0
# RFC 5321 section 4.5.3.2.6 asks to wait long for the answer to the final dot: giving up early
# makes mails ambiguous. It is this many times the configured timeout, within DIALOGUE.
PATIENCE = 4
# For so many seconds, commands go one by one to a server that offers PIPELINING and seems to have lied.
ONE_BY_ONE = 3600.0
_ARCHIVE, _SENDER = "the archive", "the sender"
_CHUNK = 256 * 1024
_ALREADY_GONE = (smtplib.SMTPServerDisconnected, OSError, ValueError)


class SmtpSession:
    """Sends mails over one connection. Not for two threads at once."""

    def __init__(
        self,
        settings: SmtpSettings,
        default_sender: str,
        clock: Callable[[], float] = time.monotonic,
        access: Access | None = None,
        section: str = "smtp",
    ) -> None:
        """`settings` is the config's `section`; the domain of `default_sender` is the EHLO name by default.

        Connects when the first mail is sent. `clock` returns seconds, never going back. `access` gives the
        tokens to log in with where the settings have `auth`.
        """
        self._settings, self._clock, self._access, self._section = settings, clock, access, section
        self._helo = settings.helo or wire_address(default_sender).rpartition("@")[2]
        self._smtp: smtplib.SMTP | None = None
        self._used = 0.0
        self._until = 0.0
        self._one_by_one_until = 0.0

    @property
    def _where(self) -> str:
        return f"{self._settings.host}:{self._settings.port}"

    def send(self, mail: Outgoing, before_data: Callable[[], bool]) -> str:
        """Send one mail and return the server's reply text.

        `before_data` is called between RCPT and DATA; when it says no, nothing is sent
        and Temporary is raised. Raises Temporary, Permanent or Ambiguous.
        """
        sender = self._checked(self._settings.sender or mail.mail_from)
        recipient = self._checked(mail.rcpt)
        self._until = self._clock() + DIALOGUE
        smtp = self._addressed(sender, recipient, mail.raw)
        try:
            allowed = before_data()
        except BaseException:
            self._reset()
            raise
        if not allowed:
            self._reset()
            raise Temporary("the claim on this mail was lost before it was sent")
        reply = self._data(smtp, mail.raw)
        self._used = self._clock()
        return reply

    def check(self) -> None:
        """Connect, secure and log in, and send nothing. Raises Temporary with what to do about it."""
        self._until = self._clock() + DIALOGUE
        self._smtp = self._connected()
        self._used = self._clock()

    def takes_sender(self, sender: str) -> str:
        """Ask the server of `check` whether it takes this envelope sender, "" for the null sender, and send
        nothing. Returns "" where it does, else its words. Raises Temporary when it breaks off."""
        self._until = self._clock() + DIALOGUE
        smtp = self._ready()
        try:
            self._limit(smtp)
            code, text = smtp.docmd(f"MAIL FROM:<{self._checked(sender)}>")
            self._limit(smtp)
            smtp.rset()
        except (smtplib.SMTPException, *_ALREADY_GONE) as err:
            self._drop()
            raise Temporary(f"{self._where} broke off: {type(err).__name__}") from err
        return "" if 200 <= code < 300 else f"{code} {shown(text)}"

    def close(self) -> None:
        """Quit; never raises."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        with suppress(smtplib.SMTPException, *_ALREADY_GONE):
            if smtp.sock is not None:
                smtp.sock.settimeout(min(5.0, self._settings.timeout))
            smtp.quit()
        smtp.close()

    # -- MAIL and RCPT -----------------------------------------------------------------

    def _checked(self, address: str) -> str:
        if not address:
            return ""
        if not plain_address(address):
            raise Permanent(f"{clean(address, 100)!r} is not a mail address")
        try:
            return wire_address(address)
        except ValueError:
            raise Permanent(f"{clean(address, 100)!r} has a domain that cannot exist") from None

    def _addressed(self, sender: str, recipient: str, raw: bytes) -> smtplib.SMTP:
        """Return the connection with MAIL and RCPT accepted on it."""
        kept = self._smtp is not None
        while True:
            smtp = self._ready()
            try:
                self._envelope(smtp, sender, recipient, raw)
                return smtp
            except _Gone as err:
                self._drop()
                # A kept connection may have died of old age; a fresh one that dies is news.
                if not kept:
                    raise Temporary(f"{self._where} broke off: {err}") from err
                kept = False

    def _envelope(self, smtp: smtplib.SMTP, sender: str, recipient: str, raw: bytes) -> None:
        options = ""
        if smtp.has_extn("size"):
            check_size(smtp, len(raw), self._where)
            options += f" SIZE={len(raw)}"
        if not (sender.isascii() and recipient.isascii()):
            if not smtp.has_extn("smtputf8"):
                raise Permanent(f"{self._where} cannot send to an address with letters outside ASCII")
            options += " SMTPUTF8 BODY=8BITMIME"
            smtp.command_encoding = "utf-8"
        # Not smtp.mail() and smtp.rcpt(): they parse the address again, in their own way.
        lines = {
            _SENDER: f"MAIL FROM:<{sender}>{options}",
            "the recipient": f"RCPT TO:<{recipient}>",
        }
        archive = self._settings.archive
        if archive and archive.lower() != recipient.lower():
            lines[_ARCHIVE] = f"RCPT TO:<{self._checked(archive)}>"
        try:
            at_once = smtp.has_extn("pipelining") and self._clock() >= self._one_by_one_until
            answers = self._answers(smtp, list(lines.values()), at_once)
            for step, (code, text) in zip(lines, answers, strict=False):
                if 200 <= code < 300:
                    continue
                if step == _ARCHIVE:
                    # Its refusal must not keep the mail from the first recipient.
                    log.warning("[%s] archive was refused: %s %s", self._section, code, shown(text))
                    continue
                if at_once:
                    self._hear_out(answers)
                self._reset()
                answer = f"{code} {shown(text)}"
                if step == _SENDER:
                    raise refused_sender(code, f"{self._where} refused the sender: {answer}", self._section)
                raise refusal(code, f"{self._where} refused {step}: {answer}", self._section)
        finally:
            smtp.command_encoding = "ascii"

    def _answers(
        self, smtp: smtplib.SMTP, lines: Sequence[str], at_once: bool
    ) -> Iterator[tuple[int, bytes]]:
        """Say lines, each after the answer to the one before or all in one flight (RFC 2920)."""
        heard = 0
        try:
            if at_once:
                self._limit(smtp)
                smtp.send("".join(f"{line}\r\n" for line in lines))
            for line in lines:
                self._limit(smtp)
                code, text = smtp.getreply() if at_once else smtp.docmd(line)
                if code == 421:
                    raise _Gone(f"421 {shown(text)}")
                heard += 1
                yield code, text
        except _ALREADY_GONE as err:
            if at_once and heard:
                # It may have thrown away what came with the first line.
                self._one_by_one_until = self._clock() + ONE_BY_ONE
            raise _Gone(type(err).__name__) from err

    def _hear_out(self, answers: Iterator[tuple[int, bytes]]) -> None:
        """Take the answers to what was said in one flight with what was refused."""
        try:
            for _ in answers:
                pass
        except _Gone:
            self._drop()

    # -- DATA --------------------------------------------------------------------------

    def _data(self, smtp: smtplib.SMTP, raw: bytes) -> str:
        self._limit(smtp)
        try:
            code, text = smtp.docmd("DATA")
        except _ALREADY_GONE as err:
            self._drop()
            raise Temporary(f"{self._where} broke off before the mail was sent") from err
        if code != 354:
            self._reset()
            raise refusal(code, f"{self._where} refused the mail: {code} {shown(text)}", self._section)
        try:
            self._transmit(smtp, _stuffed(raw))
        except OSError as err:
            # The final dot was not sent, so whatever came there is not a mail (RFC 5321 section 4.1.1.4).
            self._drop()
            raise Temporary(f"{self._where} broke off in the middle of the mail") from err
        if self._overdue():
            # Without the dot nobody has it, and the lease may be somebody else's by now.
            self._drop()
            raise Temporary(f"{self._where} timed out: we were stopped, or the line is slow")
        try:
            self._limit(smtp, PATIENCE)
            self._socket(smtp).sendall(b".\r\n")
            code, text = smtp.getreply()
        except (smtplib.SMTPException, *_ALREADY_GONE) as err:
            self._drop()
            raise Ambiguous(f"{self._where} gave no answer after the mail was sent") from err
        answer = f"{code} {shown(text)}"
        if code == 421:
            self._drop()
        if 200 <= code < 300:
            return answer
        if 400 <= code < 600:
            raise refusal(code, f"{self._where} refused the mail: {answer}", self._section)
        self._drop()
        raise Ambiguous(f"{self._where} sent an unexpected reply: {answer}")

    def _transmit(self, smtp: smtplib.SMTP, data: bytes) -> None:
        sock = self._socket(smtp)
        view = memoryview(data)
        for start in range(0, len(view), _CHUNK):
            # sendall's timeout is for all it is given: a slow line must not lose a large mail.
            self._limit(smtp)
            sock.sendall(view[start : start + _CHUNK])

    # -- the connection ----------------------------------------------------------------

    def _ready(self) -> smtplib.SMTP:
        smtp = self._smtp
        if smtp is not None and self._clock() - self._used > IDLE:
            try:
                self._limit(smtp)
                alive = smtp.noop()[0] == 250
            except (smtplib.SMTPException, *_ALREADY_GONE):
                alive = False
            if not alive:
                self._drop()
        if self._smtp is None:
            self._smtp = self._connected()
        self._used = self._clock()
        return self._smtp

    def _connected(self) -> smtplib.SMTP:
        """Connect, secure and log in. Raises Temporary: an admin can put each failure right."""
        settings = self._settings
        # Before the server waits for it: a refresh may take longer than its patience.
        token = self._access.token() if self._access is not None else ""
        if settings.user and settings.security == "none":
            raise Temporary(
                f"[{self._section}] has a user but security = none, and a password is only sent over TLS: "
                "set security to starttls or tls, or clear user"
            )
        smtp: smtplib.SMTP | None = None
        try:
            smtp = self._opened()
            if self._access is not None:
                self._limit(smtp)
                token_login(smtp, settings, self._access, token, self._section)
            elif settings.auth:
                missing = f"[{self._section}] auth: nothing gives tokens for oauth:{settings.auth}"
                raise NoLogin(missing, "Report it")
            elif settings.user:
                self._login(smtp)
            return smtp
        except Temporary:
            if smtp is not None:
                smtp.close()
            raise
        except (smtplib.SMTPException, *_ALREADY_GONE) as err:
            problem = connection_problem(err, settings, self._where, self._section)
        if smtp is not None:
            smtp.close()
        raise Temporary(problem)

    def _login(self, smtp: smtplib.SMTP) -> None:
        self._limit(smtp)
        try:
            smtp.login(self._settings.user, self._settings.password)
        except smtplib.SMTPServerDisconnected as err:
            # What some servers do after a wrong password, with or without a word.
            raise smtplib.SMTPAuthenticationError(421, b"") from err

    def _opened(self) -> smtplib.SMTP:
        settings = self._settings
        # Loading the trusted certificates takes 20 ms and belongs to a connection, not to a mail.
        cafile = str(settings.ca_file) if settings.ca_file else None
        context = (
            None if settings.security == "none" else timed.over_tls(ssl.create_default_context(cafile=cafile))
        )
        timeout = float(settings.timeout)
        if settings.security == "tls":
            smtp: smtplib.SMTP = BoundedSmtpTls(
                settings.host, settings.port, local_hostname=self._helo, timeout=timeout, context=context
            )
        else:
            smtp = BoundedSmtp(settings.host, settings.port, self._helo, timeout)
        try:
            self._limit(smtp)
            smtp.ehlo_or_helo_if_needed()
            if settings.security == "starttls":
                smtp.starttls(context=context)
                smtp.ehlo_or_helo_if_needed()
            # The final dot travels alone; without this it would wait for an acknowledgement.
            self._socket(smtp).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _socket(self, smtp: smtplib.SMTP) -> socket.socket:
        if smtp.sock is None:
            raise smtplib.SMTPServerDisconnected("the connection is closed")
        sock: socket.socket = smtp.sock
        return sock

    def _overdue(self) -> bool:
        """Whether the dialogue lasts longer than it may, as after minutes in which we were stopped."""
        return self._clock() > self._until

    def _limit(self, smtp: smtplib.SMTP, patience: int = 1) -> None:
        """Bound the next step by the configured timeout and by what is left of the dialogue."""
        if smtp.sock is not None:
            left = self._until - self._clock()
            if isinstance(smtp, BoundedSmtp):
                smtp.until = time.monotonic() + max(1.0, left)
            smtp.sock.settimeout(max(0.1, min(self._settings.timeout * patience, left)))

    def _reset(self) -> None:
        """Make the connection fit for the next mail, or drop it."""
        if self._smtp is None:
            return
        try:
            self._limit(self._smtp)
            if self._smtp.rset()[0] != 250:
                self._drop()
        except (smtplib.SMTPException, *_ALREADY_GONE):
            self._drop()

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


class _Gone(Exception):
    """The connection ended before DATA."""


def _stuffed(raw: bytes) -> bytes:
    """Return CRLF lines with leading dots doubled (RFC 5321 section 4.5.2), ending in CRLF."""
    stuffed = raw.replace(b"\r\n.", b"\r\n..")
    if stuffed.startswith(b"."):
        stuffed = b"." + stuffed
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"
