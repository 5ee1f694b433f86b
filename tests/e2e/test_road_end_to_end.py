"""The whole road with nothing stood in for: Dovecot, the process tree of `intake run`, an SMTP receiver."""

import json
from email.message import EmailMessage

import pytest
from running import RunningDesk, body, read, soon, write_config

from intake.testing import imap_append, imap_messages

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
LIN, ANNA = "lin@customer.example", "anna@staff.example"


@pytest.fixture
def desk(tmp_path, dovecot, sink, user):
    config = write_config(
        tmp_path,
        imap=(dovecot.host, dovecot.port),
        user=user,
        password=dovecot.password,
        sink=(sink.host, sink.port),
        # Lin writes sixty mails in a minute, which is more than a person does.
        desk="automatic_per_address_hour = 1000\nautomatic_per_address_day = 1000\n"
        "automatic_per_unverified_day = 1000\n"
        "automatic_per_domain_hour = 1000\nautomatic_per_robot_day = 1000\nflood_per_address_hour = 0",
    )
    desk = RunningDesk(config)
    added = desk.intake("agent", "add", ANNA, "--name", "Anna", "--team", "support")
    assert 0 == added.returncode, added.stderr
    yield desk
    desk.kill() if desk.process is not None else None


def question(number: int = 1, **headers: str) -> bytes:
    mail = EmailMessage()
    mail["From"] = f"Lin <{LIN}>"
    mail["To"] = "support@desk.example"
    mail["Subject"] = "My coins are late"
    mail["Date"] = "Sun, 22 Nov 2026 10:00:00 +0000"
    mail["Message-ID"] = f"<q{number}@customer.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(f"Hello, my coins are late. See the picture.\n\nLin ({number})\n")
    mail.add_attachment(PNG, maintype="image", subtype="png", filename="shot.png", cid="<shot>")
    return mail.as_bytes()


def answer(to: EmailMessage, sender: str, text: str) -> bytes:
    """What a mail client makes of pressing "reply": the quote below, the ids in place."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = to["Reply-To"] or to["From"]
    mail["Subject"] = "Re: " + to["Subject"].removeprefix("Re: ")
    mail["Message-ID"] = f"<r{abs(hash((sender, text)))}@client.example>"
    mail["In-Reply-To"] = to["Message-ID"]
    mail["References"] = f"{to['References'] or ''} {to['Message-ID']}".strip()
    quoted = "".join(f"> {line}\n" for line in body(to).splitlines())
    mail.set_content(f"{text}\n\nOn Sun, 22 Nov 2026 at 10:05, {to['From']} wrote:\n{quoted}")
    return mail.as_bytes()


def newest(sink, address, count=1, seconds=30):
    """Wait until `address` got `count` mails and return the last one."""
    return read(soon(lambda: sink.to(address)[count - 1 :], seconds)[0].raw)


@pytest.mark.timeout(240)
def test_from_a_mail_to_an_answer_and_back(desk, sink, dovecot, user):
    with desk:
        imap_append(dovecot, user, question())

        acknowledged, told = newest(sink, LIN), newest(sink, ANNA)
        assert "auto-replied" == acknowledged["Auto-Submitted"]
        assert "<q1@customer.example>" == acknowledged["In-Reply-To"]
        assert "" == sink.to(LIN)[0].sender
        assert "my coins are late" in body(told)
        assert [("shot.png", PNG)] == [
            (part.get_filename(), part.get_content())
            for part in told.walk()
            if part.get_content_maintype() == "image"
        ]
        soon(lambda: not imap_messages(dovecot, user) and imap_messages(dovecot, user, "Intake"))

        imap_append(dovecot, user, answer(told, f"Anna <{ANNA}>", "We are looking at it now."))
        relayed = newest(sink, LIN, 2)
        assert "We are looking at it now." == body(relayed).strip()
        assert "Auto-Submitted" not in relayed
        assert "support@desk.example" in relayed["From"]
        assert "Anna" in relayed["From"]
        assert ANNA not in sink.to(LIN)[1].raw.decode("ascii")
        assert "<q1@customer.example>" in relayed["References"]

        imap_append(dovecot, user, answer(relayed, f"Lin <{LIN}>", "Thank you. What now?"))
        again = newest(sink, ANNA, 2)
        assert "Thank you. What now?" in body(again)
        news, _, before = body(again).partition("Conversation so far")
        assert "We are looking at it now." not in news
        assert "We are looking at it now." in before

        assert 0 == desk.intake("ticket", "close", "1").returncode
        assert "Auto-Submitted" in newest(sink, LIN, 3)
        imap_append(dovecot, user, answer(relayed, f"Lin <{LIN}>", "It is not solved!"))
        newest(sink, ANNA, 3)

        shown = json.loads(desk.intake("ticket", "show", "1", "--json").stdout)
        assert "open" == shown["ticket"]["status"] if "ticket" in shown else shown["status"]
        assert 0 == desk.stop()


@pytest.mark.timeout(240)
def test_killed_and_started_again_nothing_is_lost_or_doubled(desk, sink, dovecot, user):
    count = 60
    desk.start()
    for number in range(count):
        imap_append(dovecot, user, question(number))
        if number in (15, 30, 45):
            soon(lambda seen=number - 14: len(sink.to(LIN)) >= seen)
            desk.kill()
            desk.start()
    soon(lambda: len(sink.to(LIN)) + unknown(desk) >= count, 120)

    rows = json.loads(desk.intake("ticket", "list", "--limit", "1000", "--json").stdout)
    tickets = rows["tickets"] if isinstance(rows, dict) else rows
    assert count == len(tickets)
    answered = [read(mail.raw)["In-Reply-To"] for mail in sink.to(LIN)]
    assert len(answered) == len(set(answered))
    # At most one mail was between DATA and its end at each of the three kills, for each of two workers.
    assert len(answered) >= count - 6
    assert 0 == desk.stop()


def unknown(desk: RunningDesk) -> int:
    """How many mails nobody knows the end of; they are shown to the admin and not sent again."""
    rows = json.loads(desk.intake("outbox", "list", "--state", "unknown", "--json").stdout)
    return len(rows["outbox"] if isinstance(rows, dict) else rows)


@pytest.mark.timeout(240)
def test_a_closed_ticket_is_asked_about_and_the_answer_is_heard(tmp_path, dovecot, sink, user):
    desk = RunningDesk(
        write_config(
            tmp_path,
            imap=(dovecot.host, dovecot.port),
            user=user,
            password=dovecot.password,
            sink=(sink.host, sink.port),
            mailbox="[survey]\ndelay_hours = 0",
        )
    )
    assert 0 == desk.intake("agent", "add", ANNA, "--name", "Anna", "--team", "support").returncode
    with desk:
        imap_append(dovecot, user, question())
        imap_append(dovecot, user, answer(newest(sink, ANNA), f"Anna <{ANNA}>", "Try again."))
        newest(sink, LIN, 2)
    assert 0 == desk.intake("ticket", "close", "1").returncode
    with desk:
        newest(sink, LIN, 4)
        (survey,) = [
            mail
            for mail in map(read, (one.raw for one in sink.to(LIN)))
            if "rate our support" in mail["Subject"]
        ]
        imap_append(dovecot, user, answer(survey, f"Lin <{LIN}>", "2"))
        assert soon(lambda: [one for one in sink.to(ANNA) if "Survey: 2 of 5." in body(read(one.raw))])

        shown = json.loads(desk.intake("ticket", "show", "1", "--json").stdout)
        assert ("closed", [2]) == (shown["status"], [row["score"] for row in shown["surveys"]])
        assert "2 of 5" in desk.intake("survey", "list").stdout
