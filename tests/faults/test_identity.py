"""What makes two mails one: their bytes, and nothing else (I3, I4)."""

from pathlib import Path

from faults import rig
from faults.rig import Truth, letter

from intake.desk.message import Envelope
from intake.ports import Arrival, Origin
from intake.testing import SinkServer

REPLAYS = 10_000 if rig.FULL else 1_000


def test_the_same_mail_again_any_number_of_times_is_one_ticket_and_one_answer(
    tmp_path: Path, sink: SinkServer
) -> None:
    desk = rig.desk_in(rig.prepare(tmp_path / "desk", sink.port))
    truth = Truth()
    raw = letter("ann")
    truth.accept(raw)
    for start in range(0, REPLAYS, 100):
        envelope = (
            Envelope("imap", "support")
            if start % 200
            else Envelope("lmtp", "support", "ann@customer.example")
        )
        # Other UIDs, and another UIDVALIDITY each time.
        arrivals = [Arrival(raw, envelope, Origin("INBOX", start + 1, uid + 1)) for uid in range(100)]
        desk.service.receive(arrivals)
        rig.settle(desk)
    assert [] == rig.judge(desk, truth, sink)
    assert (1, 1) == (len(desk.store.ledger.list_messages()), len(sink.mails))
    desk.store.close()


def test_other_bytes_under_the_same_message_id_are_another_ticket(tmp_path: Path, sink: SinkServer) -> None:
    desk = rig.desk_in(rig.prepare(tmp_path / "desk", sink.port))
    truth = Truth()
    for name in ("ann", "bob"):
        raw = letter(name).replace(b"Message-ID: <%s@" % name.encode(), b"Message-ID: <same@")
        truth.accept(raw)
        rig.give(desk, raw)
    rig.settle(desk)
    assert [] == rig.judge(desk, truth, sink)
    assert 2 == len(desk.store.listing.list_tickets())
    desk.store.close()
