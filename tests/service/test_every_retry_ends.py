"""Whatever nobody foresaw, at whatever step: it is not tried for ever in silence, and holds up nothing else.

The table of all loops is in docs/reliability.md.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from config_files import DIRECT, config_text
from pump import Clock

from intake import app
from intake.config import settings as config
from intake.desk.effects import MailKind, Outcome, Outgoing
from intake.desk.message import Envelope
from intake.ports import Ambiguous, Arrival, Temporary, Unreachable
from intake.queue.watching import Watch
from intake.runtime.clock_leap import Steady
from intake.runtime.deferred_previews import make_wanted
from intake.service.sending import MOST_TRIES

CONFIG = config_text(
    name="Help",
    desk=f"{DIRECT}\nadmin = root@desk.example",
    survey="enabled = yes",
    more="[sla all]\nfirst_response = 1h\n"
    "[mailbox post]\ntype = imap\nhost = mail.example\nuser = support\npassword = x",
)


class Session:
    """Takes every mail, but fails as told: at "connect", in "data" or "after" it."""

    def __init__(self, fails: str = "", rcpt: str = "", err: type[Exception] = ValueError) -> None:
        self.fails, self.rcpt, self.err = fails, rcpt, err
        self.tries: Counter[str] = Counter()
        self.taken: list[str] = []

    def send(self, mail: Outgoing, before_data: Callable[[], bool]) -> str:
        counts = mail.kind in (MailKind.ACKNOWLEDGEMENT, MailKind.RELAY)
        self.tries[mail.rcpt] += counts
        bad = mail.rcpt == self.rcpt or not self.rcpt
        if bad and self.fails == "connect":
            raise self.err("a customer's words")
        if not before_data():
            raise Temporary("lost")
        if bad and self.fails == "data":
            raise self.err("a customer's words")
        if counts:
            self.taken.append(mail.rcpt)
        return "250 taken"

    def close(self) -> None:
        pass


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[app.Desk]:
    (tmp_path / "intake.ini").write_text(CONFIG)
    made = app.build(config.load(tmp_path / "intake.ini"))
    made.service = replace(made.service, clock=Clock())
    made.service = replace(made.service, jitter=lambda: 1.0)
    made.store.agents.add("anna@desk.example", "Anna", (), made.service.clock())
    yield made
    made.store.close()


def receive(desk: app.Desk, *words: str) -> list[int]:
    texts = [f"From: {one}@customer.example\r\nSubject: {one}\r\n\r\nMy {one} is gone.\r\n" for one in words]
    arrivals = [Arrival(text.encode(), Envelope("ingest", "support")) for text in texts]
    return [one.ledger_id for one in desk.service.receive(arrivals)]


def let_pass(desk: app.Desk, session: Any, days: float, step: timedelta = timedelta(minutes=30)) -> int:
    """Do what the worker does, for so long; return in how many rounds."""
    clock: Any = desk.service.clock
    rounds, end = 0, clock.now + timedelta(days=days)
    while clock.now < end:
        for one in desk.service.tick():
            try:
                desk.service.deliver(one, session)
            except (Temporary, ValueError):
                # As the thread that sends does.
                continue
        clock.now += step
        rounds += 1
    return rounds


def told(desk: app.Desk) -> list[str]:
    """Return what was written to the admin about troubles."""
    rows = [one for one in desk.store.outbox.list_mails(limit=1000) if one.rcpt == "root@desk.example"]
    mails = [message_from_bytes(desk.store.outbox.raw(one.id) or b"") for one in rows]
    ours = [one for one in mails if one["Subject"] == "Help: action needed"]
    return [" ".join(one.get_payload(decode=True).decode().split()) for one in ours]


def rows_to(desk: app.Desk, rcpt: str) -> list[Any]:
    return [one for one in desk.store.outbox.list_mails(limit=1000) if one.rcpt == rcpt]


# -- sending -------------------------------------------------------------------------------

ENDS = {
    "connect": ("failed", range(10, 30)),
    # It may have been taken: an acknowledgement is never sent twice.
    "data": ("unknown", range(1, 2)),
}


@pytest.mark.parametrize("where", ENDS)
def test_a_mail_that_fails_in_a_way_nobody_foresaw_has_a_last_try(desk: app.Desk, where: str) -> None:
    receive(desk, "bread", "salt")
    session = Session(where, "bread@customer.example")
    let_pass(desk, session, 12.5, timedelta(hours=1))
    (row,) = (one for one in rows_to(desk, "bread@customer.example") if one.kind == "acknowledgement")
    assert ENDS[where][0] == row.state
    assert session.tries["bread@customer.example"] in ENDS[where][1]
    assert "customer's words" not in row.error
    assert "salt@customer.example" in session.taken
    if row.state == "failed":
        alerts = [one for one in rows_to(desk, "anna@desk.example") if one.kind == "alert"]
        assert any(b"could not be delivered" in (desk.store.outbox.raw(one.id) or b"") for one in alerts)


def test_an_answer_that_twice_ended_unclearly_is_told(desk: app.Desk) -> None:
    session = Session("data", err=Ambiguous)
    outgoing = Outgoing(MailKind.RELAY, "", "bread@customer.example", "m1@desk.example", b"mail")
    desk.store.outbox.owe(outgoing, "relay:1", desk.service.clock())
    let_pass(desk, session, 1)
    (row,) = rows_to(desk, "bread@customer.example")
    assert ("unknown", 2) == (row.state, session.tries["bread@customer.example"])
    assert [True] == ["may or may not have arrived" in one for one in told(desk)]


STORE = [
    *(("outbox", end) for end in ("data_started", "sent", "retry", "failed", "unknown")),
    ("agents", "enabled"),
    ("tickets", "get"),
]


@pytest.mark.parametrize(("part", "method"), STORE)
@pytest.mark.parametrize("fails", ["", "connect", "data"])
def test_a_mail_whose_end_cannot_be_recorded_is_not_sent_for_ever(
    desk: app.Desk, part: str, method: str, fails: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(desk, "bread")
    desk.service.process_pending()
    monkeypatch.setattr(getattr(desk.store, part), method, _broken)
    session = Session(fails, "bread@customer.example")
    let_pass(desk, session, 7, timedelta(hours=2))
    assert session.tries["bread@customer.example"] <= MOST_TRIES
    assert session.taken.count("bread@customer.example") <= 1, "an acknowledgement goes out once"


def _broken(*_: object, **__: object) -> Any:
    raise ValueError("a customer's words")


def test_a_mail_that_kills_whoever_sends_it_is_given_up_and_told(desk: app.Desk) -> None:
    receive(desk, "bread")
    desk.service.process_pending()
    (row,) = (one for one in desk.store.outbox.list_mails() if one.kind == "acknowledgement")
    clock: Any = desk.service.clock
    for _ in range(MOST_TRIES + 5):
        desk.service.tick()
        claimed = desk.store.outbox.claim(row.id, "elsewhere 1 1 x", clock.now, timedelta(minutes=5))
        if claimed is None:
            break
        if claimed.attempts > MOST_TRIES:
            assert "failed" == desk.service.deliver(row.id, Session(), claimed).result
        clock.now += timedelta(minutes=6)
    (row,) = (one for one in desk.store.outbox.list_mails() if one.kind == "acknowledgement")
    assert ("failed", f"given up: {MOST_TRIES} tries ended without a word") == (row.state, row.error)


def test_without_a_session_a_mail_waits_as_for_any_other_trouble(desk: app.Desk) -> None:
    receive(desk, "bread")
    desk.service.process_pending()
    due = desk.service.tick()
    assert {"retry"} == {desk.service.deliver(one, None).result for one in due}
    assert {"due"} == {one.state for one in desk.store.outbox.list_mails()}


# -- processing ----------------------------------------------------------------------------

READING = ["parse", "authenticated", "preview"]


@pytest.mark.parametrize("step", READING)
def test_a_message_that_fails_at_any_step_is_set_aside_and_told(desk: app.Desk, step: str) -> None:
    whole = getattr(desk.service, step)

    def fails_on_one(first: Any, *rest: Any) -> Any:
        subject = str(getattr(first, "subject", first))
        if "bread" in subject:
            raise ValueError("a customer's words")
        return whole(first, *rest)

    desk.service = replace(desk.service, **{step: fails_on_one})
    if step == "authenticated":
        _hand_in_agents_mail(desk)
    ids = receive(desk, "salt", "bread", "milk")
    let_pass(desk, Session(), 1)
    outcomes = {row.id: row.outcome for row in desk.store.ledger.list_messages()}
    wanted = Outcome.TICKETED if step == "authenticated" else Outcome.QUARANTINED
    assert [Outcome.TICKETED, wanted, Outcome.TICKETED] == [outcomes[one] for one in ids]
    if step != "authenticated":
        (said,) = told(desk)
        assert f"Message {ids[1]} was quarantined" in said
        assert "customer's words" not in said


def _hand_in_agents_mail(desk: app.Desk) -> None:
    """Only an agent's mail is asked for what proves it."""
    text = b"From: anna@desk.example\r\nTo: support@desk.example\r\nSubject: bread\r\n\r\n#list\r\n"
    (got,) = desk.service.receive([Arrival(text, Envelope("ingest", "support"))])
    desk.service = replace(desk.service, authenticated=_broken)
    clock: Any = desk.service.clock
    for _ in range(5):
        desk.service.process_pending()
        clock.now += timedelta(minutes=5)
    row = desk.store.ledger.message(got.ledger_id)
    assert row is not None
    assert row.state != "waiting"


