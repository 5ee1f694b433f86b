"""What agents are still to be told of their own mails, and their drafts that wait, in every store."""

from dataclasses import replace
from datetime import timedelta

import pytest
from factories import a_policy
from store_bench import ANN, Bench

from intake.desk import gathered
from intake.desk.draft_effects import ConfirmDraft
from intake.desk.effects import AddEntry, Effect, Finish, Mail, MailKind, Outcome, Redact, SetStatus
from intake.desk.telling_effects import MarkReminded, MarkTold, Telling
from intake.desk.text.said import Said, joined, said
from intake.desk.ticket import NO_TICKET, Agent, EntryKind, Status
from intake.ports import Temporary


@pytest.fixture
def anna(bench: Bench) -> Agent:
    bench.open()
    return bench.store.agents.add("anna@staff.example", "Anna", (), bench.now)


def kept(anna: Agent, key: str, telling: Telling = Telling.GATHERED, text: str = "") -> list[Effect]:
    why = text or joined([said("Your draft for ticket #{number} is kept. Nothing was sent.", number=1), key])
    mail = Mail(MailKind.ALERT, 1, anna.as_address, key, anna, text=why, event="confirm", telling=telling)
    return [AddEntry(1, EntryKind.DRAFT, anna.as_address, f"words of {key}", agent=anna.id), mail]


def test_the_first_ones_are_mails_and_what_follows_waits_to_be_told(bench: Bench, anna: Agent) -> None:
    mails = [len(bench.apply(*kept(anna, f"m{number}")).outbox_ids) for number in range(5)]
    assert [1, 1, 1, 0, 0] == mails
    assert [] == bench.store.tellings.due(bench.now)
    bench.later(seconds=gathered.SOON.total_seconds())
    assert [anna.id] == bench.store.tellings.due(bench.now)
    rows = bench.store.tellings.waiting(anna.id)
    assert [("words of m3", 1, "Printer", "confirm"), ("words of m4", 1, "Printer", "confirm")] == [
        (row.words, row.ticket, row.subject, row.asks) for row in rows
    ]
    assert [True, True] == [row.draft > 0 for row in rows]
    assert "Your draft for ticket #1 is kept. Nothing was sent. m3" == rows[0].why
    assert isinstance(rows[0].why.parts[0], Said)  # type: ignore[attr-defined]
    bench.apply(MarkTold(tuple(row.id for row in rows)))
    assert ([], []) == (bench.store.tellings.due(bench.now), bench.store.tellings.waiting(anna.id))
    with pytest.raises(Temporary):
        bench.apply(MarkTold((rows[0].id,)))
    assert [] == bench.faults()


def carried_out(bench: Bench, anna: Agent, raw: bytes, rule: str = "agent_reply") -> None:
    """A mail of Anna's comes in, and this rule decides on it."""
    number = bench.receive(raw)
    message = bench.message(raw, sender=anna.as_address)
    bench.apply(Finish(Outcome.COMMAND, 1, rule, "Anna asked: #mine"), ledger_id=number, message=message)


def mistyped(bench: Bench, anna: Agent, raw: bytes) -> int:
    """A mail of Anna's comes in that is kept; return how many mails tell her."""
    number = bench.receive(raw)
    message = bench.message(raw, sender=anna.as_address)
    end = Finish(Outcome.APPENDED, 1, "command_mail", "not obeyed")
    effects = [*kept(anna, raw.decode()), end]
    return len(bench.apply(*effects, ledger_id=number, message=message).outbox_ids)


@pytest.mark.parametrize("rule", [*gathered.CARRIED_OUT, "follow_up"])
def test_a_row_begins_anew_behind_a_mail_that_was_carried_out(bench: Bench, anna: Agent, rule: str) -> None:
    assert [1, 1, 1, 0] == [mistyped(bench, anna, b"m%d" % number) for number in range(4)]
    carried_out(bench, anna, b"done", rule)
    again = [1, 1, 1, 0] if rule in gathered.CARRIED_OUT else [0, 0, 0, 0]
    assert again == [mistyped(bench, anna, b"n%d" % number) for number in range(4)]
    bench.later(minutes=11)
    assert 1 == mistyped(bench, anna, b"later")


def test_a_mail_of_somebody_else_ends_no_row(bench: Bench, anna: Agent) -> None:
    wei = bench.store.agents.add("wei@staff.example", "Wei", (), bench.now)
    for number in range(3):
        mistyped(bench, anna, b"m%d" % number)
    carried_out(bench, wei, b"done")
    assert 0 == mistyped(bench, anna, b"n")


def test_in_one_transaction_they_are_counted_too(bench: Bench, anna: Agent) -> None:
    effects = [effect for number in range(6) for effect in kept(anna, f"m{number}")]
    assert 3 == len(bench.apply(*effects).outbox_ids)
    assert 3 == len(bench.store.tellings.waiting(anna.id))


