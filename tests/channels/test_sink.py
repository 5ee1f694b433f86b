"""The SMTP sink is a measuring instrument: it must keep exactly what it is sent, and fail when told to."""

import smtplib

import pytest

from intake.testing import HANG_UP, SinkServer

RAWS = [
    ("one line", b"Subject: a\r\n"),
    ("dots", b"Subject: a\r\n\r\n.\r\n..\r\n.x\r\n\r\n.\r\n"),
    ("begins with a dot", b".\r\n.\r\n"),
    ("large", b"Subject: a\r\n\r\n" + b"x" * 2000 + b"\r\n" * 300_000),
    ("bare line feed and dot", b"Subject: a\r\n\r\nb\n.\n\xff\r\n"),
]


def send(sink, raw):
    with smtplib.SMTP(sink.host, sink.port) as client:
        client.ehlo()
        client.mail("")
        client.rcpt("ann@example.org")
        client.putcmd("data")
        client.getreply()
        # Not smtplib's own stuffing, which also rewrites line ends.
        stuffed = (b"\r\n" + raw).replace(b"\r\n.", b"\r\n..")[2:]
        client.send(stuffed + b".\r\n")
        return client.getreply()[0]


@pytest.mark.parametrize("raw", [one[1] for one in RAWS], ids=[one[0] for one in RAWS])
def test_bytes_are_kept_as_they_were_sent(sink, raw):
    assert 250 == send(sink, raw)
    [one] = sink.mails
    assert ("", ("ann@example.org",), raw) == (one.sender, one.recipients, one.raw)


def test_hooks_refuse_and_hang_up(sink):
    sink.on_rcpt = lambda address: "450 4.2.0 later"
    with smtplib.SMTP(sink.host, sink.port) as client, pytest.raises(smtplib.SMTPRecipientsRefused):
        client.sendmail("a@example.org", "b@example.org", b"x\r\n")
    sink.on_rcpt, sink.on_data = None, lambda delivery: "554 5.7.1 no"
    assert 554 == send(sink, b"x\r\n")
    sink.on_data = lambda delivery: HANG_UP
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(sink, b"x\r\n")
    assert [] == sink.mails
    sink.on_data, sink.on_kept = None, lambda delivery: HANG_UP
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(sink, b"kept\r\n")
    assert [b"kept\r\n"] == [one.raw for one in sink.mails]


def test_a_sink_writes_a_maildir_and_can_be_stopped_and_started(tmp_path):
    with SinkServer(tmp_path / "box") as sink:
        port = sink.port
        send(sink, b"one\r\n")
        sink.stop()
        with pytest.raises(OSError, match="refused"):
            send(sink, b"lost\r\n")
        sink.start()
        assert port == sink.port
        send(sink, b"two\r\n")
    kept = sorted((tmp_path / "box" / "new").iterdir())
    assert [b"one\r\n", b"two\r\n"] == [one.read_bytes() for one in kept]
