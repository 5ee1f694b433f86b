"""Reading mail from servers that behave as each provider's does; the real ones are asked by nobody here."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from intake.channels.imap import ImapChannel, check
from intake.channels.imap_answers import CODES, alert_in, codes_in, meaning, quoted
from intake.channels.imap_copy import ImapCopy
from intake.channels.imap_probe import NotLooked, taken_away
from intake.config.mailboxes import ImapMailbox
from intake.ports import UserError
from intake.runtime.backoff import Backoff
from intake.testing import wait_until
from intake.testing.imap_script import ProviderImap
from intake.testing.ledger import Ledger
from intake.testing.providers import BY_NAME, PROVIDERS, Provider

EVERY = pytest.mark.parametrize("provider", PROVIDERS, ids=[provider.name for provider in PROVIDERS])
PASSWORDS = pytest.mark.parametrize(
    "provider",
    [provider for provider in PROVIDERS if not provider.token],
    ids=[provider.name for provider in PROVIDERS if not provider.token],
)


def mail(number: int | str, body: bytes = b"hello") -> bytes:
    return b"From: ann@example.org\r\nSubject: number %s\r\n\r\n%s\r\n" % (str(number).encode(), body)


class Tokens:
    """Gives the token that the scripted servers take."""

    name = "desk"

    def __init__(self, token: str = ProviderImap.token) -> None:
        self._token = token

    def token(self) -> str:
        return self._token

    def another(self, refused: str) -> str:
        return ""


class Desk:
    """A provider's server, and a desk that reads its mailbox."""

    def __init__(self, provider: Provider, make: Any, running: Any, ledger: Ledger) -> None:
        self.server = ProviderImap(provider)
        self._make, self._running, self._ledger = make, running, ledger
        self._access = Tokens() if provider.token else None

    def section(self, **keys: Any) -> ImapMailbox:
        section = self._make(self.server, self.server.user, **keys).mailboxes["box"]
        return replace(section, auth="desk") if self._access else section

    def check(self, **keys: Any) -> list[Any]:
        return list(check(self.section(**keys), self._access))

    def reading(self, poll: float = 0.2, access: Any = None, **keys: Any) -> Any:
        channel: Any = ImapChannel(
            "box",
            replace(self.section(**keys), poll_seconds=poll),
            2**20,
            self._ledger,
            self._ledger.receive,
            Backoff((0.05, 0.1)),
            0.2,
            access or self._access,
        )
        return self._running(channel)


@pytest.fixture
def at(ledger, imap_settings, running, monkeypatch) -> Iterator[Callable[[Provider], Desk]]:
    """Run a provider's server, with a desk at it."""
    monkeypatch.setattr("intake.channels.imap_connect.SLICE_SECONDS", 0.05)
    monkeypatch.setattr("intake.channels.imap.LEAST_SECONDS", 0.05)
    made: list[Desk] = []

    def make(provider: Provider) -> Desk:
        made.append(Desk(provider, imap_settings, running, ledger))
        return made[-1]

    yield make
    for desk in made:
        desk.server.close()


@EVERY
def test_mail_is_read_and_leaves_the_inbox_or_is_marked(at, ledger, provider) -> None:
    there = at(provider)
    there.server.append(mail(1))
    with there.reading():
        wait_until(lambda: ledger.raws, 5, "the mail that was there")
        there.server.append(mail(2))
        wait_until(lambda: len(ledger.raws) == 2, 5, "the mail that came")
        wait_until(lambda: not there.server.raws(), 5, "both to be moved")
    assert [mail(1), mail(2)] == ledger.raws
    target = f"{provider.prefix}Intake"
    assert [mail(1), mail(2)] == there.server.raws(target)
    assert {""} == set(ledger.errors)


