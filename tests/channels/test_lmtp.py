"""Delivery to our listener: 250 is said for what is stored, and for nothing else."""

import contextlib
import resource
import smtplib
import socket
import threading
import time

import pytest

from intake.channels.lmtp import accepts
from intake.channels.opening import check, open_channel
from intake.ports import Temporary
from intake.testing import wait_until

MAIL = b"From: ann@example.org\r\nSubject: one\r\n\r\nhello\r\n"
ADDRESS = "support@example.com"


def raise_(err):
    raise err


@pytest.fixture
def listening(settings_of, ledger, running):
    """Run a listener on a port of its own; yields (host, port)."""

    @contextlib.contextmanager
    def run(kind="lmtp", **keys):
        settings = settings_of(type=kind, port=0, accept="sales@example.com, @example.net", **keys)
        channel = open_channel("box", settings, ledger, ledger.receive)
        with running(channel):
            wait_until(lambda: ledger.state == "")
            yield "127.0.0.1", channel.port

    return run


def replies(place, *recipients, raw=MAIL, sender="ann@example.org"):
    """Deliver by LMTP; returns the reply to each RCPT and, after the dot, to each accepted one."""
    with smtplib.LMTP(*place) as client:
        client.ehlo_or_helo_if_needed()
        client.mail(sender)
        rcpt = [client.rcpt(one)[0] for one in recipients]
        client.putcmd("data")
        assert 354 == client.getreply()[0]
        client.send(raw + b".\r\n")
        return rcpt, [client.getreply()[0] for code in rcpt if code == 250]


ACCEPTS = [
    # recipient, is it ours
    (ADDRESS, True),
    ("SUPPORT@Example.COM", True),
    ("support+t-abc123@example.com", True),
    ("sales@example.com", True),
    ("sales+x@example.com", True),
    ("whoever@example.net", True),
    ("other@example.com", False),
    ("support@example.org", False),
    ("supporter@example.com", False),
    ("support@example.com.evil.test", False),
    ("support%example.org@example.com", False),
    ("support@sub.example.net", False),
    ("support", False),
    ("@example.net", False),
    ("@", False),
    ("", False),
]


@pytest.mark.parametrize(("recipient", "ours"), ACCEPTS)
def test_only_configured_recipients_are_ours(recipient, ours):
    assert ours == accepts(recipient, ADDRESS, ("sales@example.com", "@Example.net"))


def test_each_accepted_recipient_gets_its_own_reply(listening, ledger):
    with listening() as place:
        got = replies(place, ADDRESS, "stranger@example.com", "support+tok@example.com")
    assert ([250, 550, 250], [250, 250]) == got
    [one] = ledger.arrivals
    assert MAIL == one.raw
    assert ("lmtp", "box", "ann@example.org") == (
        one.envelope.channel,
        one.envelope.mailbox,
        one.envelope.sender,
    )
    assert (ADDRESS, "support+tok@example.com") == one.envelope.recipients


def test_the_null_sender_is_the_empty_string(listening, ledger):
    with listening() as place:
        replies(place, ADDRESS, sender="")
    assert [""] == [one.envelope.sender for one in ledger.arrivals]


@pytest.mark.parametrize("sender", ["a..b.@docomo.example", '"a..b."@docomo.example', '"a b"@x.example'])
def test_a_sender_older_than_the_rules_is_taken(listening, ledger, sender):
    with listening() as place:
        assert ([250], [250]) == replies(place, ADDRESS, sender=sender)
    kept = sender if " " in sender else "a..b.@docomo.example"
    assert [kept] == [one.envelope.sender for one in ledger.arrivals]


