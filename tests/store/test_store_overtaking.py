"""Two agents answer the same question: the second is told of the first."""

from datetime import timedelta

import pytest
from store_bench import Bench

from intake.desk.effects import AddEntry, Mail, MailKind
from intake.desk.facts import Collision
from intake.desk.lookup import LookupRequest
from intake.desk.message import Address
from intake.desk.ticket import Agent, EntryKind


@pytest.fixture
def ticket(bench: Bench) -> int:
    number: int = bench.open()
    return number


def agents(bench: Bench) -> tuple[Agent, Agent]:
    return (
        bench.store.agents.add("anna@desk.example", "Anna", (), bench.now),
        bench.store.agents.add("ben@desk.example", "Ben", (), bench.now),
    )


def told(bench: Bench, ticket: int, agent: Agent, key: str) -> str:
    """Owe a notice to an agent, and return its Message-ID."""
    bench.apply(Mail(MailKind.NOTICE, ticket, Address(agent.address), f"notice:{key}", agent=agent))
    (row,) = [row for row in bench.store.outbox.list_mails(limit=1)]
    return str(row.message_id)


def answers(bench: Bench, ticket: int, agent: Agent, kind: EntryKind = EntryKind.REPLY) -> None:
    bench.later(minutes=1)
    bench.apply(AddEntry(ticket, kind, Address(agent.address), f"From {agent.name}", agent=agent.id))


def seen(bench: Bench, ticket: int, agent: Agent, *ids: str) -> Collision | None:
    bench.later(minutes=1)
    found: Collision | None = bench.store.tickets.overtaken(ticket, agent, ids, bench.now)
    return found


def test_a_colleagues_answer_since_the_mail_replied_to_is_found(bench: Bench, ticket: int) -> None:
    anna, ben = agents(bench)
    notice = told(bench, ticket, ben, "1")
    assert seen(bench, ticket, ben, notice) is None
    answers(bench, ticket, anna)
    at = bench.now
    assert Collision(anna, at, "From Anna") == seen(bench, ticket, ben, notice)
    # A client that names no mail, or one that we do not know: the last he got counts.
    assert seen(bench, ticket, ben) is not None
    assert seen(bench, ticket, ben, "unknown@elsewhere.example") is not None


def test_what_he_was_told_of_since_overtakes_nobody(bench: Bench, ticket: int) -> None:
    anna, ben = agents(bench)
    first = told(bench, ticket, ben, "1")
    answers(bench, ticket, anna)
    bench.later(minutes=1)
    second = told(bench, ticket, ben, "2")
    assert seen(bench, ticket, ben, second) is None
    assert seen(bench, ticket, ben) is None
    # He goes back to the first mail and replies to that: it is the question he read.
    assert seen(bench, ticket, ben, first) is not None


def test_his_own_answer_a_note_and_another_ticket_overtake_nobody(bench: Bench, ticket: int) -> None:
    anna, ben = agents(bench)
    notice = told(bench, ticket, ben, "1")
    answers(bench, ticket, ben)
    answers(bench, ticket, anna, EntryKind.NOTE)
    answers(bench, ticket, anna, EntryKind.DRAFT)
    other = bench.open(b"another")
    answers(bench, other, anna)
    assert seen(bench, ticket, ben, notice) is None


def test_without_any_mail_to_him_an_hour_is_too_new(bench: Bench, ticket: int) -> None:
    anna, ben = agents(bench)
    answers(bench, ticket, anna)
    assert seen(bench, ticket, ben) is not None
    bench.now += timedelta(hours=2)
    assert seen(bench, ticket, ben) is None


def test_when_the_newest_mail_was_written_that_an_answer_names(bench: Bench, ticket: int) -> None:
    anna, _ = agents(bench)
    first, began = told(bench, ticket, anna, "1"), bench.now
    bench.later(minutes=1)
    second, ended = told(bench, ticket, anna, "2"), bench.now
    for ids, at in (({first}, began), ({first, second, "x@y.example"}, ended), ({"x@y.example"}, None)):
        looked = bench.store.lookups.look_up(LookupRequest(written=frozenset(ids)), anna, ticket, bench.now)
        assert at == looked.written
