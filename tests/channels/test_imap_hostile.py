"""An IMAP server that means harm costs a bounded memory, is told of, and read when it is well."""

import itertools
import time
import tracemalloc

import pytest
from hostile_imap import MAIL, MIB, HostileImap, endless, literal, once

from intake.channels import imap, imap_bounds, imap_folder
from intake.testing import wait_until

# What a mailbox may take beside its largest message (1 MB here), whatever a server does.
MOST = 80 * MIB


@pytest.fixture
def server():
    server = HostileImap()
    yield server
    server.close()


@pytest.fixture
def peak():
    """Return the most memory in use since the test began; the server's side of it is some pieces of 64 KB."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """A message that could not be read twice is tried again soon; it is an hour otherwise."""
    monkeypatch.setattr(imap, "SUSPECT_SECONDS", 0.5)


JUNK = {
    "words": b"* OK still here, and glad of it\r\n",
    "numbers": b"* 5 EXISTS\r\n",
    "removals": b"* 1 EXPUNGE\r\n",
    "flags": b"* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n",
    "what nobody knows": b"* XJUNK 1\r\n",
    "capabilities": b"* CAPABILITY IMAP4rev1 %s\r\n" % (b"X " * 1000),
    "lines of a megabyte": b"* 1 FETCH (UID 1 FLAGS (%s))\r\n" % (b"a " * 400_000),
    "small literals": b"* 1 FETCH (UID 1 X {1}\r\nx)\r\n",
}
COMMANDS = ("GREETING", "CAPABILITY", "LOGIN", "LIST", "SEARCH", "FETCH", "BODY", "MOVE")


PLACES = [("SELECT", junk) for junk in JUNK] + [("IDLING", "words"), ("IDLING", "small literals")]


@pytest.mark.parametrize(("command", "junk"), PLACES)
def test_answers_without_end_are_cut_off_and_told(command, junk, server, ledger, reading, peak):
    server.bad[command] = endless(JUNK[junk])
    with reading(server, "ann", poll=1):
        wait_until(lambda: ledger.state and server.connections > 2, 60)
        # In IDLE imapclient meets some of it first, and says what it could not read.
        told = ("to keep our memory", "ended the connection", "No literal corresponds")
        assert any(words in one for one in ledger.errors for words in told)
        assert peak() < MOST
        del server.bad[command]
        wait_until(lambda: ledger.state == "", 30)
    assert [MAIL] == list({one: None for one in ledger.raws})


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_may_be_answered_without_end(command, server, ledger, reading, peak):
    server.bad[command] = endless(JUNK["words"])
    with reading(server, "ann", poll=1):
        wait_until(
            lambda: server.connections > 2 and any("keep our memory" in one for one in ledger.errors), 60
        )
        assert peak() < MOST
        del server.bad[command]
        wait_until(lambda: ledger.state == "", 30)
    assert [MAIL] == list({one: None for one in ledger.raws})


@pytest.mark.parametrize("command", ["LOGIN", "LIST", "SEARCH", "FETCH", "BODY"])
def test_a_huge_literal_is_not_taken_wherever_it_stands(command, server, ledger, reading, peak):
    server.bad[command] = lambda: itertools.chain([b"* 1 FETCH (UID 7 BODY[] "], literal(1400 * MIB))
    with reading(server, "ann", poll=1):
        wait_until(lambda: any("sent 1468006400 bytes at once" in one for one in ledger.errors), 30)
        assert peak() < MOST
        del server.bad[command]
        wait_until(lambda: ledger.state == "", 30)
    assert [MAIL] == list({one: None for one in ledger.raws})


def test_a_message_much_larger_than_announced_is_left_and_told_of(server, ledger, reading, peak, monkeypatch):
    monkeypatch.setattr(imap, "SUSPECT_SECONDS", 60)
    server.body = lambda: literal(490 * MIB)
    with reading(server, "ann", poll=0.5):
        wait_until(lambda: "UID 7) cannot be read" in (ledger.state or ""), 30)
        assert peak() < MOST
    assert [] == ledger.raws


def test_a_message_somewhat_larger_than_announced_is_received(server, ledger, reading):
    # Exchange estimates sizes; what fits into the limit is mail.
    whole = MAIL + b"x" * 900_000 + b"\r\n"
    server.body = once(b"{%d}\r\n" % len(whole), whole)
    with reading(server, "ann", poll=1):
        wait_until(lambda: ledger.raws)
    assert [whole] == ledger.raws


def test_what_is_said_besides_is_not_gathered_command_by_command(server, ledger, reading, peak):
    # Each answer is within its bounds; all of them together were kept until the next SELECT.
    server.uids = b" ".join(b"%d" % uid for uid in range(1, 2002))
    rows = [b"* 1 FETCH (UID %d RFC822.SIZE 100 FLAGS ())\r\n" % uid for uid in range(1, 2002)]
    server.bad["FETCH"] = once(*rows)
    server.bad["BODY"] = once(b"* XJUNK %s\r\n" % (b"x" * 900_000), b"* XMORE %s\r\n" % (b"x" * 900_000))
    with reading(server, "ann"):
        # 41 batches to read.
        wait_until(lambda: ledger.errors, 60)
        assert {""} == set(ledger.errors)
        assert peak() < 30 * MIB


def test_a_folder_said_to_hold_millions_is_not_read_and_told_of(server, ledger, reading, monkeypatch):
    monkeypatch.setattr(imap_folder, "MOST_WAITING", 1000)
    server.uids = b" ".join(b"%d" % uid for uid in range(1, 1002))
    with reading(server, "ann", poll=1):
        wait_until(lambda: "more than 1,000 messages wait in 'INBOX'" in (ledger.state or ""))
    assert [] == ledger.raws


def test_thousands_that_are_left_are_told_in_a_line(server, ledger, reading, monkeypatch):
    monkeypatch.setattr(imap, "SUSPECT_TRIES", 1)
    monkeypatch.setattr(imap, "SUSPECT_SECONDS", 60)
    server.header = b""
    server.uids = b" ".join(b"%d" % uid for uid in range(1, 2002))
    server.announced = 10 * MIB
    rows = [b"* 1 FETCH (UID %d RFC822.SIZE 99999999 FLAGS ())\r\n" % uid for uid in range(1, 2002)]
    server.bad["FETCH"] = once(*rows)
    with reading(server, "ann", poll=0.2):
        wait_until(lambda: "more" in (ledger.state or ""), 60)
        assert "and 1991 more" in ledger.state
        assert len(ledger.state) < 2000


def test_what_is_known_of_messages_that_are_gone_is_forgotten(server, ledger, reading):
    server.announced = 10 * MIB
    with reading(server, "ann", poll=0.5) as channel:
        wait_until(lambda: channel._headed)
        server.uids = b""
        wait_until(lambda: not channel._headed)
    assert ledger.state == ""


def drip(piece):
    def said():
        for at in itertools.count():
            time.sleep(0.05)
            yield piece[at % len(piece) : at % len(piece) + 1]

    return said


@pytest.mark.parametrize("command", ["GREETING", "SELECT", "BODY"])
def test_an_answer_that_drips_has_a_last_moment(command, server, ledger, reading, monkeypatch):
    monkeypatch.setattr(imap_bounds, "ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(imap_bounds, "SLOWEST", 2**30)
    server.bad[command] = drip(b"* OK wait\r\n")
    with reading(server, "ann", poll=1):
        wait_until(lambda: server.connections > 2, 20)
        assert any("does not answer" in one for one in ledger.errors)
        del server.bad[command]
        wait_until(lambda: ledger.state == "", 20)


def test_check_tells_of_such_a_server_and_ends(server, imap_settings, peak):
    server.bad["SELECT"] = endless(JUNK["words"])
    section = imap_settings(server, "ann").mailboxes["box"]
    ((_, what, cure, _),) = imap.check(section)
    assert "went on and on" in what
    assert "look at the server" in cure
    assert peak() < MOST