@EVERY
@pytest.mark.parametrize("after", ["flag", "leave", "delete"])
def test_each_way_to_settle_works_and_reads_nothing_twice(at, ledger, provider, after) -> None:
    there = at(provider)
    there.server.append(mail(1))
    for _ in range(2):
        rounds = len(ledger.errors)
        with there.reading(after=after):
            wait_until(lambda rounds=rounds: len(ledger.errors) > rounds)
    assert [mail(1)] == ledger.raws
    assert ([] if after == "delete" else [mail(1)]) == there.server.raws()


@EVERY
def test_a_connection_that_ends_is_made_anew(at, ledger, provider) -> None:
    there = at(provider)
    with there.reading():
        for number in range(3):
            there.server.append(mail(number))
            wait_until(lambda number=number: len(ledger.raws) == number + 1, 5, "the mail")
            there.server.hang_up()
    assert [mail(0), mail(1), mail(2)] == ledger.raws


@EVERY
def test_new_mail_is_noticed_at_once_where_the_server_tells_of_it(at, ledger, provider) -> None:
    there = at(provider)
    idles = "IDLE" in provider.inside.split()
    with there.reading(poll=30 if idles else 0.3):
        wait_until(lambda: ledger.state == "", 5, "the first round")
        if idles:
            wait_until(lambda: "IDLE" in there.server.heard, 5, "IDLE")
        there.server.append(mail(1))
        wait_until(lambda: ledger.raws, 3, "the mail")
    assert idles == ("IDLE" in there.server.heard)


@PASSWORDS
def test_a_wrong_password_is_called_one(at, provider) -> None:
    (found,) = at(provider).check(password="wrong")
    assert ("password", "problem") == (found.key, found.level)
    assert "folder" not in found.what


def test_a_token_that_is_not_taken_is_called_one(at, ledger) -> None:
    with at(BY_NAME["microsoft"]).reading(access=Tokens("an old one")):
        wait_until(lambda: ledger.state)
    assert "auth: " in ledger.state


@EVERY
def test_all_is_well_with_the_right_login(at, provider) -> None:
    assert ["ok"] == [found.level for found in at(provider).check()]


@EVERY
def test_a_folder_that_is_not_there_is_called_so(at, provider) -> None:
    (found,) = at(provider).check(folders="Other", after="leave")
    assert ("folders", "there is no folder 'Other'") == (found.key, found.what)


@EVERY
def test_too_many_connections_pass_by_themselves_and_are_no_wrong_password(at, ledger, provider) -> None:
    there = at(provider)
    there.server.append(mail(1))
    held = [there.server.talks.append(_Held()) for _ in range(provider.connections)]
    with there.reading():
        wait_until(lambda: ledger.state)
        assert "limit" in ledger.state or "cannot do it now" in ledger.state
        assert "password" not in ledger.state.partition("(")[0]
        for _ in held:
            there.server.talks.pop(0)
        wait_until(lambda: ledger.raws, 5, "the mail, once there is room")


class _Held:
    """A connection of somebody else's."""

    inside = True

    def tell(self, folder: str) -> None: ...

    def close(self) -> None: ...


REFUSALS = [(provider, *refusal) for provider in PROVIDERS for refusal in provider.refusals]


@pytest.mark.parametrize(
    ("provider", "command", "answer", "passing"),
    REFUSALS,
    ids=[f"{row[0].name}-{row[1]}-{'passes' if row[3] else 'stays'}-{at}" for at, row in enumerate(REFUSALS)],
)
def test_what_a_provider_refuses_is_no_missing_folder_and_passes(
    at, ledger, provider, command, answer, passing
) -> None:
    there = at(provider)
    there.server.append(mail(1))
    there.server.refuse[command] = answer
    with there.reading():
        wait_until(lambda: ledger.state)
        state = ledger.state
        assert "there is no folder" not in state
        assert "refused user or password" not in state
        assert passing == ("it is tried again" in state or "Unless it passes" in state), state
        there.server.refuse.clear()
        wait_until(lambda: ledger.raws, 5, "the mail, once it is no longer refused")
    assert [mail(1)] == ledger.raws


