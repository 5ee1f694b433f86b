"""Surveys in the database: who is a candidate, what was asked and answered. Once on each engine."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from store_bench import Bench, InThreads

from intake.desk import surveys
from intake.desk.effects import AddEntry, Mail, MailKind, RevokeLinks, SetStatus
from intake.desk.message import Address
from intake.desk.survey_effects import AskSurvey, RecordScore
from intake.desk.surveys import Candidate
from intake.desk.ticket import EntryKind, Status

AGENT = Address("anna@desk.example", "Anna")


def close(bench: Bench, number: int = 1, reply: bool = True) -> int:
    """Answer and close a ticket; return what its closing is known by."""
    answer = [AddEntry(number, EntryKind.REPLY, AGENT, "Do this.")] if reply else []
    bench.apply(*answer, SetStatus(number, Status.CLOSED))
    return surveys.closing_of(bench.now)


def candidates(bench: Bench) -> list[Candidate]:
    with bench.store.transaction():
        found, _ = bench.store.surveys.candidates(bench.now, bench.now, 50)
    return list(found)


def test_a_closed_ticket_is_a_candidate_until_it_was_decided_on(bench: Bench) -> None:
    bench.open()
    assert [] == candidates(bench)
    closing = close(bench)

    [one] = candidates(bench)
    assert (1, True, True, False, None) == (
        one.ticket.id,
        one.answered,
        one.written,
        one.undeliverable,
        one.last_asked,
    )
    for effect in (AskSurvey(1, closing), AskSurvey(1, closing, "asked lately")):
        bench.apply(effect)
    assert [] == candidates(bench)
    [row] = bench.store.surveys.list_surveys()
    assert (1, closing, bench.now, "", None) == (
        row.ticket,
        row.closing,
        row.asked_at,
        row.skipped,
        row.score,
    )


def test_a_second_closing_is_asked_about_anew(bench: Bench) -> None:
    bench.open()
    bench.apply(AskSurvey(1, close(bench)))
    bench.later(hours=1)
    bench.apply(SetStatus(1, Status.OPEN))
    assert [] == candidates(bench)
    close(bench)
    assert [1] == [one.ticket.id for one in candidates(bench)]


def test_what_was_closed_too_early_or_too_late_is_no_candidate(bench: Bench) -> None:
    bench.open()
    close(bench)
    with bench.store.transaction():
        early = bench.store.surveys.candidates(bench.now, bench.now - timedelta(seconds=1), 50)
    assert ([], 0) == early
    bench.later(days=21)
    assert [] == candidates(bench)


def test_a_candidate_tells_what_decides(bench: Bench) -> None:
    bench.open()
    mail = bench.owe("relay:1")
    bench.owe("ack:1", MailKind.ACKNOWLEDGEMENT)
    asked = bench.now
    bench.owe("survey:0", MailKind.SURVEY)
    bench.later(minutes=5)
    close(bench, reply=False)

    [one] = candidates(bench)
    assert (False, asked, 2, 2) == (
        one.answered,
        one.last_asked,
        one.automatic_last_hour,
        one.automatic_last_day,
    )
    claimed = bench.claim(mail)
    bench.store.outbox.failed(claimed, "no such user", bench.compose, (), bench.now)
    assert [True] == [one.undeliverable for one in candidates(bench)]


def test_an_answer_is_kept_and_another_takes_its_place(bench: Bench) -> None:
    bench.open()
    closing = close(bench)
    bench.apply(AskSurvey(1, closing))
    assert [] == bench.store.surveys.list_surveys(answered=True)
    bench.apply(RecordScore(1, closing, 2, "很慢\x00", True))
    bench.later(hours=1)
    bench.apply(RecordScore(1, closing, 4))

    [row] = bench.store.surveys.list_surveys(answered=True)
    assert (4, "", False, bench.now) == (row.score, row.comment, row.consent, row.answered_at)
    assert row == bench.store.surveys.get(1, closing)
    assert bench.store.surveys.get(1, closing + 1) is None
    bench.apply(RecordScore(1, closing + 1, 1))
    assert 1 == len(bench.store.surveys.list_surveys(1))
    assert [] == bench.store.surveys.list_surveys(2)


def test_a_survey_counts_as_automatic_mail(bench: Bench) -> None:
    bench.open()
    bench.apply(Mail(MailKind.SURVEY, 1, Address("Ann@customer.example"), "survey:1:1"))
    facts = bench.facts(bench.message(b"next"))
    assert (1, 1, 1) == (facts.automatic_last_hour, facts.automatic_last_day, facts.automatic_desk_hour)


def test_links_are_made_void_by_their_number(bench: Bench) -> None:
    bench.open()
    before = bench.store.tickets.get(1)
    bench.later(minutes=1)
    bench.apply(RevokeLinks(1))
    assert replace(before, link=2, updated_at=bench.now) == bench.store.tickets.get(1)


@pytest.mark.parametrize("processes", [4])
def test_asking_from_several_processes_asks_once(bench: Bench, in_threads: InThreads, processes: int) -> None:
    from intake.desk.policy import MailboxPolicy, Policy

    policy = Policy({"support": MailboxPolicy("support", "support@desk.example")})
    bench.open()
    close(bench)
    bench.later(days=7)

    def ask(_: int) -> int:
        try:
            with bench.store.transaction():
                found, sent = bench.store.surveys.candidates(bench.now, bench.now, 50)
                effects = surveys.due_surveys(found, sent, policy, bench.now)
                return len(bench.store.apply(effects, bench.compose, bench.now).outbox_ids) if effects else 0
        finally:
            bench.store.close()

    assert 1 == sum(in_threads(processes, ask))


def test_the_same_answer_posted_twice_at_once_is_one_event(bench: Bench, in_threads: InThreads) -> None:
    bench.open()
    closing = close(bench)
    bench.apply(AskSurvey(1, closing))
    ready = threading.Barrier(4)

    def post(_: int) -> None:
        ready.wait(10)
        what = "Survey: 4 of 5."
        bench.apply(RecordScore(1, closing, 4, "", False), AddEntry(1, EntryKind.EVENT, AGENT, what, what))

    in_threads(4, post)
    assert ["Survey: 4 of 5."] == [one.text for one in bench.store.tickets.entries(1) if one.kind == "event"]
    # Another answer takes its place, and is an event of its own.
    bench.apply(RecordScore(1, closing, 5, "", False), AddEntry(1, EntryKind.EVENT, AGENT, "Survey: 5 of 5."))
    assert 2 == sum(one.kind == "event" for one in bench.store.tickets.entries(1))
