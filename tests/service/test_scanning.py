"""Files are scanned by a real clamd before an agent is sent them; while it is away they wait."""

import base64
import threading
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from desk_mail import text_of
from file_desk import LIN, NO_PAGES, FileDesk, letter
from office_files import docx, packed

from intake.desk.effects import MailKind, Outgoing
from intake.desk.sensitive.verdict import Verdict
from intake.runtime import clamd as scanner
from intake.runtime.clamd import Clamd
from intake.runtime.deferred_readings import look_into_waiting
from intake.runtime.scanning import Scanning
from intake.testing.clamd import EICAR, NAME, ClamdServer

MAIL = (
    b"From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/mixed; boundary=c\r\n\r\n"
    b"--c\r\nContent-Type: application/octet-stream; name=e.com\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.encodebytes(EICAR)
    + b"--c--\r\n"
)
BAD = {
    "test.com": EICAR,
    "test.zip": packed({"a/test.com": EICAR}),
    "test.docx": packed({"word/document.xml": "<w:p/>", "word/embedded.bin": EICAR}),
    "test.eml": MAIL,
}
LETTER = docx("an ordinary letter to the support about an order that did not arrive")
Make = Callable[..., FileDesk]


@pytest.fixture
def running_clam(clam: ClamdServer) -> Iterator[ClamdServer]:
    yield clam
    if clam.process is None:
        clam.start()


@pytest.fixture(params=["sqlite", "postgresql"])
def make(tmp_path: Path, running_clam: ClamdServer, request: pytest.FixtureRequest) -> Iterator[Make]:
    made: list[FileDesk] = []
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""

    def desk(fail: str = "hold") -> FileDesk:
        more = f"{NO_PAGES}\n[scan]\nclamd = {running_clam.socket}\nfail = {fail}"
        made.append(FileDesk(tmp_path / f"desk{len(made)}", more, url))
        return made[-1]

    yield desk
    for each in made:
        each.close()


def _names(mails: list[Outgoing]) -> list[str]:
    parts = (part for mail in mails for part in message_from_bytes(mail.raw, policy=default).walk())
    return [name for part in parts if (name := part.get_filename())]


def _later(desk: FileDesk, clam: ClamdServer, seconds: float = 31) -> None:
    desk.clock.later(seconds=seconds)
    look_into_waiting(desk.store, desk.clock, scanning=Scanning(Clamd(clam.socket)))
    desk.service.follow_files()


def test_what_clamd_knows_is_not_sent_and_its_agent_is_told_the_name(make: Make) -> None:
    desk = make()
    desk.lin_sends({**BAD, "notes.txt": b"My order number is 4711."})
    notices = desk.out(MailKind.NOTICE)
    said = " ".join(text_of(notices[0]).split())
    assert ["notes.txt"] == _names(notices)
    for name in BAD:
        assert f"Not attached, because a virus scanner reported it: {name} ({NAME}" in said
    texts = [entry.text for entry in desk.store.tickets.entries(1)]
    assert 4 == sum("a virus scanner reported" in text for text in texts)
    desk.anna_says("#files")
    assert ["notes.txt"] == _names(desk.out(MailKind.ANSWER))


def test_who_sent_it_is_told_neutrally_and_within_the_budget_of_warnings(make: Make) -> None:
    desk = make()
    desk.write(LIN, "Help")
    desk.out(MailKind.ACKNOWLEDGEMENT)
    for number in range(5):
        bad = packed({"a": EICAR, "b": str(number)})
        raw = letter(desk.reply_address(1), {f"secret{number}.zip": bad})
        desk.take(raw, sender=LIN)
        desk.clock.later(minutes=1)
    mails = desk.out(MailKind.WARNING)
    assert [LIN] * 3 == [mail.rcpt for mail in mails]
    said = " ".join(text_of(mails[0]).split())
    assert "was not passed on to our team" in said
    assert not any(word in mails[0].raw.decode() for word in (NAME, "secret0", "zip"))


def test_an_unproven_sender_gets_the_acknowledgement_alone(make: Make) -> None:
    desk = make()
    desk.lin_sends({"test.com": EICAR})
    desk.deliver()
    assert [MailKind.ACKNOWLEDGEMENT] == [mail.kind for mail in desk.sent if mail.rcpt == LIN]


