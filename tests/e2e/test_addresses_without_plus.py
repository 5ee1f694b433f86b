"""A provider that knows no plus addresses: a real SMTP server that refuses them, and hands what it takes to a
real mailbox; a desk whose reply addresses are bare, or of a domain of their own."""

import json
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

import pytest
from running import RunningDesk, body, read, soon, write_config

from intake.testing import imap_append, imap_messages

LIN, ANNA, BORDER = "lin@customer.example", "anna@staff.example", "mx.desk.example"
DESK, DOMAIN = "support@desk.example", "reply.desk.example"
LIFTED = (
    "automatic_per_address_hour = 1000\nautomatic_per_address_day = 1000\n"
    "automatic_per_unverified_day = 1000\n"
    "automatic_per_domain_hour = 1000\nflood_per_address_hour = 0\nsignature = Lumen Ltd\n"
)


class Provider:
    """Takes no address with a plus, of whom it is sent from or to; mail to the desk goes to its mailbox."""

    def __init__(self, sink, dovecot, user: str, catchall: bool, plus: bool = False) -> None:
        self.dovecot, self.user, self.catchall = dovecot, user, catchall
        sink.on_rcpt = lambda address: "550 5.1.1 no such user" if "+" in address and not plus else None
        sink.on_data = self.take
        self.sink, self.plus, self.odd = sink, plus, []

    def take(self, delivery) -> str | None:
        if "+" in delivery.sender and not self.plus:
            self.odd.append(delivery.sender)
            return "550 5.1.7 invalid sender"
        (rcpt,) = delivery.recipients
        local, _, domain = rcpt.partition("@")
        mine = local.partition("+")[0] == "support" and domain == "desk.example"
        if mine or (self.catchall and domain == DOMAIN):
            imap_append(self.dovecot, self.user, delivery.raw)
        return None


def write(folder: Path, dovecot, sink, user: str, form: str, more: str = "", store: str = "") -> Path:
    config = write_config(
        folder,
        imap=(dovecot.host, dovecot.port),
        user=user,
        password=dovecot.password,
        sink=(sink.host, sink.port),
        desk=f"{LIFTED}reply_address = {form}\n",
        mailbox=f"trusted_authserv = {BORDER}\n[survey]\ndelay_hours = 0\n{more}",
        **({"store": store} if store else {}),
    )
    text = config.read_text().replace("agent_authority = token", "agent_authority = strict")
    config.write_text(text)
    return config


def answer(to: EmailMessage, sender: str, text: str, ids: bool = True) -> bytes:
    """What a mail program makes of pressing "reply", vouched for by the desk's own server."""
    mail = EmailMessage()
    domain = parseaddr(sender)[1].rpartition("@")[2]
    mail["Authentication-Results"] = f"{BORDER}; dmarc=pass header.from={domain}"
    mail["From"] = sender
    mail["To"] = str(to["Reply-To"])
    mail["Subject"] = f"Re: {to['Subject']}"
    mail["Date"] = "Sun, 22 Nov 2026 12:30:00 +0000"
    mail["Message-ID"] = f"<r{abs(hash((sender, text)))}@client.example>"
    if ids:
        mail["In-Reply-To"] = to["Message-ID"]
        mail["References"] = f"{to['References'] or ''} {to['Message-ID']}".strip()
    quote = "\n".join(f"> {line}" for line in body(to).splitlines())
    mail.set_content(f"{text}\n\nOn Sun, 22 Nov 2026 at 12:00, Lumen <{DESK}> wrote:\n\n{quote}\n")
    return mail.as_bytes()


def question() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Lin <{LIN}>", DESK, "My coins are late"
    mail["Date"], mail["Message-ID"] = "Sun, 22 Nov 2026 10:00:00 +0000", "<q1@customer.example>"
    mail.set_content("Hello, my coins are late.\n")
    return mail.as_bytes()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
