"""Promises, escalations and pages in the database. Once on each engine."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from engines import ON_SQL
from store_bench import Bench, InThreads

from intake.desk.effects import Mail, MailKind
from intake.desk.message import Address
from intake.desk.policy import Policy
from intake.desk.sla_effects import Escalate, Page, SetPromises, SettleEscalation
from intake.desk.sla_policies import shipped
from intake.desk.sla_target import PromiseState, SlaTarget, Target
from intake.store.upkeep.erasure import Erasing

HOUR = timedelta(hours=1)
POLICY = Policy({}, levels=shipped())
AGENT = Address("anna@desk.example", "Anna")


def promise(bench: Bench, **changes: Any) -> SlaTarget:
    """Four hours from now, its first step in two."""
    made = SlaTarget(
        Target.FIRST_RESPONSE, "urgent", 4 * HOUR, bench.now, bench.now, 4 * HOUR, bench.now + 4 * HOUR,
        next_at=bench.now + 2 * HOUR,
    )  # fmt: skip
    return replace(made, **changes)


def promised(bench: Bench, *promises: SlaTarget, dedupe: str = "") -> Any:
    """A ticket with these promises, as the store has it."""
    number = bench.open(b"mail %d" % len(bench.store.listing.list_tickets()), dedupe=dedupe)
    due = {one.target: one.due for one in promises if one.due}
    bench.apply(SetPromises(number, promises, due, None, bench.now))
    return bench.store.tickets.get(number)


def due(bench: Bench) -> list[tuple[int, int]]:
    with bench.store.transaction():
        return list(bench.store.promises.due(bench.now, 50))


def test_what_was_promised_is_read_as_it_was_written(bench: Bench) -> None:
    ticket = promised(bench, promise(bench), promise(bench, target=Target.RESOLUTION, due=None, next_at=None))
    assert [replace(promise(bench), id=1)] == [one for one in ticket.promises if one.id == 1]
    assert (bench.now + 4 * HOUR, None, bench.now) == (
        ticket.first_response_due,
        ticket.resolution_due,
        ticket.waiting_since,
    )


def test_one_decision_sees_what_it_has_promised_itself(bench: Bench) -> None:
    mail = Mail(MailKind.STATUS, 1, AGENT, "status")
    bench.open()
    bench.apply(SetPromises(1, (promise(bench),), {Target.FIRST_RESPONSE: bench.now + 4 * HOUR}), mail)
    assert [(1, bench.now + 4 * HOUR)] == [(one.promises[0].id, one.first_response_due) for one in bench.seen]


def test_a_promise_is_due_when_its_next_step_is(bench: Bench) -> None:
    ticket = promised(bench, promise(bench))
    bench.later(hours=2, microseconds=-1)
    assert [] == due(bench)
    bench.later(microseconds=1)
    assert [(1, ticket.id)] == due(bench)
    bench.store.promises.put_off(1, bench.now + HOUR)
    assert [] == due(bench)


def test_the_longest_due_comes_first_and_no_more_than_asked_for(bench: Bench) -> None:
    promised(bench, promise(bench, next_at=bench.now + HOUR))
    promised(bench, promise(bench, next_at=bench.now))
    bench.later(hours=3)
    assert [(2, 2), (1, 1)] == due(bench)
    with bench.store.transaction():
        assert [(2, 2)] == bench.store.promises.due(bench.now, 1)


def test_a_due_promise_comes_with_what_decides_who_is_told(bench: Bench) -> None:
    bench.store.agents.add("anna@desk.example", "Anna", (), bench.now)
    ticket = promised(bench, promise(bench), dedupe="ack")
    bench.later(hours=2)
    with bench.store.transaction():
        found = bench.store.promises.due_promise(1, ticket.id, POLICY, bench.now)
        assert bench.store.promises.due_promise(1, ticket.id, POLICY, bench.now - HOUR) is None
        assert bench.store.promises.due_promise(9, ticket.id, POLICY, bench.now) is None
        assert bench.store.promises.due_promise(1, 99, POLICY, bench.now) is None
    assert found.acknowledged
    assert (1, 1) == (found.promise.id, found.facts.automatic_last_day)
    assert ["Anna"] == [one.name for one in found.agents[""]]


def escalated(bench: Bench, number: int, step: str = "50% remind", **changes: Any) -> Escalate:
    values: dict[str, Any] = {"promise": 1, "target": "first_response", "reason": "Told: Anna."}
    return Escalate(number, step, bench.now, **{**values, **changes})


def test_a_step_is_written_down_once_and_what_was_to_be_done_with_it_is_not(bench: Bench) -> None:
    ticket = promised(bench, promise(bench))
    bench.apply(escalated(bench, ticket.id))
    mail = Mail(MailKind.ALERT, ticket.id, AGENT, "again")
    with pytest.raises(ValueError, match="was done before"):
        bench.apply(mail, escalated(bench, ticket.id))
    assert 1 == len(bench.store.promises.list_escalations())
    assert [] == bench.store.outbox.list_mails()


def test_by_hand_any_number_may_be_escalated(bench: Bench) -> None:
    ticket = promised(bench)
    for _ in range(2):
        bench.apply(
            escalated(bench, ticket.id, "manual", promise=None, target="", to_team="second", by="Anna")
        )
    assert ["second", "second"] == [row.to_team for row in bench.store.promises.list_escalations()]
    assert [None, None] == [row.target for row in bench.store.promises.list_escalations(ticket.id)]


ENDS = {
    "kept": (PromiseState.KEPT, "resolved"),
    "broken, but answered": (PromiseState.BROKEN, "resolved"),
    "dropped": (PromiseState.DROPPED, "cancelled"),
}


@pytest.mark.parametrize(("state", "expected"), ENDS.values(), ids=ENDS)
def test_an_answer_settles_the_escalations_of_its_promise(
    bench: Bench, state: PromiseState, expected: str
) -> None:
    ticket = promised(bench, promise(bench), promise(bench, target=Target.RESOLUTION))
    bench.apply(
        escalated(bench, ticket.id),
        escalated(bench, ticket.id, "90% late", state="done"),
        escalated(bench, ticket.id, promise=2, target="resolution"),
        escalated(bench, ticket.id, "manual", promise=None),
    )
    over = replace(ticket.promises[0], state=state, ended_at=bench.now, next_at=None)
    bench.apply(SetPromises(ticket.id, (over,)))
    states = [(row.step, row.promise, row.state) for row in bench.store.promises.list_escalations(states=())]
    assert [
        ("manual", None, "open"),
        ("50% remind", 2, "open"),
        ("90% late", 1, "done"),
        ("50% remind", 1, expected),
    ] == states  # fmt: skip
    assert [2] == [one.id for one in bench.store.tickets.get(ticket.id).promises]
    bench.later(days=9)
    assert [(2, ticket.id)] == due(bench)


def test_closing_settles_what_was_asked_for_by_hand_too(bench: Bench) -> None:
    ticket = promised(bench)
    bench.apply(escalated(bench, ticket.id, "manual", promise=None))
    bench.apply(SetPromises(ticket.id, settled="resolved"))
    assert ["resolved"] == [row.state for row in bench.store.promises.list_escalations(states=())]


def test_an_escalation_is_seen_to_and_ended_once(bench: Bench) -> None:
    ticket = promised(bench, promise(bench))
    bench.apply(escalated(bench, ticket.id))
    bench.apply(SettleEscalation(ticket.id, 1, "acked", "Anna"))
    assert ("acked", "Anna") == (
        bench.store.promises.escalation(1).state,
        bench.store.promises.escalation(1).settled_by,
    )
    bench.apply(SettleEscalation(ticket.id, 1, "resolved", "Wei", "called"))
    bench.apply(SettleEscalation(ticket.id, 1, "acked", "Zoe"))
    row = bench.store.promises.escalation(1)
    assert ("resolved", "Wei", "called") == (row.state, row.settled_by, row.remark)
    assert bench.store.promises.escalation(2) is None


def test_a_page_is_owed_once_and_one_process_has_it_at_a_time(bench: Bench) -> None:
    ticket = promised(bench)
    for _ in range(2):
        bench.apply(Page(ticket.id, "escalation:1:150% page", {"step": "150% page"}))
    owed = bench.store.promises.due_page(bench.now)
    assert ("escalation:1:150% page", {"step": "150% page"}, 1) == (owed.key, owed.details, owed.attempts)
    assert bench.store.promises.due_page(bench.now) is None
    # Whoever had it was killed: the next one gets it.
    bench.later(minutes=3)
    assert 2 == bench.store.promises.due_page(bench.now).attempts
    bench.store.promises.page_failed(owed.id, "it answered 503", bench.now + HOUR)
    assert bench.store.promises.due_page(bench.now) is None
    bench.later(hours=1)
    assert 3 == bench.store.promises.due_page(bench.now).attempts
    bench.store.promises.page_sent(owed.id, bench.now)
    bench.later(days=1)
    assert bench.store.promises.due_page(bench.now) is None


def test_a_page_that_was_refused_is_not_owed_any_more(bench: Bench) -> None:
    bench.apply(Page(promised(bench).id, "key"))
    bench.store.promises.page_failed(bench.store.promises.due_page(bench.now).id, "it answered 400", None)
    bench.later(days=1)
    assert bench.store.promises.due_page(bench.now) is None


def test_a_page_written_while_the_clock_was_ahead_does_not_wait_for_it(bench: Bench) -> None:
    ticket = promised(bench)
    bench.later(days=30)
    bench.apply(Page(ticket.id, "key"))
    bench.later(days=-30)
    assert bench.store.promises.due_page(bench.now) is not None


def test_two_processes_do_a_step_once(bench: Bench, in_threads: InThreads) -> None:
    ticket = promised(bench, promise(bench))
    bench.later(hours=2)

    def work(_: int) -> int:
        try:
            with bench.store.transaction():
                found = bench.store.promises.due(bench.now, 9)
                for number, _ticket in found:
                    mine = bench.store.promises.due_promise(number, ticket.id, POLICY, bench.now)
                    if mine is not None:
                        done = replace(mine.promise, reached=50, next_at=None)
                        effects = [escalated(bench, ticket.id), SetPromises(ticket.id, (done,))]
                        bench.store.apply(effects, bench.compose, bench.now)
                return len(found)
        finally:
            bench.store.close()

    assert [0, 0, 0, 1] == sorted(in_threads(4, work))
    assert 1 == len(bench.store.promises.list_escalations())


@ON_SQL
def test_nothing_of_it_is_left_of_an_erased_ticket(bench: Bench) -> None:
    ticket = promised(bench, promise(bench))
    bench.apply(escalated(bench, ticket.id), Page(ticket.id, "key"))
    Erasing(bench.store.db, bench.store.blobs).erase([ticket.id], "", (), b"k", "test", bench.now)
    assert [] == bench.store.promises.list_escalations(states=())
    assert [] == bench.store.promises.of_ticket(ticket.id)
    assert bench.store.promises.due_page(bench.now) is None


def test_what_is_shown_of_a_promise(bench: Bench) -> None:
    ticket = promised(bench, promise(bench))
    [row] = bench.store.promises.of_ticket(ticket.id)
    assert (Target.FIRST_RESPONSE, "urgent", PromiseState.RUNNING, 240, 240) == (
        row.target, row.policy, row.state, row.total_minutes, row.left_minutes)  # fmt: skip