def test_who_sent_what_was_scanned_later_is_told_if_it_was_they(
    make: Make, running_clam: ClamdServer
) -> None:
    desk = make()
    desk.write(LIN, "Help")
    running_clam.kill()
    desk.take(letter(desk.reply_address(1), {"a.com": EICAR}), sender=LIN)
    desk.lin_sends({"b.zip": packed({"b.com": EICAR})})
    desk.out(MailKind.ACKNOWLEDGEMENT)
    running_clam.start()
    _later(desk, running_clam)
    desk.deliver()
    # The first came to an address that only Lin has, the second from anybody.
    assert [1] == [row.ticket for row in desk.store.outbox.list_mails(limit=50) if row.kind == "warning"]


def test_the_mail_itself_stays_as_it_came(make: Make) -> None:
    desk = make()
    desk.lin_sends({"test.com": EICAR})
    raw = desk.store.ledger.raw(1)
    assert raw is not None
    assert base64.encodebytes(EICAR).strip().replace(b"\n", b"\r\n") in raw


def test_while_clamd_is_away_files_wait_and_then_follow(make: Make, running_clam: ClamdServer) -> None:
    desk = make()
    running_clam.kill()
    desk.lin_sends({"notes.txt": b"My order number is 4711.", "test.com": EICAR})
    notices = desk.out(MailKind.NOTICE)
    assert [] == _names(notices)
    assert "Being checked, to be sent to you afterwards: notes.txt, test.com" in text_of(notices[0])
    # However long it takes.
    for _ in range(5):
        _later(desk, running_clam, 700)
    assert [] == desk.out(MailKind.ALERT)
    running_clam.start()
    _later(desk, running_clam)
    alerts = desk.out(MailKind.ALERT)
    assert ["notes.txt"] == _names(alerts)
    assert f"test.com ({NAME}" in " ".join(text_of(alerts[0]).split())


def test_with_pass_files_go_on_while_clamd_is_away(make: Make, running_clam: ClamdServer) -> None:
    desk = make("pass")
    running_clam.kill()
    desk.lin_sends({"notes.txt": b"My order number is 4711."})
    assert ["notes.txt"] == _names(desk.out(MailKind.NOTICE))


def test_what_is_too_large_for_clamd_is_sent_as_not_fully_checked(make: Make) -> None:
    desk = make()
    desk.lin_sends({"large.bin": b"A line of a log.\r\n" * 300_000})
    _later(desk, ClamdServer(Path(desk.desk.settings.scan.clamd or "").parent))
    mails = _all(desk)
    assert "large.bin" in _names(mails)
    assert "Could not be fully checked: large.bin" in " ".join(map(text_of, mails))


def _all(desk: FileDesk) -> list[Outgoing]:
    desk.deliver()
    return [mail for mail in desk.sent if mail.kind.to_agent]


def test_clamd_is_killed_under_load_and_nothing_is_lost_or_sent_unscanned(
    make: Make, running_clam: ClamdServer
) -> None:
    desk, stop = make(), threading.Event()

    def kills() -> None:
        while not stop.wait(0.3):
            running_clam.kill()
            running_clam.start()

    killer = threading.Thread(target=kills)
    killer.start()
    try:
        for number in range(8):
            bad = packed({"a": EICAR, "b": str(number)})
            desk.lin_sends({f"good{number}.txt": f"Order {number}".encode(), f"bad{number}.zip": bad})
            desk.clock.later(seconds=31)
    finally:
        stop.set()
        killer.join()
    ended = time.monotonic() + 60
    while time.monotonic() < ended and any(desk.store.readings.held(n) for n in range(1, 9)):
        _later(desk, running_clam)
    names = _names(_all(desk))
    assert {f"good{number}.txt" for number in range(8)} <= set(names)
    assert not any(name.endswith(".zip") for name in names)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("stream: OK", Verdict()),
        ("stream: Win.Test.EICAR_HDB-1 FOUND", Verdict("Win.Test.EICAR_HDB-1")),
        ("stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND", Verdict(whole=False)),
        ("stream: Heuristics.Encrypted.Zip FOUND", Verdict(whole=False)),
        ("INSTREAM size limit exceeded. ERROR", Verdict(whole=False)),
        ("stream: Can't allocate memory ERROR", None),
        ("UNKNOWN COMMAND", None),
        ("stream: FOUND", None),
        ("", None),
    ],
)
def test_what_clamd_answers(answer: str, verdict: Verdict | None) -> None:
    assert verdict == scanner.read(answer)