# -- Temporary of one message --------------------------------------------------------------


@pytest.mark.parametrize("step", ["parse", "compose", "preview"])
def test_something_missing_for_one_message_does_not_undo_its_neighbours(desk: app.Desk, step: str) -> None:
    whole = getattr(desk.service, step)
    missing = True

    def fails_on_one(first: Any, *rest: Any) -> Any:
        subject = str(getattr(rest[0] if step == "compose" else first, "subject", first))
        if missing and "bread" in subject:
            raise Temporary("there is no room for its files")
        return whole(first, *rest)

    desk.service = replace(desk.service, **{step: fails_on_one})
    ids = receive(desk, "salt", "bread", "milk")
    assert 3 == desk.service.process_pending()
    outcomes = {row.id: row.outcome for row in desk.store.ledger.list_messages()}
    assert [Outcome.TICKETED, None, Outcome.TICKETED] == [outcomes[one] for one in ids]
    assert 0 == desk.service.process_pending(), "it waits, and holds up nobody"
    let_pass(desk, Session(), 0.5)
    row = desk.store.ledger.message(ids[1])
    assert row is not None
    assert ("waiting", True) == (row.state, "no room" in row.reason)
    assert ["no room" in one for one in told(desk)] == [True]
    missing = False
    let_pass(desk, Session(), 0.1)
    row = desk.store.ledger.message(ids[1])
    assert row is not None
    assert Outcome.TICKETED == row.outcome


