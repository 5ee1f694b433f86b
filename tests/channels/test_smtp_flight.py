"""MAIL and RCPT in one flight: when, what the answers mean, and servers that promise it and cannot."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from intake.channels.smtp import ONE_BY_ONE, SmtpSession
from intake.config.sections import SmtpSettings
from intake.desk.effects import MailKind, Outgoing
from intake.ports import Ambiguous, Permanent, SenderRefused, Temporary

RAW = b"From: <support@desk.example>\r\nSubject: hello\r\n\r\nHello.\r\n"
OFFERS = "250-test\r\n250-PIPELINING\r\n250 SIZE\r\n"
OFFERS_NOT = "250-test\r\n250 SIZE\r\n"
WHOLE = ["250 a", "250 b", "354 go", "250 taken"]


class Server:
    """Answers lines by a script for each connection, and notes what came in one piece."""

    def __init__(
        self, *scripts: Sequence[str], offers: str = OFFERS, deaf: bool = False, size: int = 0
    ) -> None:
        """`deaf`: of what comes in one piece, only the first line is read. An answer "" is none, and
        the connection ends with the script. `size`: in pieces of so many bytes are the answers to one
        flight sent; 0: answer by answer."""
        self.scripts, self.offers, self.deaf, self.size = list(scripts), offers, deaf, size
        self.pieces: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        for script in self.scripts:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                try:
                    self._speak(connection, list(script))
                except OSError:
                    continue

    def _speak(self, connection: socket.socket, answers: list[str]) -> None:
        connection.sendall(b"220 test\r\n")
        connection.recv(1000)
        connection.sendall(self.offers.encode())
        in_data = False
        while True:
            piece = connection.recv(65536)
            if not piece:
                return
            self.pieces.append(piece)
            if in_data and not piece.endswith(b"\r\n.\r\n") and piece != b".\r\n":
                continue
            lines = 1 if in_data or self.deaf else piece.count(b"\r\n")
            said = b""
            for _ in range(lines):
                if not answers:
                    return
                answer = answers.pop(0)
                in_data = answer.startswith("354")
                said += f"{answer}\r\n".encode() if answer else b""
                if not self.size:
                    connection.sendall(said)
                    said = b""
            for start in range(0, len(said), self.size or 1):
                connection.sendall(said[start : start + self.size])
                time.sleep(0.002)

    def stop(self) -> None:
        self._socket.close()
        self._thread.join(10)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def make(*scripts: Sequence[str], offers: str = OFFERS, deaf: bool = False, size: int = 0) -> Server:
        servers.append(Server(*scripts, offers=offers, deaf=deaf, size=size))
        return servers[-1]

    yield make
    for server in servers:
        socket.create_connection(("127.0.0.1", server.port)).close() if server.scripts else None
        server.stop()


@pytest.fixture
def session() -> Iterator[Callable[..., SmtpSession]]:
    opened: list[SmtpSession] = []

    def make(server: Server, clock: Callable[[], float] = time.monotonic, archive: str = "") -> SmtpSession:
        settings = SmtpSettings(
            host="127.0.0.1", port=server.port, security="none", timeout=1, archive=archive
        )
        opened.append(SmtpSession(settings, "support@desk.example", clock))
        return opened[-1]

    yield make
    for made in opened:
        made.close()


MAIL = Outgoing(MailKind.RELAY, "", "lin@customer.example", "m1@desk.example", RAW)
ENVELOPE = [b"MAIL FROM:<> SIZE=%d\r\n" % len(RAW), b"RCPT TO:<lin@customer.example>\r\n"]


def test_mail_and_rcpt_go_in_one_flight_and_data_alone_after_it_may(serve, session) -> None:
    server = serve(WHOLE)
    asked: list[int] = []

    def before_data() -> bool:
        asked.append(len(server.pieces))
        return True

    session(server).send(MAIL, before_data)
    assert [b"".join(ENVELOPE), b"DATA\r\n"] == server.pieces[:2]
    assert [1] == asked


def test_the_archive_goes_in_the_same_flight(serve, session) -> None:
    server = serve(["250 a", "250 b", "550 no archive", "354 go", "250 taken"])
    session(server, archive="archive@desk.example").send(MAIL, lambda: True)
    assert b"".join([*ENVELOPE, b"RCPT TO:<archive@desk.example>\r\n"]) == server.pieces[0]


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_answers_in_one_packet_or_byte_by_byte_are_the_same_answers(serve, session, size: int) -> None:
    refused = ["250-a", "250 b", "550-no such", "550 person"]
    multiline = ["\r\n".join(refused[:2]), "\r\n".join(refused[2:])]
    line = session(serve([*multiline, "250 reset", *WHOLE], size=size))
    with pytest.raises(Permanent, match="refused the recipient: 550 no such"):
        line.send(MAIL, lambda: True)
    assert "250 taken" == line.send(MAIL, lambda: True)


def test_without_the_offer_each_waits_for_the_answer_to_the_one_before(serve, session) -> None:
    server = serve(WHOLE, offers=OFFERS_NOT)
    session(server).send(MAIL, lambda: True)
    assert [*ENVELOPE, b"DATA\r\n"] == server.pieces[:3]


@pytest.mark.parametrize(
    ("answers", "outcome", "said"),
    [
        (["550 no", "503 need MAIL"], SenderRefused, "refused the sender: 550 no"),
        (["451 later", "503 need MAIL"], Temporary, "refused the sender: 451 later"),
        (["250 a", "550 nobody"], Permanent, "refused the recipient: 550 nobody"),
        (["250 a", "450 later"], Temporary, "refused the recipient: 450 later"),
        (["550 no", "550 nobody"], SenderRefused, "refused the sender: 550 no"),
    ],
)
def test_the_first_that_refuses_decides_and_the_next_mail_goes_on_the_same_connection(
    serve, session, answers: list[str], outcome: type[Exception], said: str
) -> None:
    server = serve([*answers, "250 reset", *WHOLE])
    line = session(server)
    with pytest.raises(outcome, match=said):
        line.send(MAIL, lambda: True)
    assert "250 taken" == line.send(MAIL, lambda: True)
    assert b"rset\r\n" == server.pieces[1]


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ([], Temporary),
        (["250 a"], Temporary),
        (["421 closing"], Temporary),
        (["250 a", "421 closing"], Temporary),
        # Whatever became of the rest, this mail was refused.
        (["550 no"], SenderRefused),
        (["550 no", "421 closing"], SenderRefused),
        (["250 a", "250 b"], Temporary),
        (["250 a", "250 b", "354 go"], Ambiguous),
    ],
)
def test_a_server_that_breaks_off_in_a_flight_ends_as_one_by_one(
    serve, session, answers: list[str], outcome: type[Exception]
) -> None:
    server = serve(answers, WHOLE)
    line = session(server)
    with pytest.raises(outcome) as caught:
        line.send(MAIL, lambda: True)
    assert outcome is caught.type
    assert "250 taken" == line.send(MAIL, lambda: True)


def test_a_server_that_throws_away_what_came_with_the_first_line_gets_the_next_mail_line_by_line(
    serve, session
) -> None:
    server, now = serve(WHOLE, WHOLE, WHOLE, deaf=True), [1000.0]
    line = session(server, clock=lambda: now[0])
    with pytest.raises(Temporary, match="broke off"):
        line.send(MAIL, lambda: True)
    assert "250 taken" == line.send(MAIL, lambda: True)
    assert [*ENVELOPE, b"DATA\r\n"] == server.pieces[1:4]
    assert now[0] + ONE_BY_ONE == line._one_by_one_until


def test_a_kept_connection_that_has_died_is_replaced_silently_and_believed_again(serve, session) -> None:
    server = serve(WHOLE, WHOLE)
    line = session(server)
    for _ in range(2):
        assert "250 taken" == line.send(MAIL, lambda: True)
        if line._smtp is not None and line._smtp.sock is not None:
            line._smtp.sock.shutdown(socket.SHUT_RDWR)
    flights = [piece for piece in server.pieces if piece == b"".join(ENVELOPE)]
    assert 2 == len(flights)
