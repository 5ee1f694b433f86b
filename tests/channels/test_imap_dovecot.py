"""Reading mail from Dovecot: nothing is moved before it is ours, and nothing is read twice as new."""

import ssl
import threading
import time
from datetime import UTC, datetime

import pytest
from imapclient import IMAPClient

from intake.channels.imap_connect import wait_for_mail
from intake.channels.opening import check
from intake.ports import Temporary
from intake.testing import dovecot as run_dovecot
from intake.testing import imap_append, imap_connect, imap_create, imap_messages, wait_until


def mail(number: int | str, body: bytes = b"hello") -> bytes:
    return b"From: ann@example.org\r\nSubject: number %s\r\n\r\n%s\r\n" % (str(number).encode(), body)


def test_new_mail_is_noticed_by_idle_within_two_seconds(dovecot, user, ledger, reading):
    with reading(dovecot, user):
        wait_until(lambda: ledger.state == "", 5, "the first round")
        time.sleep(0.3)  # into IDLE; the next poll is a minute away
        begun = time.monotonic()
        imap_append(dovecot, user, mail(1))
        wait_until(lambda: ledger.raws, 2, "the mail")
        assert time.monotonic() - begun < 2
        wait_until(lambda: len(imap_messages(dovecot, user, "Intake")) == 1, 2, "the move")
    assert [mail(1)] == ledger.raws
    assert [] == imap_messages(dovecot, user)


@pytest.mark.parametrize("security", ["none", "tls"])
def test_mail_that_came_just_before_idle_is_noticed_at_once(dovecot, user, security):
    port = dovecot.tls_port if security == "tls" else dovecot.port
    context = ssl.create_default_context(cafile=dovecot.ca_file) if security == "tls" else None
    with IMAPClient("localhost", port, ssl=security == "tls", ssl_context=context, timeout=10) as client:
        client.login(user, dovecot.password)
        client.select_folder("INBOX")
        for number in range(3):
            # The server has not told of it yet; it does so in one breath with its "+ idling".
            imap_append(dovecot, user, mail(number))
            begun = time.monotonic()
            wait_for_mail(client, 5, threading.Event())
            assert time.monotonic() - begun < 2
        begun = time.monotonic()
        wait_for_mail(client, 1, threading.Event())
        assert time.monotonic() - begun >= 1, "without news it waits"


def test_an_arrival_says_where_it_lay(dovecot, user, ledger, reading):
    imap_append(dovecot, user, mail(1))
    with reading(dovecot, user, after="leave"):
        wait_until(lambda: ledger.arrivals)
    [one] = ledger.arrivals
    assert ("imap", "box", None, ()) == (
        one.envelope.channel,
        one.envelope.mailbox,
        one.envelope.sender,
        one.envelope.recipients,
    )
    assert ("INBOX", 1) == (one.origin.folder, one.origin.uid)
    assert one.origin.uidvalidity > 0


def test_many_come_in_batches_of_fifty(dovecot, user, ledger, reading):
    imap_append(dovecot, user, [mail(n) for n in range(120)])
    with reading(dovecot, user):
        wait_until(lambda: len(imap_messages(dovecot, user, "Intake")) == 120, 10)
    assert [50, 50, 20] == [len(batch) for batch in ledger.batches]
    assert [mail(n) for n in range(120)] == ledger.raws


AFTER = [
    # name, what is left in INBOX (flags of interest), what is in Intake
    ("move", [], 1),
    ("flag", [{"\\Seen", "$Intake"}], 0),
    ("leave", [set()], 0),
    ("delete", [], 0),
]


