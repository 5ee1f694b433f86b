"""`#block` with nothing stood in for: Dovecot, the process tree of `intake run`, an SMTP receiver."""

import json
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from running import RunningDesk, body, read, soon, write_config

from intake.testing import Dovecot, SinkServer, imap_append

EVE, ANNA = "eve@evil.example", "anna@staff.example"


@pytest.fixture
def desk(tmp_path: Path, dovecot: Dovecot, sink: SinkServer, user: str) -> Iterator[RunningDesk]:
    config = write_config(
        tmp_path,
        imap=(dovecot.host, dovecot.port),
        user=user,
        password=dovecot.password,
        sink=(sink.host, sink.port),
        desk="automatic_per_unverified_day = 1000",
    )
    desk = RunningDesk(config)
    added = desk.intake("agent", "add", ANNA, "--name", "Anna", "--team", "support")
    assert 0 == added.returncode, added.stderr
    yield desk
    desk.kill() if desk.process is not None else None


def from_eve(number: int) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Eve <{EVE}>", "support@desk.example", f"Win {number}"
    mail["Message-ID"] = f"<win{number}@evil.example>"
    mail.set_content(f"You won {number} times.\n")
    return mail.as_bytes()


def reply(to: EmailMessage, text: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Anna <{ANNA}>", to["Reply-To"], f"Re: {to['Subject']}"
    mail["In-Reply-To"], mail["References"] = to["Message-ID"], to["Message-ID"]
    mail["Message-ID"] = f"<{abs(hash(text))}@staff.example>"
    mail.set_content(text + "\n")
    return mail.as_bytes()


def outcomes(desk: RunningDesk) -> list[str]:
    return [row["outcome"] for row in json.loads(desk.intake("message", "list", "--json").stdout)]


@pytest.mark.timeout(240)
def test_a_blocked_sender_is_heard_of_no_more_until_the_block_is_undone(
    desk: RunningDesk, sink: SinkServer, dovecot: Dovecot, user: str
) -> None:
    with desk:
        imap_append(dovecot, user, from_eve(1))
        told = read(soon(lambda: sink.to(ANNA))[0].raw)
        soon(lambda: sink.to(EVE))
        imap_append(dovecot, user, reply(told, "#block"))
        confirmed = read(soon(lambda: sink.to(ANNA)[1:])[0].raw)
        assert f"{EVE} is blocked" in body(confirmed)
        assert f"#unblock {EVE}" in " ".join(body(confirmed).split())

        imap_append(dovecot, user, from_eve(2))
        soon(lambda: outcomes(desk)[:1] == ["quarantined"])
        kept = json.loads(desk.intake("quarantine", "list", "--kept", "--json").stdout)
        assert [(EVE, "Win 2")] == [(row["sender"], row["subject"]) for row in kept]
        assert "From blocked senders (7 d)" in desk.intake("status").stdout

        imap_append(dovecot, user, reply(confirmed, f"#unblock {EVE}"))
        undone = read(soon(lambda: sink.to(ANNA)[2:])[0].raw)
        assert f"{EVE} is no longer blocked" in body(undone)
        assert 1 == len(sink.to(EVE))
        imap_append(dovecot, user, from_eve(3))
        assert "You won 3 times" in body(read(soon(lambda: sink.to(ANNA)[3:])[0].raw))