def test_of_a_day_that_holds_too_many_each_is_told_within_the_hour(bench: Bench, anna: Agent) -> None:
    for number in range(gathered.MOST_A_DAY):
        bench.later(minutes=5)
        bench.apply(*kept(anna, f"m{number}"))
    bench.apply(MarkTold(tuple(row.id for row in bench.store.tellings.waiting(anna.id))))
    bench.later(minutes=15)
    assert 0 == len(bench.apply(*kept(anna, "one more")).outbox_ids)
    bench.later(minutes=59)
    assert [] == bench.store.tellings.due(bench.now)
    bench.later(minutes=1)
    assert [anna.id] == bench.store.tellings.due(bench.now)


def test_what_belongs_to_no_ticket_is_told_later_too_and_told_rows_are_forgotten(
    bench: Bench, anna: Agent
) -> None:
    mail = Mail(
        MailKind.ALERT, NO_TICKET, anna.as_address, "c", anna, text="No.", event="command",
        telling=Telling.LATER,
    )  # fmt: skip
    assert () == bench.apply(mail).outbox_ids
    (row,) = bench.store.tellings.waiting(anna.id)
    assert ("No.", 0, 0, "") == (row.why, row.ticket, row.draft, row.asks)
    bench.store.tellings.forget(bench.now + timedelta(days=9))
    assert [row] == bench.store.tellings.waiting(anna.id)
    bench.apply(MarkTold((row.id,)))
    bench.store.tellings.forget(bench.now + timedelta(days=9))
    with pytest.raises(Temporary):
        bench.apply(MarkTold((row.id,)))


def test_what_is_redacted_is_not_told(bench: Bench, anna: Agent) -> None:
    bench.apply(*kept(anna, "m", Telling.LATER, "The line “#noet hunter2” looks like a command."))
    bench.apply(Redact(1, "Anna", ("hunter2",)))
    (row,) = bench.store.tellings.waiting(anna.id)
    assert "hunter2" not in row.why
    assert "looks like a command" in row.why


def test_drafts_that_wait_are_found_with_what_became_of_their_ticket(bench: Bench, anna: Agent) -> None:
    unsent = bench.store.tickets.unsent
    for key in ("a", "b"):
        bench.apply(*kept(anna, key))
    first, second = unsent(anna.id, bench.now)
    assert ("words of a", "words of b") == (first.text, second.text)
    assert first.pending
    assert [] == unsent(anna.id + 1, bench.now)
    bench.apply(ConfirmDraft(1, first.entry), AddEntry(1, EntryKind.REPLY, ANN, "Sent.", agent=anna.id))
    (second,) = unsent(None, bench.now)
    assert (True, False, False) == (second.answered, second.closed, second.pending)
    bench.apply(SetStatus(1, Status.CLOSED))
    bench.apply(MarkReminded((second.entry,)))
    bench.later(days=1)
    bench.apply(MarkReminded((second.entry,)))
    (second,) = unsent(None, bench.now)
    assert (True, 2, bench.now) == (second.closed, second.times, second.reminded_at)
    bench.later(days=31)
    assert [] == unsent(None, bench.now)


def test_deadlines_beyond_the_limit_are_told_in_one_mail_some_minutes_later(
    bench: Bench, anna: Agent
) -> None:
    bench.apply(AddEntry(1, EntryKind.EVENT, anna.as_address, "75% of the time has passed."))
    text = said("Nobody has replied yet.")
    like = Mail(MailKind.ALERT, 1, anna.as_address, "", anna, text=text, telling=Telling.TOGETHER)
    steps = [replace(like, dedupe=f"escalation:{number}:75% lead:anna@staff.example") for number in range(3)]
    assert () == bench.apply(*steps).outbox_ids
    assert 1 == len(bench.apply(*kept(anna, "a mail of theirs")).outbox_ids)
    bench.later(seconds=gathered.SOON.total_seconds())
    assert [anna.id] == bench.store.tellings.due(bench.now)
    rows = bench.store.tellings.waiting(anna.id)
    assert [(True, 1, 0, "Nobody has replied yet.")] * 3 == [
        (row.deadline, row.ticket, row.draft, row.why) for row in rows
    ]
    mail, done = gathered.told(anna, rows, a_policy())
    assert isinstance(mail, Mail)
    assert (MailKind.ANSWER, NO_TICKET) == (mail.kind, mail.ticket)
    assert "The time of 3 tickets is running out." in mail.text
    bench.apply(mail, done)
    assert [] == bench.store.tellings.waiting(anna.id)


def test_what_is_prompt_is_told_at_once_whatever_came_before_but_not_to_a_machine_for_ever(
    bench: Bench, anna: Agent
) -> None:
    effects = [effect for number in range(6) for effect in kept(anna, f"m{number}", Telling.PROMPT)]
    assert 6 == len(bench.apply(*effects).outbox_ids)
    more = [kept(anna, f"n{number}", Telling.PROMPT) for number in range(gathered.MOST_A_DAY)]
    owed = sum(len(bench.apply(*effects).outbox_ids) for effects in more)
    assert gathered.MOST_A_DAY - 6 == owed