@pytest.mark.parametrize(("after", "inbox", "moved"), AFTER, ids=[row[0] for row in AFTER])
def test_what_is_done_with_received_mail(dovecot, user, ledger, reading, after, inbox, moved):
    imap_append(dovecot, user, mail(1))
    with reading(dovecot, user, after=after):
        wait_until(lambda: ledger.state == "")
    flags = [set(one.flags) - {"\\Recent"} for one in imap_messages(dovecot, user)]
    assert (inbox, moved) == (flags, len(imap_messages(dovecot, user, "Intake")))
    rounds = len(ledger.errors)
    with reading(dovecot, user, after=after):
        wait_until(lambda: len(ledger.errors) > rounds)
    assert [mail(1)] == ledger.raws, "a second start reads nothing again"


def test_mail_a_person_has_read_already_is_received_too(dovecot, user, ledger, reading):
    imap_append(dovecot, user, mail(1), flags="(\\Seen)")
    with reading(dovecot, user, after="flag"):
        wait_until(lambda: ledger.raws)
    assert [mail(1)] == ledger.raws


def test_delete_takes_only_what_was_received(dovecot, user, ledger, reading):
    imap_append(dovecot, user, mail("mine"), "INBOX")
    imap_create(dovecot, user, "Other")
    imap_append(dovecot, user, mail("deleted by a person"), "Other", flags="(\\Deleted)")

    def arrives_meanwhile(arrivals):
        imap_append(dovecot, user, mail("later"), flags="(\\Deleted)")
        ledger.refuse = lambda arrivals: (_ for _ in ()).throw(Temporary("full"))

    ledger.refuse = arrives_meanwhile
    with reading(dovecot, user, after="delete"):
        wait_until(lambda: ledger.raws and "stored" in (ledger.state or ""))
    assert [mail("later")] == [one.raw for one in imap_messages(dovecot, user)]
    assert 1 == len(imap_messages(dovecot, user, "Other"))


def test_several_folders_are_polled(dovecot, user, ledger, reading):
    imap_create(dovecot, user, "Sales", "B&APw-ro")  # Büro, in modified UTF-7
    with reading(dovecot, user, folders="INBOX, Sales, Büro", poll=0.7):
        wait_until(lambda: ledger.state == "")
        imap_append(dovecot, user, mail("sales"), "Sales")
        imap_append(dovecot, user, mail("buero"), "B&APw-ro")
        imap_append(dovecot, user, mail("inbox"))
        wait_until(lambda: len(ledger.raws) == 3, 8)
    assert {"INBOX", "Sales", "Büro"} == {one.origin.folder for one in ledger.arrivals}


def test_mail_before_since_is_left_alone(dovecot, user, ledger, reading):
    imap_append(dovecot, user, mail("old"), at=datetime(2026, 1, 30, 12, tzinfo=UTC))
    imap_append(dovecot, user, mail("new"), at=datetime(2026, 1, 31, 12, tzinfo=UTC))
    with reading(dovecot, user, since="2026-01-31"):
        wait_until(lambda: ledger.state == "")
    assert [mail("new")] == ledger.raws
    assert [mail("old")] == [one.raw for one in imap_messages(dovecot, user)]


def test_an_archive_takes_in_older_mail_and_marks_it_so(dovecot, user, ledger, reading):
    imap_append(dovecot, user, mail("old"), at=datetime(2026, 1, 30, 12, tzinfo=UTC))
    imap_append(dovecot, user, mail("new"), at=datetime(2026, 1, 31, 12, tzinfo=UTC))
    with reading(dovecot, user, since="2026-01-31", archive="yes"):
        wait_until(lambda: len(ledger.raws) == 2)
    assert {mail("old"): True, mail("new"): False} == {
        one.raw: one.envelope.archive for one in ledger.arrivals
    }


BIG = mail("big", b"x" * 70 + b"\r\n" + b"y" * 2**20)
TOP = b"From: ann@example.org\r\nSubject: number big\r\n\r\n"