@pytest.mark.parametrize("form", ["bare", f"catchall:@{DOMAIN}"])
def test_a_conversation_from_question_to_score_needs_no_plus(
    tmp_path: Path, dovecot, sink, user, form: str, engine: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url").replace("%", "%%") if engine == "postgres" else ""
    provider = Provider(sink, dovecot, user, form != "bare")
    desk = RunningDesk(write(tmp_path, dovecot, sink, user, form, store=url))
    added = desk.intake("agent", "add", ANNA, "--name", "Anna", "--team", "support")
    assert 0 == added.returncode, added.stderr

    def got(whom: str, words: str, number: int = 1) -> EmailMessage:
        def there() -> list[EmailMessage]:
            mails = [read(one.raw) for one in sink.mails if whom in one.recipients]
            found = [mail for mail in mails if words in body(mail)]
            return found if len(found) >= number else []

        return soon(there, 60)[-1]

    with desk:
        imap_append(dovecot, user, question())
        notice = got(ANNA, "my coins are late")
        assert "+" not in str(notice["Reply-To"])
        imap_append(dovecot, user, answer(notice, f"Anna <{ANNA}>", "Look under the sofa.", ids=False))
        relay = got(LIN, "Look under the sofa.")
        imap_append(dovecot, user, answer(relay, f"Lin <{LIN}>", "They are not there.", ids=False))
        again = got(ANNA, "They are not there.")
        imap_append(dovecot, user, answer(again, f"Anna <{ANNA}>", "#close\nThen in the drawer."))
        got(LIN, "Then in the drawer.")
    # Whose survey is due is asked once a minute, and at a start.
    with desk:
        survey = soon(
            lambda: [
                mail
                for mail in (read(one.raw) for one in sink.mails if LIN in one.recipients)
                if "5 = " in body(mail)
            ],
            90,
        )[0]
        imap_append(dovecot, user, answer(survey, f"Lin <{LIN}>", "4", ids=False))
        soon(lambda: "4 of 5" in desk.intake("survey", "list").stdout, 60)
    shown = json.loads(desk.intake("ticket", "show", "1", "--json").stdout)
    assert ("closed", [4]) == (shown["status"], [row["score"] for row in shown["surveys"]])
    assert [] == provider.odd
    rows = json.loads(desk.intake("message", "list", "--json").stdout)
    assert {1} == {row["ticket"] for row in rows}


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("form", "takes", "level", "line"),
    [
        ("plus", (), "problem", "reply_address = bare"),
        ("plus", ("plus",), "ok", ""),
        ("bare", ("plus",), "warning", "reply_address = plus"),
        (f"catchall:@{DOMAIN}", ("catchall",), "ok", ""),
        (f"catchall:@{DOMAIN}", (), "problem", "reply_address = bare"),
    ],
)
def test_check_says_which_form_works_and_leaves_nothing_behind(
    tmp_path: Path, dovecot, sink, user, form: str, takes: tuple[str, ...], level: str, line: str
) -> None:
    Provider(sink, dovecot, user, "catchall" in takes, "plus" in takes)
    desk = RunningDesk(write(tmp_path, dovecot, sink, user, form))
    probed(desk, level, line)
    assert [] == imap_messages(dovecot, user)
    assert [] == json.loads(desk.intake("message", "list", "--json").stdout)


@pytest.mark.timeout(240)
def test_a_desk_that_runs_makes_no_ticket_of_what_check_sends(tmp_path: Path, dovecot, sink, user) -> None:
    Provider(sink, dovecot, user, catchall=False, plus=True)
    desk = RunningDesk(write(tmp_path, dovecot, sink, user, "plus"))
    desk.intake("agent", "add", ANNA, "--name", "Anna", "--team", "support")
    with desk:
        soon(lambda: "mailbox connected" in desk.log.read_text(), 60)
        probed(desk, "ok", "")
        imap_append(dovecot, user, question())
        soon(lambda: [one for one in sink.mails if ANNA in one.recipients], 60)
    assert [] == imap_messages(dovecot, user)
    tickets = json.loads(desk.intake("ticket", "list", "--json").stdout)
    assert ["My coins are late"] == [row["subject"] for row in tickets]
    rows = json.loads(desk.intake("message", "list", "--json").stdout)
    kept = {(row["rule"], row["outcome"]) for row in rows}
    assert kept <= {("own_mail", "automatic"), ("new_ticket", "ticketed")}
    told = [str(read(one.raw)["Subject"]) for one in sink.mails if ANNA in one.recipients]
    assert all("My coins are late" in subject for subject in told), told


def probed(desk: RunningDesk, level: str, line: str) -> None:
    """Run the check; it must say so of `reply_address`, with this in the cure."""
    made = desk.intake("check", "--probe", "--wait", "8" if level == "problem" else "45", "--json")
    assert made.stdout, made.stderr
    said = [one for one in json.loads(made.stdout) if one["key"] == "reply_address"]
    told = [one for one in said if one["level"] == level]
    assert told, said
    assert any(line in one["cure"] for one in told), told
