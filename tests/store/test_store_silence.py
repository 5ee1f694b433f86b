"""What the clock asks of tickets of which nothing is heard, in every store."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from store_bench import ANN, Bench

from intake.desk import silence
from intake.desk.draft_effects import ConfirmDraft
from intake.desk.effects import AddEntry, Amend, Effect, Mail, MailKind, OpenTicket, SetStatus
from intake.desk.message import Address
from intake.desk.silence import Forecast, Note, Waiting
from intake.desk.sla_effects import Escalate, SettleEscalation
from intake.desk.ticket import DESK, Agent, EntryKind, Status

DAY, NONE = timedelta(days=1), timedelta(0)


@pytest.fixture
def anna(bench: Bench) -> Agent:
    return bench.store.agents.add("anna@staff.example", "Anna", (), bench.now)


def answer(anna: Agent, ticket: int = 1) -> list[Effect]:
    said = AddEntry(ticket, EntryKind.REPLY, anna.as_address, "Restart it.", agent=anna.id)
    return [said, SetStatus(ticket, Status.PENDING)]


def asked(bench: Bench, ticket: int = 1) -> Waiting:
    with bench.store.transaction():
        there = bench.store.silence.waiting(ticket, bench.now)
    assert there is not None
    return there


def due(bench: Bench, limit: int = 10) -> list[int]:
    return bench.store.silence.due(bench.now, bench.now + 7 * DAY, limit)


def test_what_waits_for_its_requester_is_looked_at_what_was_noted_first(bench: Bench, anna: Agent) -> None:
    numbers = [bench.open(b"%d" % number) for number in range(7)]
    for number in numbers[:6]:
        bench.apply(*answer(anna, number))
    bench.apply(Amend(2, {"merged_into": 1}), Amend(3, {"spam": True}))
    assert [1, 4, 5, 6] == due(bench)
    bench.store.silence.remember(6, Note(1, NONE, bench.now))
    bench.store.silence.remember(5, Note(1, NONE, bench.now + DAY))
    bench.store.silence.remember(4, Note(1, NONE, bench.now + 8 * DAY))
    bench.store.silence.remember(7, Note(1, NONE, bench.now))
    assert [6, 4, 1] == due(bench), "a look that is later than any was planned while the clock was ahead"
    assert [6] == due(bench, 1)
    bench.store.silence.remember(6, None)
    assert [4, 1, 6] == due(bench)
    assert [] == bench.faults()


def test_a_note_is_kept_as_it_is_and_takes_the_place_of_the_one_before(bench: Bench, anna: Agent) -> None:
    bench.open()
    bench.apply(*answer(anna))
    assert asked(bench).note is None
    assert bench.store.silence.closes_at(1) is None
    for note in (
        Note(2, -3 * DAY, bench.now),
        Note(9, timedelta(microseconds=1), bench.now + DAY, bench.now, bench.now + 2 * DAY),
    ):
        bench.store.silence.remember(1, note)
        assert note == asked(bench).note
    assert (9, bench.now + 2 * DAY) == bench.store.silence.closes_at(1)
    with bench.store.transaction():
        assert bench.store.silence.waiting(77, bench.now) is None


def event(text: str) -> Effect:
    return AddEntry(1, EntryKind.EVENT, DESK, text)


def test_the_last_word_is_an_answer_a_customers_message_or_that_we_wait(bench: Bench, anna: Agent) -> None:
    bench.open()
    assert (True, bench.now) == (asked(bench).theirs, asked(bench).since)
    bench.later(hours=1)
    bench.apply(*answer(anna))
    word, since = asked(bench).word, bench.now
    bench.later(hours=1)
    nothing = ["assigned to Wei by Anna", "closed by Anna", f"{silence.REMINDED}soon", "the requester left"]
    bench.apply(*map(event, nothing), AddEntry(1, EntryKind.NOTE, anna.as_address, "Hm.", agent=anna.id))
    bench.apply(AddEntry(1, EntryKind.AUTOMATIC, ANN, "I am on holiday."))
    assert (word, since, False) == (asked(bench).word, asked(bench).since, asked(bench).theirs)
    for text in (
        "the requester was asked for an answer, by Anna",
        "the requester was told that we wait for x",
    ):
        bench.later(hours=1)
        bench.apply(event(text))
        assert word < asked(bench).word
        assert (bench.now, False) == (asked(bench).since, asked(bench).theirs)
    bench.apply(AddEntry(1, EntryKind.CUSTOMER, ANN, "It still smokes."))
    assert asked(bench).theirs


def test_a_draft_after_the_last_answer_waits_until_it_is_sent_however_old_it_is(
    bench: Bench, anna: Agent
) -> None:
    bench.open()
    draft = AddEntry(1, EntryKind.DRAFT, anna.as_address, "Perhaps", agent=anna.id)
    bench.apply(draft, *answer(anna))
    assert not asked(bench).draft
    bench.apply(draft)
    assert asked(bench).draft
    entry = bench.store.tickets.entries(1)[-1].id
    bench.apply(ConfirmDraft(1, entry))
    assert not asked(bench).draft
    bench.apply(draft)
    bench.later(days=61)
    assert asked(bench).draft, "#drafts lists it no more, and the desk still owes it"


def test_a_draft_of_somebody_who_is_no_agent_any_more_waits_too(bench: Bench, anna: Agent) -> None:
    bench.open()
    bench.apply(*answer(anna), AddEntry(1, EntryKind.DRAFT, anna.as_address, "Perhaps"))
    assert asked(bench).draft


PAUL = Address("Paul@Carrier.example", "Paul")


def question(anna: Agent, address: str = PAUL.mailbox) -> Effect:
    text = f"Sent as a question to {address}, outside this ticket:\n\nWhere is it?"
    return AddEntry(1, EntryKind.NOTE, anna.as_address, text, agent=anna.id)


def came(bench: Bench, author: Address, text: str = "It is here.", kind: EntryKind = EntryKind.NOTE) -> None:
    """An email is kept in ticket 1, and nobody is told."""
    raw = f"{author.mailbox}: {text}".encode()
    entry = AddEntry(1, kind, author, text, from_message=True, apart=True)
    bench.apply(entry, ledger_id=bench.receive(raw), message=bench.message(raw))


def test_a_question_to_somebody_outside_is_owed_until_they_answer(bench: Bench, anna: Agent) -> None:
    bench.open()
    bench.apply(question(anna), question(anna, "ida@bank.example"), *answer(anna))
    assert "a question to Paul@Carrier.example is not answered" == asked(bench).owed
    bench.apply(AddEntry(1, EntryKind.NOTE, PAUL, "It is here."))
    assert "Paul" in asked(bench).owed, "what did not come by email is no answer"
    came(bench, Address("paul@carrier.example"))
    assert "a question to ida@bank.example is not answered" == asked(bench).owed
    bench.apply(event("secretary@bank.example wrote in the place of ida@bank.example, who was asked"))
    answered = "the answer of paul@carrier.example was not followed by a word to the requester"
    assert answered == asked(bench).owed
    bench.apply(*answer(anna))
    assert "" == asked(bench).owed
    bench.apply(question(anna))
    assert "Paul" in asked(bench).owed, "a second question waits for a second answer"


@pytest.mark.parametrize("done", ["a note", "another question", "an answer"])
def test_a_question_that_did_not_arrive_is_owed_until_an_agent_does_something(
    bench: Bench, anna: Agent, done: str
) -> None:
    bench.open()
    bench.apply(question(anna), *answer(anna))
    bench.apply(event("Mail to paul@carrier.example could not be delivered: 550 no such user"))
    assert "a question to Paul@Carrier.example has not arrived" == asked(bench).owed
    if done == "an answer":
        bench.apply(*answer(anna))
    elif done == "a note":
        bench.apply(AddEntry(1, EntryKind.NOTE, anna.as_address, "I called them.", agent=anna.id))
    else:
        bench.apply(question(anna, "ida@bank.example"))
        assert "a question to ida@bank.example is not answered" == asked(bench).owed
        came(bench, Address("ida@bank.example"))
        bench.apply(*answer(anna))
    assert "" == asked(bench).owed


def test_what_came_in_and_was_kept_inside_is_owed_until_a_word_follows(bench: Bench, anna: Agent) -> None:
    bench.open()
    bench.apply(*answer(anna), AddEntry(1, EntryKind.NOTE, anna.as_address, "Hm.", agent=anna.id))
    came(bench, ANN, "I am on holiday.", EntryKind.AUTOMATIC)
    assert "" == asked(bench).owed
    came(bench, ANN, "Unproven, and kept inside.")
    kept = f"an email of {ANN.mailbox} was kept inside, and not followed by a word to the requester"
    assert kept == asked(bench).owed
    bench.apply(event("the requester was asked for an answer, by Anna"))
    assert "" == asked(bench).owed


def test_an_open_ticket_of_theirs_that_is_related_is_seen(bench: Bench, anna: Agent) -> None:
    bench.open()
    bench.apply(*answer(anna))
    for requester, newer in ((Address("eve@x.example"), 0), (Address(ANN.mailbox.upper()), 3)):
        bench.apply(OpenTicket("Re: [#1]", requester, "en", "support", "support", "imap", related=1))
        assert newer == asked(bench).newer
    bench.apply(SetStatus(3, Status.CLOSED))
    assert 0 == asked(bench).newer


def test_what_was_lost_before_a_word_is_known_of_it(bench: Bench, anna: Agent) -> None:
    bench.open()
    bench.store.silence.lost(bench.now)
    bench.apply(*answer(anna))
    bench.later(days=30)
    assert 30 * DAY == bench.store.silence.lost(bench.now)
    assert NONE == asked(bench).lost_then
    bench.apply(*answer(anna))
    assert 30 * DAY == asked(bench).lost_then


def test_an_escalation_counts_as_long_as_it_is_open(bench: Bench, anna: Agent) -> None:
    bench.open()
    bench.apply(*answer(anna), Escalate(1, "manual", bench.now, by="Anna"))
    assert asked(bench).escalated
    row = bench.store.promises.list_escalations(1)[0]
    bench.apply(SettleEscalation(1, row.id, "resolved", by="Wei"))
    assert not asked(bench).escalated


def test_a_mail_of_ours_has_arrived_once_it_was_sent_and_did_not_come_back(bench: Bench, anna: Agent) -> None:
    bench.open()
    bench.apply(Mail(MailKind.ACKNOWLEDGEMENT, 1, ANN, "earlier"))
    bench.later(hours=1)
    bench.apply(*answer(anna))
    assert not asked(bench).undelivered, "what was owed before the last word is not what they answer"
    (relay,) = bench.apply(Mail(MailKind.RELAY, 1, ANN, "relay")).outbox_ids
    assert asked(bench).undelivered
    assert bench.store.outbox.sent(bench.claim(relay), bench.now)
    assert not asked(bench).undelivered
    bench.apply(Mail(MailKind.NOTICE, 1, anna.as_address, "notice", anna))
    assert not asked(bench).undelivered, "it goes to an agent"


@pytest.mark.parametrize("how", ["sent", "failed", "unknown", "due"])
def test_only_a_reminder_that_left_has_left(bench: Bench, anna: Agent, how: str) -> None:
    bench.open()
    bench.apply(*answer(anna))
    word = asked(bench).word
    key = silence.reminder_key(1, word)
    (number,) = bench.apply(Mail(MailKind.STATUS, 1, ANN, key, event="closing")).outbox_ids
    bench.later(minutes=5)
    if how != "due":
        claimed = bench.claim(number)
        outbox = bench.store.outbox
        ends: dict[str, Callable[[], object]] = {
            "sent": lambda: outbox.sent(claimed, bench.now),
            "failed": lambda: outbox.failed(claimed, "550 no", bench.compose, (), bench.now),
            "unknown": lambda: outbox.unknown(claimed, "421 what"),
        }
        ends[how]()
        assert how == bench.state(number)
    there = asked(bench)
    assert (bench.now if how == "sent" else None) == there.sent_at
    assert (how != "sent") == there.undelivered
    assert (1, 1) == (there.lately, there.facts.automatic_last_hour)
    bench.later(hours=1)
    assert 0 == asked(bench).lately


def test_the_clock_is_watched_between_two_looks(bench: Bench) -> None:
    assert NONE == bench.store.silence.lost(bench.now)
    bench.later(hours=2)
    assert NONE == bench.store.silence.lost(bench.now)
    bench.later(days=30)
    assert 30 * DAY == bench.store.silence.lost(bench.now)
    bench.later(minutes=1)
    assert 30 * DAY == bench.store.silence.lost(bench.now)
    bench.later(days=-30)
    assert NONE == bench.store.silence.lost(bench.now)


def test_a_forecast_counts_what_waits_what_is_due_and_what_was_reminded(bench: Bench, anna: Agent) -> None:
    for number in range(1, 7):
        bench.open(b"%d" % number)
        bench.apply(*answer(anna, number))
    bench.apply(Amend(3, {"snoozed_until": bench.now}), SetStatus(4, Status.OPEN))
    bench.apply(AddEntry(5, EntryKind.CUSTOMER, ANN, "Hello?"))
    bench.store.silence.remember(2, Note(asked(bench, 2).word, NONE, bench.now, bench.now, bench.now))
    bench.store.silence.remember(6, Note(1, NONE, bench.now, bench.now, bench.now))
    assert Forecast(5, 0, 0) == bench.store.silence.forecast(bench.now)
    assert Forecast(5, 2, 1) == bench.store.silence.forecast(bench.now + DAY)


def test_an_agents_digest_names_what_was_closed_after_silence(bench: Bench, anna: Agent) -> None:
    bo = bench.store.agents.add("bo@staff.example", "Bo", ("billing",), bench.now)
    since = bench.now
    for number in range(1, 4):
        bench.open(b"%d" % number)
        bench.later(minutes=1)
        closed = AddEntry(number, EntryKind.EVENT, DESK, f"{silence.CLOSED}7 days")
        bench.apply(SetStatus(number, Status.CLOSED), closed)
    bench.apply(SetStatus(2, Status.OPEN))
    assert [1, 3] == bench.store.lookups.silent(anna, since)
    assert [3] == bench.store.lookups.silent(bo, bench.now - timedelta(minutes=1))
    assert [] == bench.store.lookups.silent(anna, bench.now)
