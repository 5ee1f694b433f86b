"""Files are scanned by a real clamd before an agent is sent them; while it is away they wait."""

import base64
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from desk_mail import text_of
from file_desk import LIN, NO_PAGES, FileDesk, letter
from office_files import docx, packed

from intake.desk.effects import MailKind, Outgoing
from intake.desk.sensitive.verdict import Verdict
from intake.desk.ticket import EntryKind
from intake.runtime import clamd as scanner
from intake.runtime.clamd import Clamd
from intake.runtime.deferred_readings import look_into_waiting
from intake.runtime.file_reading import FileReader
from intake.runtime.scanning import Scanning
from intake.service.looking import tell_scanner
from intake.testing.clamd import EICAR, NAME, ClamdServer
from intake.web.app import make_app

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


def _making(folder: Path, clam: ClamdServer, url: str = "") -> Iterator[Make]:
    made: list[FileDesk] = []

    def desk(fail: str = "hold") -> FileDesk:
        more = f"{NO_PAGES}\n[scan]\nclamd = {clam.socket}\nfail = {fail}"
        made.append(FileDesk(folder / f"desk{len(made)}", more, url))
        return made[-1]

    yield desk
    for each in made:
        each.close()


@pytest.fixture
def make(tmp_path: Path, running_clam: ClamdServer) -> Iterator[Make]:
    yield from _making(tmp_path, running_clam)


@pytest.fixture(params=["sqlite", "postgresql"])
def on_both(tmp_path: Path, running_clam: ClamdServer, request: pytest.FixtureRequest) -> Iterator[Make]:
    """For what the database does: the rest is decided before it is asked."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    yield from _making(tmp_path, running_clam, url)


def _names(mails: list[Outgoing]) -> list[str]:
    parts = (part for mail in mails for part in message_from_bytes(mail.raw, policy=default).walk())
    return [name for part in parts if (name := part.get_filename())]


def _later(desk: FileDesk, clam: ClamdServer, seconds: float = 31) -> None:
    desk.clock.later(seconds=seconds)
    look_into_waiting(desk.store, desk.clock, scanning=Scanning(Clamd(clam.socket)))
    desk.service.follow_files()


def test_what_clamd_knows_is_not_sent_and_its_agent_is_told_the_name(on_both: Make) -> None:
    desk = on_both()
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


def test_while_clamd_is_away_files_wait_and_then_follow(on_both: Make, running_clam: ClamdServer) -> None:
    desk = on_both()
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


def test_after_an_hour_a_person_is_told_that_clamd_is_away_until_all_went(
    make: Make, running_clam: ClamdServer
) -> None:
    desk = make()
    scanning = Scanning(Clamd(running_clam.socket))

    def rounds(minutes: int) -> list[Outgoing]:
        for _ in range(minutes):
            desk.clock.later(minutes=1)
            look_into_waiting(desk.store, desk.clock, scanning=scanning)
            tell_scanner(desk.store, desk.service.tells, scanning.missed, desk.clock())
        desk.service.follow_files()
        desk.deliver()
        sent = [
            mail for mail in desk.sent if b"virus scanner does not scan" in mail.raw.replace(b"=\r\n", b"")
        ]
        desk.sent.clear()
        return sent

    ready = make_app(desk.desk).test_client()
    running_clam.kill()
    desk.lin_sends({"notes.txt": b"My order number is 4711."})
    assert [] == rounds(59)
    assert 200 == ready.get("/readyz").status_code
    assert 1 == len(rounds(3))
    assert 503 == ready.get("/readyz").status_code
    assert [] == rounds(60)
    running_clam.start()
    rounds(2)
    assert 200 == ready.get("/readyz").status_code
    assert set() == desk.service.tells.present(desk.clock())


def _asks_at_once(desk: FileDesk, clam: ClamdServer) -> None:
    """It asks clamd again without the pause that a real desk makes."""
    reader = FileReader(known=desk.store.readings.known, scanning=Scanning(Clamd(clam.socket)))
    desk.service = replace(desk.service, look_into=reader)


def test_an_answer_waits_for_clamd_and_then_goes_without_what_is_bad(
    on_both: Make, running_clam: ClamdServer
) -> None:
    desk = on_both()
    _asks_at_once(desk, running_clam)
    desk.lin_sends({})
    running_clam.kill()
    desk.anna_sends({"manual.txt": b"Open the settings.", "test.com": EICAR}, "See the files.")
    # What they write next does not overtake it.
    desk.anna_says("And one thing more.")
    for _ in range(5):
        assert [] == desk.out(MailKind.RELAY)
        desk.clock.later(minutes=1)
    running_clam.start()
    desk.clock.later(minutes=1)
    desk.deliver()
    desk.clock.later(minutes=1)
    desk.deliver()
    relays = [mail for mail in desk.sent if mail.kind is MailKind.RELAY]
    assert [["manual.txt"], []] == [_names([mail]) for mail in relays]
    alerts = " ".join(text_of(mail) for mail in desk.sent if mail.kind is MailKind.ALERT)
    assert "sent without these files, because they contain what must not leave: test.com" in " ".join(
        alerts.split()
    )


def test_an_answer_that_waited_for_ten_minutes_is_a_draft_and_a_yes_sends_it(
    make: Make, running_clam: ClamdServer
) -> None:
    desk = make()
    _asks_at_once(desk, running_clam)
    desk.lin_sends({})
    running_clam.kill()
    desk.anna_sends({"manual.txt": b"Open the settings."}, "See the file.")
    desk.clock.later(minutes=10)
    desk.deliver()
    (told,) = (mail for mail in desk.sent if mail.kind is MailKind.ALERT)
    assert "The virus scanner does not answer" in " ".join(text_of(told).split())
    assert not any(mail.kind is MailKind.RELAY for mail in desk.sent)
    entry = next(entry for entry in desk.store.tickets.entries(1) if entry.kind is EntryKind.DRAFT)
    desk.anna_confirms(entry.id)
    desk.deliver()
    assert ["manual.txt"] == _names([mail for mail in desk.sent if mail.kind is MailKind.RELAY])


def test_a_first_mail_to_a_customer_goes_without_files_that_clamd_never_saw(
    make: Make, running_clam: ClamdServer
) -> None:
    desk = make()
    _asks_at_once(desk, running_clam)
    running_clam.kill()
    desk.anna_opens({"manual.txt": b"Open the settings."}, "lin@customer.example")
    assert [] == desk.out(MailKind.RELAY)
    desk.clock.later(minutes=10)
    desk.deliver()
    (relay,) = (mail for mail in desk.sent if mail.kind is MailKind.RELAY)
    (told,) = (mail for mail in desk.sent if mail.kind is MailKind.ALERT)
    assert [] == _names([relay])
    assert "Send them again later: manual.txt" in " ".join(text_of(told).split())


def test_with_pass_an_answer_goes_on_while_clamd_is_away(make: Make, running_clam: ClamdServer) -> None:
    desk = make("pass")
    desk.lin_sends({})
    running_clam.kill()
    desk.anna_sends({"manual.txt": b"Open the settings."}, "See the file.")
    assert ["manual.txt"] == _names(desk.out(MailKind.RELAY))


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