def test_a_folder_that_is_not_opened_now_ends_a_copy_with_what_to_do(at, tmp_path) -> None:
    there = at(BY_NAME["gmail"])
    there.server.append(mail(1))
    there.server.refuse["SELECT"] = there.server.refuse["EXAMINE"] = "NO [INUSE] Mailbox is in use"
    with pytest.raises(UserError, match="import again to go on"):
        ImapCopy(there.section(), there._access, tmp_path, 2**20).fetch(["INBOX"])
    with pytest.raises(NotLooked):
        taken_away(there.section(), ["x@desk.example"], there._access)


@EVERY
def test_a_mail_to_itself_is_found_where_the_desk_moved_it(at, ledger, provider) -> None:
    there = at(provider)
    there.server.append(b"Message-ID: <probe-1@desk.example>\r\n" + mail(1))
    keys = {"after": "move", "move_to": "Desk/Read"}
    with there.reading(**keys):
        wait_until(lambda: ledger.raws and not there.server.raws(), 5, "the mail to be moved")
    taken = taken_away(there.section(**keys), ["probe-1@desk.example"], there._access)
    assert {"probe-1@desk.example"} == taken


def test_what_people_must_be_shown_is_shown_again_when_it_is_said_again(at, ledger, monkeypatch) -> None:
    monkeypatch.setattr("intake.channels.imap.ALERT_SECONDS", 0.5)
    there = at(BY_NAME["gmail"])
    channel = SimpleNamespace(new_alerts=lambda: ["Pay your bill"])
    reader: Any = ImapChannel("box", there.section(), 2**20, ledger, ledger.receive, Backoff((1,)), 1, None)
    assert ["Pay your bill"] == reader._alerts(channel)
    time.sleep(0.6)
    quiet = SimpleNamespace(new_alerts=list)
    assert [] == reader._alerts(quiet)
    assert ["Pay your bill"] == reader._alerts(channel)


def test_a_provider_that_must_know_the_program_is_told_before_it_opens_a_folder(at, ledger) -> None:
    there = at(BY_NAME["netease"])
    there.server.append(mail(1))
    with there.reading():
        wait_until(lambda: ledger.raws, 5, "the mail")
    assert (
        there.server.heard.index("LOGIN")
        < there.server.heard.index("ID")
        < there.server.heard.index("SELECT")
    )


def test_where_it_still_refuses_it_is_said_what_to_do(at) -> None:
    there = at(BY_NAME["netease"])
    there.server.refuse["SELECT"] = BY_NAME["netease"].unknown
    (found,) = there.check()
    assert ("user", "problem") == (found.key, found.level)
    assert "does not let this program open the mailbox" in found.what
    assert "authorisation code" in found.cure


def test_a_mail_under_two_labels_is_one_message_and_leaves_both(at, ledger) -> None:
    there = at(BY_NAME["gmail"])
    there.server.boxes["Support"] = type(there.server.boxes["INBOX"])()
    for folder in ("INBOX", "Support"):
        there.server.boxes[folder].add(mail(1))
    there.server.boxes["[Gmail]/All Mail"].add(mail(1))
    with there.reading(folders="INBOX, Support"):
        wait_until(lambda: not there.server.raws() and not there.server.raws("Support"), 5, "the moves")
    assert 1 == len(ledger.rows)
    assert [mail(1)] == there.server.raws("[Gmail]/All Mail"), "it stays in the archive"


def test_what_is_deleted_from_the_inbox_stays_in_all_mail(at, ledger) -> None:
    there = at(BY_NAME["gmail"])
    there.server.append(mail(1))
    with there.reading(after="delete"):
        wait_until(lambda: ledger.raws and not there.server.raws(), 5, "the mail")
    assert [mail(1)] == there.server.raws("[Gmail]/All Mail")


