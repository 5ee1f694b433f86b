"""Days in which nothing is heard: one reminder, one closing, and all that keeps a ticket open."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desk_mail import LIMITS, LIN, MailDesk, subject_of, words_of
from pump import Clock, PumpedDesk

from intake import app
from intake.desk import silence
from intake.desk.delivery_effects import MarkAddress
from intake.desk.effects import MailKind, Outgoing
from intake.desk.policy import SilencePolicy
from intake.desk.ticket import EntryKind, Status
from intake.ports import Ambiguous, Temporary

PAUL = "paul@carrier.example"
MAILS = f"{LIMITS}\nstatus_mails = closing, resolved, reopened"
CLOSES = f"{MAILS}\n[lifecycle]\nclose_waiting_after = 7d\nremind_waiting_before = 2d"
# The clock is looked at within two hours, or the desk counts as off.
STEP = timedelta(minutes=100)


class SilentDesk(MailDesk):
    """A desk whose ticket 1 Anna has answered, on either engine; what that sent is gone."""

    def __init__(self, folder: Path, more: str = CLOSES, store: str = "") -> None:
        PumpedDesk.__init__(self, folder, "desk.example", Clock(), more, store)
        self.mail(f"Lin <{LIN}>", self.address, "Please help.", "My coins are late")
        self.reply("Look under the sofa.")
        self.out()

    def wait(self, **time: float) -> list[Outgoing]:
        """Let time pass at work; return what customers got."""
        until, found = self.clock.now + timedelta(**time), list[Outgoing]()
        while self.clock.now < until:
            self.clock.now = min(self.clock.now + STEP, until)
            found += self.out(MailKind.STATUS, MailKind.RELAY)
        return found

    def status(self, ticket: int = 1) -> Status:
        """Where a ticket stands."""
        there = self.store.tickets.get(ticket)
        assert there is not None
        return there.status

    def events(self, beginning: str = "", ticket: int = 1) -> list[str]:
        """The events of a ticket that begin so."""
        return [text for text in self.said(EntryKind.EVENT, ticket) if text.startswith(beginning)]


Make = Callable[..., SilentDesk]


@pytest.fixture
def make(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Make]:
    made: list[SilentDesk] = []

    def build(more: str = CLOSES, engine: str = "sqlite") -> SilentDesk:
        url = request.getfixturevalue("postgres_url").replace("%", "%%") if engine == "postgres" else ""
        made.append(SilentDesk(tmp_path / f"desk{len(made)}", more, url))
        return made[-1]

    yield build
    for desk in made:
        desk.close()


@pytest.fixture
def desk(make: Make) -> SilentDesk:
    return make()


ENGINES = pytest.mark.parametrize("engine", ["sqlite", "postgres"])


@ENGINES
def test_a_ticket_of_which_nothing_is_heard_is_closed_after_one_reminder(make: Make, engine: str) -> None:
    desk = make(engine=engine)
    assert [] == desk.wait(days=4, hours=23)
    (reminder,) = desk.wait(hours=2)
    assert (LIN, "Re: My coins are late") == (reminder.rcpt, subject_of(reminder))
    assert "If we do not hear from you, we will close it on January 8" in words_of(reminder)
    assert [] == desk.wait(days=1, hours=22)
    assert Status.PENDING is desk.status()
    (closed,) = desk.wait(hours=4)
    assert "closed it" in words_of(closed)
    assert Status.CLOSED is desk.status()
    assert ["closed without an answer for 7 days"] == desk.events("closed")
    assert 1 == len(desk.events(silence.REMINDED))
    assert [] == desk.wait(days=10)


def test_without_the_key_nothing_is_closed_and_nobody_reminded(make: Make) -> None:
    desk = make(MAILS)
    assert [] == desk.wait(days=20)
    assert Status.PENDING is desk.status()


@pytest.mark.parametrize("before", [4, 6])
def test_what_a_customer_writes_ends_it_and_an_answer_begins_it_again(desk: SilentDesk, before: int) -> None:
    desk.wait(days=before)
    desk.customer("It is not there.")
    assert [] == desk.wait(days=10)
    assert Status.OPEN is desk.status()
    desk.reply("Then behind it.")
    desk.out()
    assert [] == desk.wait(days=4, hours=22)
    assert 1 == len(desk.wait(hours=4))
    assert 1 == len(desk.wait(days=2))
    assert Status.CLOSED is desk.status()


def test_another_answer_begins_it_again_even_after_the_reminder(desk: SilentDesk) -> None:
    assert 1 == len(desk.wait(days=6))
    desk.reply("Did you look?")
    desk.out()
    assert [] == desk.wait(days=4, hours=22)
    assert Status.PENDING is desk.status()
    assert 1 == len(desk.wait(hours=4))
    assert 2 == len(desk.events(silence.REMINDED))


def test_an_answer_that_was_undone_begins_nothing(make: Make) -> None:
    desk = make(CLOSES.replace(LIMITS, f"{LIMITS}\nundo_seconds = 600"))
    desk.clock.later(minutes=20)
    desk.out()
    desk.customer("It is not there.")
    desk.reply("Then behind it.")
    desk.reply("#undo")
    desk.out()
    assert Status.OPEN is desk.status()
    assert [] == desk.wait(days=10)


def test_who_answers_after_the_closing_opens_it_again(desk: SilentDesk) -> None:
    desk.wait(days=8)
    assert Status.CLOSED is desk.status()
    desk.customer("I was on holiday. It is not there.")
    assert Status.OPEN is desk.status()
    assert ["reopened: a new message came in"] == desk.events("reopened")


@pytest.mark.parametrize("slip", ["#tagg x", ""])
def test_a_slip_without_words_keeps_no_ticket_open(desk: SilentDesk, slip: str) -> None:
    desk.reply(slip)
    assert not _waits(desk)
    desk.reply("#mine\n#draft\nPerhaps behind it.")
    assert _waits(desk)


def _waits(desk: SilentDesk) -> bool:
    with desk.store.transaction():
        waiting = desk.store.silence.waiting(1, desk.clock.now)
    assert waiting is not None
    return waiting.draft


@pytest.mark.parametrize("command", ["#snooze 20d", "#escalate now", "#mine\n#draft\nPerhaps behind it."])
def test_what_an_agent_keeps_open_stays_open(desk: SilentDesk, command: str) -> None:
    desk.reply(command)
    desk.out()
    assert [] == desk.wait(days=12)
    assert Status.PENDING is desk.status()


def test_a_customer_to_whom_mail_fails_is_left_to_people(desk: SilentDesk) -> None:
    with desk.store.transaction():
        desk.store.apply([MarkAddress(LIN, "550 no such user")], lambda *_: None, desk.clock.now)
    assert [] == desk.wait(days=12)
    assert Status.PENDING is desk.status()


def test_a_reminder_of_which_nobody_knows_whether_it_left_closes_nothing(desk: SilentDesk) -> None:
    desk.wait(days=4, hours=22)
    desk.clock.later(hours=2)
    due = desk.service.tick()

    class Doubtful:
        def send(self, mail: Outgoing, before_data: Callable[[], bool]) -> str:
            assert before_data()
            raise Ambiguous("the line went dead")

        def close(self) -> None:
            pass

    assert ["unknown"] == [desk.service.deliver(number, Doubtful()).result for number in due]
    assert [] == desk.wait(days=10)
    assert Status.PENDING is desk.status()


@ENGINES
def test_a_clock_a_month_ahead_closes_nothing_and_neither_does_putting_it_right(
    make: Make, engine: str
) -> None:
    desk = make(engine=engine)
    assert 1 == len(desk.wait(days=6))
    for leap in (30, -30):
        desk.clock.later(days=leap)
        desk.service.tick()
        desk.clock.later(minutes=2)
        desk.service.tick()
        assert ([], Status.PENDING) == (desk.out(MailKind.STATUS), desk.status())
    assert 1 == len(desk.wait(days=1, hours=4))
    assert Status.CLOSED is desk.status()


def test_a_desk_that_was_off_hears_first(desk: SilentDesk) -> None:
    assert 1 == len(desk.wait(days=5, hours=2))
    desk.clock.later(days=9)
    assert [] == desk.wait(hours=12)
    assert Status.PENDING is desk.status()
    assert 1 == len(desk.wait(days=2))


@ENGINES
def test_a_desk_that_was_off_right_after_an_answer_does_not_count_those_days(make: Make, engine: str) -> None:
    desk = make(engine=engine)
    desk.service.tick()
    desk.clock.later(minutes=5)
    desk.reply("Or behind it.")
    desk.clock.later(days=30)
    assert [] == [mail for mail in desk.wait(days=4, hours=23) if mail.kind is MailKind.STATUS]
    assert 1 == len(desk.wait(hours=3)), "after as long as at any desk"
    assert [] == desk.wait(days=1, hours=21)
    assert 1 == len(desk.wait(hours=4))


def test_a_desk_that_was_off_after_its_reminder_gives_the_customer_all_the_time_at_work(
    desk: SilentDesk,
) -> None:
    assert 1 == len(desk.wait(days=5, hours=1))
    desk.clock.later(days=30)
    assert [] == desk.wait(days=1, hours=20)
    assert Status.PENDING is desk.status()
    desk.wait(hours=6)
    assert Status.CLOSED is desk.status()


def test_an_unanswered_question_to_a_partner_keeps_it_open_and_so_does_the_answer(desk: SilentDesk) -> None:
    desk.reply(f"#ask {PAUL}\nWhere is the parcel?")
    (question,) = desk.out(MailKind.PARTNER)
    desk.reply("We have asked the carrier.")
    desk.out()
    assert [] == desk.wait(days=12)
    desk.answer(question, "It is in the depot.")
    assert [] == desk.wait(days=12)
    assert Status.PENDING is desk.status()
    desk.reply("It is in the depot, says the carrier. Did you get it?")
    desk.out()
    assert 2 == len(desk.wait(days=8))
    assert Status.CLOSED is desk.status()


def test_what_the_customer_wrote_to_the_partners_address_is_kept_inside_and_keeps_it_open(
    desk: SilentDesk,
) -> None:
    desk.reply(f"#ask {PAUL}\nWhere is the parcel?")
    (question,) = desk.out(MailKind.PARTNER)
    desk.answer(question, "In the depot.")
    desk.reply("It is in the depot.")
    desk.out()
    desk.answer(question, "I am Lin, and it is not there.", LIN)
    assert [] == desk.wait(days=12)
    assert Status.PENDING is desk.status()


def test_a_new_ticket_that_names_it_unproven_keeps_it_open(desk: SilentDesk) -> None:
    desk.mail(f"Lin <{LIN}>", desk.address, "It is not there.", "Re: [#1] My coins are late")
    number = desk.store.listing.list_tickets()[0].id
    assert 1 != number
    assert [] == desk.wait(days=12)
    assert Status.PENDING is desk.status()


@pytest.mark.parametrize("method", ["remember", "waiting"])
@pytest.mark.parametrize("days", [4.9, 6.9])
def test_what_breaks_off_in_between_is_done_once_by_the_next_process(
    desk: SilentDesk, method: str, days: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The desk falls over at the moment of the reminder, or of the closing; another takes its place."""
    desk.wait(days=days)
    reminded = len(desk.events(silence.REMINDED))

    def falls(*_: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(desk.store.silence, method, falls)
        desk.clock.later(hours=1, minutes=30)
        for _ in range(3):
            desk.clock.later(hours=1)
            with pytest.raises(KeyboardInterrupt):
                desk.service.tick()
    assert reminded == len(desk.events(silence.REMINDED))
    assert [] == desk.events("closed")
    desk.service = replace(app.build(desk.desk.settings).service, clock=desk.clock)
    assert 1 == len(desk.wait(hours=12))
    assert 1 == len(desk.events(silence.REMINDED))
    assert (1 if days > 6 else 0) == len(desk.events("closed"))


@ENGINES
@pytest.mark.parametrize("days", [4.96, 6.96])
def test_two_processes_at_once_do_it_once(make: Make, engine: str, days: float) -> None:
    desk = make(engine=engine)
    desk.wait(days=days)
    before = len(desk.store.outbox.list_mails())
    others = [app.build(desk.desk.settings) for _ in range(4)]
    desk.clock.later(hours=2)
    ready = threading.Barrier(len(others))

    def look(other: app.Desk) -> None:
        other.service = replace(other.service, clock=desk.clock)
        ready.wait()
        other.service.close_silent()
        other.store.close()

    threads = [threading.Thread(target=look, args=(other,)) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert before + 1 == len(desk.store.outbox.list_mails())
    assert 1 == len(desk.events(silence.REMINDED))
    assert (Status.CLOSED if days > 6 else Status.PENDING) is desk.status()
    assert (1 if days > 6 else 0) == len(desk.events("closed"))


@ENGINES
def test_a_customer_who_answers_while_it_is_being_closed_is_heard(make: Make, engine: str) -> None:
    """Whoever is first: with the answer in it the ticket is open in the end."""
    desk = make(engine=engine)
    desk.wait(days=6.96)
    desk.clock.later(hours=2)
    other = app.build(desk.desk.settings)
    other.service = replace(other.service, clock=desk.clock)
    ready = threading.Barrier(2)

    def look() -> None:
        ready.wait()
        other.service.close_silent()
        other.store.close()

    thread = threading.Thread(target=look)
    thread.start()
    ready.wait()
    desk.customer("It is not there.")
    thread.join()
    desk.service.process_pending()
    assert Status.OPEN is desk.status()


def test_where_it_is_switched_on_late_old_tickets_are_reminded_one_after_the_other(make: Make) -> None:
    desk = make(f"automatic_per_hour = 20\n{MAILS}")
    for number in range(2, 22):
        desk.mail(f"p{number}@c{number}.example", desk.address, "Help.", f"Order {number}")
        desk.reply("Done?", ticket=number)
    desk.clock.later(days=400)
    desk.out()
    closes = SilencePolicy(timedelta(days=7), timedelta(days=2))
    desk.service = replace(desk.service, policy=replace(desk.service.policy, silence=closes))
    sent = []
    for _ in range(180):
        desk.clock.later(minutes=1)
        desk.service.tick()
        sent.append(len(desk.out(MailKind.STATUS)))
    assert 15 == sum(sent), "a quarter of 20 in an hour"
    assert all(sum(sent[at : at + 60]) <= 5 for at in range(121))
    assert {Status.PENDING} == {desk.status(number) for number in range(1, 22)}
    desk.wait(days=1, hours=20)
    assert {Status.PENDING} == {desk.status(number) for number in range(1, 22)}
    desk.wait(days=2)
    assert {Status.CLOSED} == {desk.status(number) for number in range(1, 22)}
    assert all(1 == len(desk.events(silence.REMINDED, number)) for number in range(1, 22))


def test_a_person_with_many_old_tickets_gets_one_reminder_an_hour(desk: SilentDesk) -> None:
    for number in range(2, 5):
        desk.mail(f"Lin <{LIN}>", desk.address, f"More of {number}.", f"Order {number}")
        desk.reply("Done?", ticket=number)
    desk.out()
    desk.wait(days=4, hours=23)
    counts = []
    for _ in range(40):
        desk.clock.later(minutes=10)
        desk.service.tick()
        counts.append(len(desk.out(MailKind.STATUS)))
    assert 4 == sum(counts)
    assert all(sum(counts[at : at + 5]) <= 1 for at in range(len(counts)))


def test_agents_are_told_in_their_digest_and_by_no_mail_of_its_own(desk: SilentDesk) -> None:
    desk.store.agents.change(desk.agent, notify="digest", digest_minutes=720, shift=None)
    desk.wait(days=6, hours=22)
    desk.out()
    found: list[Outgoing] = []
    for _ in range(12):
        desk.clock.later(hours=2)
        desk.service.tick()
        found += desk.out()
    told = [mail for mail in found if mail.rcpt == desk.agent]
    assert [MailKind.ANSWER] == [mail.kind for mail in told]
    assert "Closed after a reminder that nobody answered: #1" in words_of(told[0])


def test_one_that_fails_keeps_no_other_waiting(desk: SilentDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.mail("mia@customer2.example", desk.address, "Help.", "Where is it")
    desk.reply("Here.", ticket=2)
    desk.out()
    sound = desk.store.silence.waiting

    def fails(number: int, now: Any) -> Any:
        if number == 1:
            raise ValueError("a customer's words")
        return sound(number, now)

    monkeypatch.setattr(desk.store.silence, "waiting", fails)
    assert ["mia@customer2.example"] * 2 == [mail.rcpt for mail in desk.wait(days=8)]
    assert (Status.PENDING, Status.CLOSED) == (desk.status(1), desk.status(2))
    (trouble,) = desk.store.troubles.current(desk.clock.now)
    assert "Closing ticket 1 after silence" in trouble.what
    monkeypatch.setattr(desk.store.silence, "waiting", lambda *_: (_ for _ in ()).throw(Temporary("gone")))
    desk.clock.later(hours=2)
    desk.service.tick()