def test_smtp_answers_once_and_stores_the_bytes_unchanged(listening, ledger):
    odd = b"Subject: odd\r\n\r\n.dot\r\nbare\nline feed\rand return \xff\r\n" + b"x" * 5000 + b"\r\n"
    with listening("smtp") as place, smtplib.SMTP(*place) as client:
        client.ehlo()
        client.mail("ann@example.org")
        client.rcpt(ADDRESS)
        client.rcpt("sales@example.com")
        client.putcmd("data")
        client.getreply()
        client.send(odd.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        assert 250 == client.getreply()[0]
        assert 250 == client.noop()[0], "no reply is left over"
    assert [odd] == ledger.raws


FAULTS = [
    ("full", Temporary("the disk is full at /var/lib/secret")),
    ("broken", RuntimeError("at /var/lib/secret")),
]


@pytest.mark.parametrize("err", [one[1] for one in FAULTS], ids=[one[0] for one in FAULTS])
def test_when_storing_fails_the_peer_keeps_the_mail_and_learns_nothing(listening, ledger, err):
    ledger.refuse = lambda arrivals: raise_(err)
    with listening("smtp") as place, smtplib.SMTP(*place) as client:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail("ann@example.org", [ADDRESS], MAIL)
        assert (451, b"4.3.0 try again later") == (refused.value.smtp_code, refused.value.smtp_error)
        ledger.refuse = lambda arrivals: None
        client.sendmail("ann@example.org", [ADDRESS], MAIL)
    assert [MAIL] == ledger.raws


def test_a_mail_that_cannot_be_taken_fails_alone(listening, ledger):
    gate = threading.Event()

    def refuse(arrivals):
        gate.wait(5)
        if any(b"poison" in one.raw for one in arrivals):
            raise ValueError("our own fault")

    ledger.refuse = refuse
    codes = {}

    def deliver(place, name):
        codes[name] = replies(place, ADDRESS, raw=MAIL + name + b"\r\n")[1]

    names = [b"first", b"poison", b"second", b"third"]
    with listening() as place:
        threads = [threading.Thread(target=deliver, args=(place, name)) for name in names]
        for one in threads:
            one.start()
        time.sleep(0.3)  # while the first waits in its commit the others gather
        gate.set()
        for one in threads:
            one.join()
    assert {b"first": [250], b"poison": [451], b"second": [250], b"third": [250]} == codes


def test_a_client_that_hangs_up_after_the_dot_has_delivered(listening, ledger):
    began, gate = threading.Event(), threading.Event()

    def slow(arrivals):
        began.set()
        gate.wait(5)

    ledger.refuse = slow
    with listening("smtp") as place:
        client = smtplib.SMTP(*place)
        client.ehlo()
        client.mail("ann@example.org")
        client.rcpt(ADDRESS)
        client.putcmd("data")
        client.getreply()
        client.send(MAIL + b".\r\n")
        assert began.wait(5)
        client.close()
        time.sleep(0.2)
        gate.set()
        wait_until(lambda: ledger.raws)
    assert [MAIL] == ledger.raws


def test_stopping_waits_for_what_is_being_stored(listening, ledger):
    began = threading.Event()

    def slow(arrivals):
        began.set()
        time.sleep(0.5)

    ledger.refuse = slow
    with listening() as place:
        got = []
        thread = threading.Thread(target=lambda: got.append(replies_or_error(place)))
        thread.start()
        assert began.wait(5)
    thread.join()
    assert ([MAIL], [([250], [250])]) == (ledger.raws, got)


def replies_or_error(place):
    try:
        return replies(place, ADDRESS)
    except (smtplib.SMTPException, OSError) as err:
        return err


def test_a_mail_over_the_limit_is_refused_for_good(listening, ledger):
    with listening("smtp") as place, smtplib.SMTP(*place) as client:
        client.ehlo()
        assert str(2**20) == client.esmtp_features["size"]
        with pytest.raises(smtplib.SMTPSenderRefused) as declared:
            client.sendmail("ann@example.org", [ADDRESS], MAIL + (b"x" * 998 + b"\r\n") * 1100)
        assert 552 == declared.value.smtp_code
        client.rset()
        client.mail("ann@example.org")  # and without saying so before
        client.rcpt(ADDRESS)
        assert 552 == client.data(MAIL + (b"x" * 998 + b"\r\n") * 1100)[0]
    assert [] == ledger.raws


@pytest.mark.parametrize("piece", [b"x" * 65536, b"x\n" * 32768], ids=["no end", "bare line feeds"])
def test_an_endless_line_is_cut_off_and_takes_no_memory(listening, ledger, piece):
    with listening("smtp") as place, smtplib.SMTP(*place) as client:
        client.ehlo()
        client.mail("ann@example.org")
        client.rcpt(ADDRESS)
        client.putcmd("data")
        client.getreply()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        sent = 0
        with contextlib.suppress(OSError, smtplib.SMTPServerDisconnected):
            while sent < 64 * 2**20:
                client.send(piece)
                sent += len(piece)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        client.close()
    assert sent < 32 * 2**20, "the connection was cut"
    assert grown < 16 * 1024, "kilobytes more than before"
    assert [] == ledger.raws


def test_connections_and_recipients_are_limited(listening):
    with listening("smtp") as place, contextlib.ExitStack() as stack:
        first = stack.enter_context(smtplib.SMTP(*place))
        for _ in range(19):
            stack.enter_context(contextlib.closing(socket.create_connection(place)))
        wait_until(lambda: greeting(place) == b"421")
        first.ehlo()
        first.mail("ann@example.org")
        codes = [first.rcpt(f"support+{n}@example.com")[0] for n in range(101)]
        assert ([250] * 100, 452) == (codes[:100], codes[100])


def greeting(place):
    with socket.create_connection(place) as one:
        return one.recv(3)


RELAYS = [
    "a@example.org",
    "support@example.com@example.org",
    "@example.com:a@example.org",
    "a%example.org@example.com",
    "example.org!a@example.com",
    '"a@example.org"',
    '"a@example.org"@example.com',
    "support@example.com\x00",
    "a@[127.0.0.1]",
    "a@localhost",
]


def test_nothing_is_relayed(listening):
    with listening("smtp") as place, smtplib.SMTP(*place) as client:
        client.ehlo()
        client.mail("ann@example.org")
        codes = {one: client.docmd(f"RCPT TO:<{one}>")[0] for one in RELAYS}
    assert {one: True for one in RELAYS} == {one: code in (501, 550, 553) for one, code in codes.items()}


def test_a_port_that_is_taken_is_shown_and_had_when_free(settings_of, ledger, running):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = settings_of(type="lmtp", port=port)
        [one] = check(settings.mailboxes["box"])
        assert ("warning", "port", True) == (one.level, one.key, str(port) in one.what)
        channel = open_channel("box", settings, ledger, ledger.receive)
        with running(channel):
            wait_until(lambda: "cannot listen" in (ledger.state or ""))
            taken.close()
            wait_until(lambda: ledger.state == "")
            replies(("127.0.0.1", port), ADDRESS)
    assert [MAIL] == ledger.raws
    assert ["ok"] == [one.level for one in check(settings.mailboxes["box"])]