@EVERY
def test_a_mail_somebody_else_takes_away_is_no_trouble(at, ledger, provider) -> None:
    there = at(provider)
    gone = False

    def taken(arrivals: Any) -> None:
        nonlocal gone
        if not gone:
            gone = True
            with there.server.lock:
                there.server.boxes["INBOX"].letters.clear()

    ledger.stumble = taken
    there.server.append(mail(1))
    with there.reading():
        wait_until(lambda: gone, 5, "the mail")
        there.server.append(mail(2))
        wait_until(lambda: mail(2) in ledger.raws, 5, "the next mail")
    assert [mail(1), mail(2)] == ledger.raws


@EVERY
def test_of_a_mail_too_large_only_the_header_is_asked_for(at, ledger, provider) -> None:
    there = at(provider)
    big = mail("big", b"x" * 2**20)
    there.server.append(big)
    there.server.append(mail(2))
    with there.reading():
        wait_until(lambda: len(ledger.raws) == 2 and len(ledger.errors) > 1)
    assert {b"From: ann@example.org\r\nSubject: number big\r\n\r\n", mail(2)} == set(ledger.raws)
    assert [big] == there.server.raws()
    assert {""} == set(ledger.errors)


# -- what servers say ------------------------------------------------------------------

ALERT = "* OK [ALERT] Your password ends in 3 days, see https://provider.example/p"


def test_what_people_must_be_shown_is_shown_and_the_mailbox_is_read_all_the_same(at, ledger) -> None:
    there = at(BY_NAME["dovecot"])
    there.server.say["SELECT"] = ALERT
    there.server.append(mail(1))
    with there.reading():
        wait_until(lambda: ledger.raws, 5, "the mail")
        wait_until(lambda: "Your password ends in 3 days" in (ledger.state or ""), 5, "the alert")
    assert ledger.reads == len(ledger.errors), "every round read it"


def test_a_check_shows_it_as_a_warning(at) -> None:
    there = at(BY_NAME["dovecot"])
    there.server.say["EXAMINE"] = there.server.say["SELECT"] = ALERT
    assert ["warning", "ok"] == [found.level for found in there.check()]


def test_an_alert_carries_no_token_of_ours_and_no_control_characters() -> None:
    line = b"* OK [ALERT] mail to desk+abcdefghijklmnopqrstuvwxyz234567@d.example \x1b[31mis late\r\n"
    shown = alert_in(line)
    assert "\x1b" not in shown
    assert quoted("desk+abcdefghijklmnopqrstuvwxyz234567@d.example") in shown
    assert "" == alert_in(b"* 1 FETCH (BODY[] {5}\r\n")
    assert "" == alert_in(b"Subject: * OK [ALERT] pay now\r\n")
    assert len(alert_in(b"* BYE [ALERT] " + b"x" * 9000)) <= 200


@pytest.mark.parametrize("code", CODES)
def test_each_code_says_what_is_wrong_and_what_to_do(at, code) -> None:
    there = at(BY_NAME["dovecot"])
    for command in ("LOGIN", "SELECT"):
        there.server.refuse = {command: f"NO [{code}] some words of the server's"}
        found = there.check()[0]
        known = CODES[code]
        assert ("problem", known.key, known.cure) == (found.level, found.key, found.cure), command
        assert "there is no folder" not in found.what
        assert ("some words" in found.what) == known.shown


CODED = {
    "select failed: [UNAVAILABLE] down": ["UNAVAILABLE"],
    "b'[AUTHENTICATIONFAILED] no'": ["AUTHENTICATIONFAILED"],
    "[WEBALERT https://x.example/?a=b] Web login required": ["WEBALERT"],
    "[limit] lower": ["LIMIT"],
    "no code at all": [],
    "[Gmail]/All Mail": ["GMAIL"],
}


@pytest.mark.parametrize(("said", "codes"), CODED.items())
def test_the_codes_in_what_a_server_said(said, codes) -> None:
    assert codes == codes_in(said)
    assert (meaning(said) is None) == (not codes or codes == ["GMAIL"])