def test_a_database_that_went_away_for_a_moment_puts_no_message_off(desk: app.Desk) -> None:
    whole, lost = desk.service.compose, [True, True]

    def fails(*asked: Any) -> Any:
        if lost:
            lost.pop()
            raise Unreachable("the database cannot be reached")
        return whole(*asked)

    desk.service = replace(desk.service, compose=fails)
    receive(desk, "salt", "bread")
    with pytest.raises(Unreachable):
        desk.service.process_pending()
    assert 2 == desk.service.process_pending(), "at once, and not after half a minute"
    assert {Outcome.TICKETED} == {row.outcome for row in desk.store.ledger.list_messages()}


@pytest.mark.parametrize("another_process", [False, True])
def test_a_message_that_was_put_off_and_is_processed_is_no_trouble_any_more(
    desk: app.Desk, another_process: bool
) -> None:
    whole, missing = desk.service.preview, True

    def fails(message: Any) -> Any:
        if missing:
            raise Temporary("the connection to the database was lost")
        return whole(message)

    desk.service = replace(desk.service, preview=fails)
    receive(desk, "bread")
    desk.service.process_pending()
    (trouble,) = desk.store.troubles.current(desk.service.clock())
    assert "again and again" not in trouble.what, "it failed once"
    clock: Any = desk.service.clock
    clock.now += timedelta(minutes=1)
    missing = False
    if another_process:
        other = app.build(desk.settings)
        other.service = replace(other.service, clock=clock)
        other.service.process_pending()
        other.store.close()
    else:
        desk.service.process_pending()
    assert [Outcome.TICKETED] == [row.outcome for row in desk.store.ledger.list_messages()]
    assert [] == desk.store.troubles.current(clock.now)


