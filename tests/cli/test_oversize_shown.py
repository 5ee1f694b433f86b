"""What the command line says of a mail of which only the header was read, because all is too large."""

import json
from contextlib import closing
from pathlib import Path

from command_line import Run

from intake import app
from intake.config import settings as config_of
from intake.desk.message import Envelope
from intake.ports import Arrival, Origin

HEADER = b"From: eve@evil.example\r\nSubject: Pictures\r\nMessage-ID: <1@x.example>\r\n\r\n"


def received(config: Path, raw: bytes, size: int = 0) -> None:
    desk = app.build(config_of.load(config))
    with closing(desk.store):
        envelope = Envelope("imap", next(iter(desk.settings.mailboxes)), oversize=size)
        desk.service.receive([Arrival(raw, envelope, Origin("INBOX", 1, 1))])
        desk.service.process_pending(200)


def test_a_mail_that_was_too_large_is_shown_with_its_own_size_and_the_reason(
    intake: Run, config: Path
) -> None:
    received(config, HEADER, 40 * 2**20)
    said = " ".join(intake("quarantine", "show", "1").stdout.split())
    assert "40.0 MB, of which" in said
    assert "Reason too large: 40.0 MB, more than [desk] max_message_mb (35)" in said


def test_status_counts_what_is_too_large_apart_once_its_sender_was_told(intake: Run, config: Path) -> None:
    received(config, HEADER, 40 * 2**20)
    received(config, HEADER.replace(b"Subject", b"Auto-Submitted: auto-replied\r\nSubject"), 50 * 2**20)
    counts = json.loads(intake("status", "--json").stdout)["counts"]
    assert (counts["too_large"], counts["quarantined"]) == (1, 1)
    assert "Too large, told, in quarantine" in " ".join(intake("status").output.split())


def test_a_header_alone_is_not_tried_again_and_what_came_since_is_named(intake: Run, config: Path) -> None:
    received(config, HEADER, 40 * 2**20)
    before = intake("why", "1").stdout
    assert "Raise [desk] max_message_mb" in before
    assert "quarantine retry" not in before
    assert "Only the header of message 1" in intake("quarantine", "retry", "1", code=1).stderr
    intake("quarantine", "retry", "--all")
    received(config, HEADER + b"Here they are.\r\n")
    after = intake("why", "1").stdout
    assert "more than [desk] max_message_mb (35)" in " ".join(after.split())
    assert "Read since as message 2" in after
    assert "intake quarantine drop 1" in after
