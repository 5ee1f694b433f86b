"""What an admin is shown: lists, counts, agents, mailboxes and jobs."""

import pytest
from store_bench import Bench

from intake.desk.effects import MailKind
from intake.desk.ticket import Agent
from intake.views import AgentRow, MailboxRow


def test_lists_are_newest_first_and_limited(bench: Bench) -> None:
    for number in range(4):
        bench.open(b"%d" % number, dedupe=f"ack:{number}")
    assert [4, 3] == [row.id for row in bench.store.listing.list_tickets(limit=2)]
    assert [4, 3] == [row.id for row in bench.store.ledger.list_messages(limit=2)]
    assert [4, 3] == [row.id for row in bench.store.outbox.list_mails(limit=2)]


def test_lists_of_nothing_are_empty(bench: Bench) -> None:
    assert ([], [], [], [], []) == (
        bench.store.listing.list_tickets(status="closed"),
        bench.store.ledger.list_messages(outcome="automatic"),
        bench.store.outbox.list_mails(state="failed"),
        bench.store.tickets.entries(1),
        bench.store.agents.list_agents(),
    )
    assert (None,) * 6 == (
        bench.store.tickets.get(1),
        bench.store.ledger.message(1),
        bench.store.ledger.raw(1),
        bench.store.outbox.raw(1),
        bench.store.tickets.file("0" * 64),
        bench.store.agents.by_address("nobody@desk.example"),
    )


def test_counts_are_complete_even_when_zero(bench: Bench) -> None:
    kinds = ["waiting", "quarantined", "too large", "due", "unknown", "failed", "open tickets"]
    nothing = dict.fromkeys(kinds, 0)
    assert nothing == bench.store.upkeep.counts()
    bench.receive(b"waiting")
    bench.store.ledger.quarantine(bench.receive(b"bad"), "bad", bench.now)
    bench.open(b"open")
    bench.owe("ack:1", MailKind.ACKNOWLEDGEMENT)
    bench.store.outbox.unknown(bench.claim(1), "who knows")
    bench.owe("relay:1")
    expected = nothing | {"waiting": 1, "quarantined": 1, "due": 1, "unknown": 1, "open tickets": 1}
    assert expected == bench.store.upkeep.counts()


def test_an_agent_is_added_changed_disabled_and_enabled_again(bench: Bench) -> None:
    store, now = bench.store, bench.now
    alice = store.agents.add(" Alice@desk.example ", "Alice", ("sales", "printers", "sales"), now)
    assert Agent(1, "Alice", "Alice@desk.example", ("printers", "sales")) == alice
    assert store.agents.disable("ALICE@desk.example")
    assert not store.agents.disable("alice@desk.example")
    assert not store.agents.disable("nobody@desk.example")
    assert ([], False) == (store.agents.enabled(), store.agents.by_address("alice@desk.example").enabled)
    again = store.agents.add("alice@desk.example", "Alice B.", ("sales",), now)
    assert Agent(1, "Alice B.", "alice@desk.example", ("sales",)) == again
    bob = store.agents.add("bob@desk.example", "Bob", (), now)
    assert [AgentRow(2, "Bob", "bob@desk.example", (), True)] == store.agents.list_agents()[:1]
    assert ([again, bob], [bob], 2) == (
        store.agents.enabled("sales"),
        store.agents.enabled("printers"),
        len(store.agents.enabled()),
    )


def test_the_agents_of_a_transaction_are_those_it_made(bench: Bench) -> None:
    with bench.store.transaction():
        assert [] == bench.store.agents.enabled()
        alice = bench.store.agents.add("alice@desk.example", "Alice", (), bench.now)
        assert [alice] == bench.store.agents.enabled()


def test_a_mailbox_remembers_its_last_success_and_error(bench: Bench) -> None:
    start = bench.now
    bench.store.mailboxes.seen("support", start)
    bench.later(minutes=1)
    bench.store.mailboxes.seen("support", bench.now, error="the password was refused")
    failing = MailboxRow("support", "", None, start, "the password was refused", bench.now)
    assert [failing] == bench.store.mailboxes.states()
    bench.later(minutes=1)
    bench.store.mailboxes.seen("support", bench.now)
    (well,) = bench.store.mailboxes.states()
    assert ("", bench.now) == (well.last_error, well.last_success)


def test_a_job_remembers_when_it_last_ran(bench: Bench) -> None:
    for _ in range(2):
        bench.later(hours=1)
        bench.store.upkeep.record_job("sweep", bench.now)
    assert {"sweep": bench.now} == bench.store.upkeep.job_runs()


@pytest.mark.parametrize("who", ["admin", "ann"])
def test_dropping_a_message_leaves_a_line_in_the_audit(bench: Bench, who: str) -> None:
    ledger_id = bench.receive(b"spam")
    bench.store.ledger.quarantine(ledger_id, "bad", bench.now)
    bench.store.ledger.drop(ledger_id, "spam", bench.now, who)
    (line,) = bench.store.upkeep.list_audit()
    assert (who, "dropped message 1: spam", bench.now) == (line.who, line.what, line.at)