def test_a_message_that_is_set_aside_is_told_as_that_alone(desk: app.Desk) -> None:
    def missing(*_: object) -> Any:
        raise Temporary("there is no room for its files")

    desk.service = replace(desk.service, preview=missing)
    receive(desk, "bread")
    let_pass(desk, Session(), 1.5)
    assert ["quarantine"] == [one.key for one in desk.store.troubles.current(desk.service.clock())]


def test_what_is_missing_for_more_than_a_day_sets_the_message_aside(desk: app.Desk) -> None:
    def missing(*_: object) -> Any:
        raise Temporary("there is no room for its files")

    desk.service = replace(desk.service, preview=missing)
    (one,) = receive(desk, "bread")
    let_pass(desk, Session(), 2)
    row = desk.store.ledger.message(one)
    assert row is not None
    assert ("quarantined", True) == (row.state, "for a day" in row.reason)
    assert any("was quarantined" in text for text in told(desk))


@pytest.mark.parametrize("method", ["facts", "apply"])
def test_a_database_that_takes_nothing_is_no_mark_against_a_message(
    desk: app.Desk, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> Any:
        raise Temporary("the database cannot be reached")

    ids = receive(desk, "salt", "bread")
    with monkeypatch.context() as patch:
        patch.setattr(desk.store, method, gone)
        patch.setattr(desk.store, "probe", gone)
        for _ in range(10):
            with pytest.raises(Temporary):
                desk.service.process_pending()
    assert 2 == desk.service.process_pending()
    assert {Outcome.TICKETED} == {desk.store.ledger.message(one).outcome for one in ids}  # type: ignore[union-attr]


# -- the sweep -----------------------------------------------------------------------------

STEPS = {
    ("outbox", "expire_leases"): "Settling the leases of senders",
    ("promises", "due"): "Looking after promises",
    ("lookups", "asleep"): "Waking snoozed tickets",
    ("surveys", "candidates"): "Asking how it went",
    ("ledger", "pending"): "Processing what was left",
}


@pytest.mark.parametrize(("part", "method"), STEPS)
def test_a_step_of_the_sweep_that_fails_is_told_and_the_others_are_done(
    desk: app.Desk, part: str, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(desk, "bread")
    desk.service.process_pending()
    whose = getattr(desk.store, part)
    sound = getattr(whose, method)
    tries = []

    def fails(*_: object, **__: object) -> Any:
        tries.append(desk.service.clock())
        raise ValueError("a customer's words")

    monkeypatch.setattr(whose, method, fails)
    session = Session()
    rounds = let_pass(desk, session, 1.1, timedelta(minutes=5))
    assert "bread@customer.example" in session.taken
    assert 24 < len(tries) < rounds / 8, "it rests longer and longer, up to an hour"
    said = told(desk)
    assert 2 == len(said), "at the third failure, and a day later"
    assert all(STEPS[part, method] in one and "customer's words" not in one for one in said)
    assert any(STEPS[part, method] in one.what for one in desk.store.troubles.current(desk.service.clock()))
    monkeypatch.setattr(whose, method, sound)
    let_pass(desk, session, 0.1)
    assert [] == desk.store.troubles.current(desk.service.clock())


def test_a_digest_that_fails_keeps_nobody_elses(desk: app.Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    bob = desk.store.agents.add("bob@desk.example", "Bob", (), desk.service.clock())
    monkeypatch.setattr("intake.service.ticking.digests.due", lambda agent, now: now - timedelta(days=1))
    news = desk.store.lookups.news
    asked: list[int] = []

    def fails_for_one(agent: Any, since: Any) -> Any:
        asked.append(agent.id)
        if agent.id != bob.id:
            raise ValueError("a customer's words")
        return news(agent, since)

    monkeypatch.setattr(desk.store.lookups, "news", fails_for_one)
    let_pass(desk, Session(), 0.2, timedelta(minutes=1))
    others = [one for one in asked if one != bob.id]
    assert asked.count(bob.id) > 200
    assert 3 <= len(others) < 15
    assert ["The digest of agent" in one for one in told(desk)] == [True]


# -- what stands beside the sweep ----------------------------------------------------------


def test_a_mailbox_that_is_not_read_is_told_after_half_an_hour(desk: app.Desk) -> None:
    clock: Any = desk.service.clock
    watch = Watch(desk, steady=lambda now: True)
    for minutes in range(60):
        if minutes == 20:
            desk.store.mailboxes.seen(
                "post", clock.now, error="mail.example refused the login: check password"
            )
        watch.look()
        assert (minutes >= 30) == bool(told(desk)), minutes
        clock.now += timedelta(minutes=1)
    (said,) = told(desk)
    assert "Mailbox post has not been read" in said
    assert "refused the login" in said
    desk.store.mailboxes.seen("post", clock.now)
    watch.look()
    assert [] == desk.store.troubles.current(clock.now)


@pytest.mark.parametrize("leap", [timedelta(hours=1), timedelta(days=30), timedelta(days=12 * 365)], ids=str)
def test_a_clock_that_leaps_or_a_machine_that_slept_is_no_mailbox_unread(
    desk: app.Desk, leap: timedelta
) -> None:
    clock: Any = desk.service.clock
    seconds = 0.0
    watch = Watch(desk, Steady(timedelta(0), lambda: seconds))
    desk.store.mailboxes.seen("post", clock.now)
    watch.look()
    clock.now += leap
    for _ in range(28):
        watch.look()
        clock.now += timedelta(minutes=1)
        seconds += 60
    assert [] == told(desk)
    for _ in range(5):
        watch.look()
        clock.now += timedelta(minutes=1)
        seconds += 60
    assert ["has not been read" in one for one in told(desk)] == [True]


def test_a_mailbox_read_while_the_clock_was_ahead_and_not_since_is_told(desk: app.Desk) -> None:
    clock: Any = desk.service.clock
    watch = Watch(desk, steady=lambda now: True)
    desk.store.mailboxes.seen("post", clock.now + timedelta(days=12 * 365))
    for _ in range(33):
        watch.look()
        clock.now += timedelta(minutes=1)
    assert ["has not been read" in one for one in told(desk)] == [True]


def test_messages_that_nobody_decides_on_are_told(desk: app.Desk) -> None:
    clock: Any = desk.service.clock
    receive(desk, "bread")
    watch = Watch(desk, steady=lambda now: True)
    clock.now += timedelta(minutes=31)
    desk.store.mailboxes.seen("post", clock.now)
    watch.look()
    assert ["nobody decides on them" in one for one in told(desk)] == [True]


def test_mail_whose_file_is_gone_is_told_at_once_until_it_is_back(desk: app.Desk) -> None:
    clock: Any = desk.service.clock
    raw = b"From: eve@customer.example\r\nSubject: bread\r\n\r\n" + b"My bread is gone.\r\n" * 60_000
    desk.service.receive([Arrival(raw, Envelope("ingest", "support"))])
    (file,) = (path for path in (Path(desk.settings.desk.data) / "blobs").rglob("*") if path.is_file())
    away = file.rename(file.with_name("away"))
    desk.service.process_pending()
    watch = Watch(desk, steady=lambda now: True)
    for _ in range(3):
        clock.now += timedelta(minutes=1)
        desk.store.mailboxes.seen("post", clock.now)
        watch.look()
    (text,) = told(desk)
    assert "1 message waits because the file of the raw email cannot be read" in text
    assert "intake fsck" in text
    away.rename(file)
    clock.now += timedelta(minutes=1)
    desk.service.process_pending()
    watch.look()
    assert [] == desk.store.troubles.current(clock.now)


def test_a_picture_that_fails_in_a_way_nobody_foresaw_holds_up_no_other(desk: app.Desk) -> None:
    class Pictures:
        def __init__(self) -> None:
            self.ended: list[tuple[str, bytes, bool]] = []
            self.previews = self.tickets = self

        def wanted(self, now: object, limit: int) -> list[str]:
            return ["bad", "good"]

        def begin(self, sha256: str, now: object) -> bool:
            return True

        def end(self, sha256: str, content: bytes, now: object, again: bool) -> None:
            self.ended.append((sha256, content, again))

        def file(self, sha256: str) -> bytes:
            return sha256.encode()

    def make(contents: Sequence[bytes]) -> tuple[list[bytes], bool]:
        if contents == [b"bad"]:
            raise ValueError("a customer's words")
        return [b"small"], False

    pictures = Pictures()
    assert 1 == make_wanted(pictures, desk.service.clock, make)
    assert [("bad", b"", True), ("good", b"small", False)] == pictures.ended