def test_of_a_mail_too_big_only_the_header_comes_and_it_stays_flagged(dovecot, user, ledger, reading):
    imap_append(dovecot, user, [mail(1), BIG, mail(2)])
    with reading(dovecot, user, poll=0.2):
        wait_until(lambda: len(ledger.errors) > 3)
    assert {mail(1): 0, TOP: len(BIG), mail(2): 0} == {
        one.raw: one.envelope.oversize for one in ledger.arrivals
    }
    assert {""} == set(ledger.errors), "it was read as far as it is to be: nobody need look at the mailbox"
    [left] = imap_messages(dovecot, user)
    assert ({"\\Flagged", "$IntakeTooBig"}, BIG) == (left.flags - {"\\Recent"}, left.raw)
    with reading(dovecot, user, max_message_mb=2):
        wait_until(lambda: BIG in ledger.raws)
        wait_until(lambda: len(imap_messages(dovecot, user, "Intake")) == 3, 5, "the move")
    [moved] = imap_messages(dovecot, user, "Intake")[2:]
    assert set() == moved.flags - {"\\Recent"}


@pytest.mark.parametrize("after", ["move", "flag", "leave", "delete"])
def test_the_header_of_a_mail_too_big_comes_once(dovecot, user, ledger, reading, after):
    imap_append(dovecot, user, BIG)
    for _ in range(2):
        rounds = len(ledger.errors)
        with reading(dovecot, user, after=after, poll=0.2):
            wait_until(lambda rounds=rounds: len(ledger.errors) > rounds + 2)
    assert [TOP] == ledger.raws, "neither at the next round nor at the next start"
    assert [BIG] == [one.raw for one in imap_messages(dovecot, user)]
    with reading(dovecot, user, after=after, poll=0.2, max_message_mb=2):
        wait_until(lambda: BIG in ledger.raws, 5, "the mail, once the limit is higher")
        rounds = len(ledger.errors)
        wait_until(lambda: len(ledger.errors) > rounds + 2)
    assert [TOP, BIG] == ledger.raws


def test_the_header_of_a_mail_too_big_is_the_same_message_under_another_uid(dovecot, user, ledger, reading):
    imap_create(dovecot, user, "Box")
    imap_append(dovecot, user, BIG, "Box")
    for _ in range(2):
        with reading(dovecot, user, folders="Box", after="leave"):
            wait_until(lambda: len(ledger.errors) > 0)
        with imap_connect(dovecot, user) as client:
            client.delete("Box")
            time.sleep(1.1)  # UIDVALIDITY is the second it was made in
            client.create("Box")
        imap_append(dovecot, user, BIG, "Box")
        ledger.errors.clear()
    assert (2, 1) == (len(ledger.arrivals), len(ledger.rows))


def test_an_endless_header_of_a_mail_too_big_ends_with_a_whole_line(dovecot, user, ledger, reading):
    field = b"X-Long: " + b"z" * 60 + b"\r\n"
    imap_append(dovecot, user, b"From: ann@example.org\r\n" + field * 2000 + b"\r\n" + b"y" * 2**20)
    with reading(dovecot, user):
        wait_until(lambda: ledger.state == "")
    [top] = ledger.raws
    assert len(top) <= 64 * 1024 + 2
    assert top.endswith(field + b"\r\n")


def test_a_store_that_takes_nothing_gets_the_header_of_a_mail_too_big_again(dovecot, user, ledger, reading):
    def full(arrivals):
        raise Temporary("the disk is full")

    ledger.refuse = full
    imap_append(dovecot, user, BIG)
    with reading(dovecot, user):
        wait_until(lambda: "the disk is full" in (ledger.state or ""))
        ledger.refuse = lambda arrivals: None
        wait_until(lambda: ledger.state == "")
    assert [TOP] == ledger.raws


def test_a_folder_made_anew_is_read_again(dovecot, user, ledger, reading):
    imap_create(dovecot, user, "Box")
    imap_append(dovecot, user, mail("first life"), "Box")
    with reading(dovecot, user, folders="Box", after="leave"):
        wait_until(lambda: ledger.raws)
    with imap_connect(dovecot, user) as client:
        client.delete("Box")
        time.sleep(1.1)  # UIDVALIDITY is the second it was made in
        client.create("Box")
    imap_append(dovecot, user, mail("second life"), "Box")
    with reading(dovecot, user, folders="Box", after="leave"):
        wait_until(lambda: len(ledger.raws) == 2)
    first, second = (one.origin for one in ledger.arrivals)
    assert (first.uid, True) == (second.uid, first.uidvalidity != second.uidvalidity)


def test_stored_but_not_moved_is_known_and_moved_at_the_next_start(dovecot, user, ledger, reading):
    imap_append(dovecot, user, mail(1))
    # Killed between the commit and the move: the ledger has it, the folder too.
    with reading(dovecot, user, after="leave"):
        wait_until(lambda: ledger.raws)
    with reading(dovecot, user):
        wait_until(lambda: imap_messages(dovecot, user, "Intake"))
    assert (1, [mail(1)] * 2) == (len(ledger.rows), ledger.raws)


def test_the_target_folder_follows_the_servers_namespace(ledger, reading):
    with run_dovecot(separator=".", prefix="INBOX.") as server:
        imap_append(server, "ann", mail(1))
        with reading(server, "ann", move_to="Desk/Done"):
            wait_until(lambda: ledger.state == "")
        assert [mail(1)] == [one.raw for one in imap_messages(server, "ann", "INBOX.Desk.Done")]


@pytest.mark.parametrize(("security", "port"), [("tls", "tls_port"), ("starttls", "port")])
def test_tls_is_verified_against_the_ca_file(dovecot, user, ledger, reading, security, port):
    if dovecot.ca_file is None:
        pytest.skip("there is no openssl to make a certificate with")
    imap_append(dovecot, user, mail(1))
    keys = {"host": "localhost", "port": getattr(dovecot, port), "security": security}
    with reading(dovecot, user, **keys, ca_file=dovecot.ca_file):
        wait_until(lambda: ledger.state == "")
    assert [mail(1)] == ledger.raws


PROBLEMS = [
    # name, keys, config key named, words of the answer
    ("wrong password", {"password": "wrong"}, "password", "refused"),
    ("nobody listens", {"port": 1}, "host", "cannot connect"),
    ("no such host", {"host": "nowhere.invalid"}, "host", "no host"),
    ("no such folder", {"folders": "INBOX, Nope"}, "folders", "'Nope'"),
    ("an archive of nothing", {"archive": "yes"}, "archive", "without since"),
    ("target is read", {"move_to": "inbox"}, "move_to", "also read"),
    ("plain port for tls", {"security": "tls"}, "security", "TLS"),
]


@pytest.mark.parametrize(("keys", "key", "words"), [p[1:] for p in PROBLEMS], ids=[p[0] for p in PROBLEMS])
def test_check_names_key_problem_and_cure(dovecot, user, imap_settings, keys, key, words):
    section = imap_settings(dovecot, user, **{"timeout": 5, **keys}).mailboxes["box"]
    named, what, cure, _ = check(section)[-1]
    assert (key, True, True) == (named, words in what, bool(cure))


def test_an_untrusted_certificate_is_refused(dovecot, user, imap_settings):
    if dovecot.ca_file is None:
        pytest.skip("there is no openssl to make a certificate with")
    keys = {"host": "localhost", "port": dovecot.tls_port, "security": "tls"}
    [(key, what, *_)] = check(imap_settings(dovecot, user, **keys).mailboxes["box"])
    assert ("ca_file", True) == (key, "not trusted" in what)


def test_check_of_a_good_mailbox_finds_nothing(dovecot, user, imap_settings):
    [one] = check(imap_settings(dovecot, user).mailboxes["box"])
    assert ("ok", f"login to {dovecot.host}:{dovecot.port} as {user} works") == (one.level, one.what)
