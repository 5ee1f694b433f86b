"""Addresses that mail failed to reach, and the report that names another address than ours."""

from datetime import timedelta
from typing import Any

import pytest
from store_bench import ANN, Bench

from intake.desk.delivery_effects import MarkAddress
from intake.desk.effects import Mail, MailKind
from intake.desk.facts import FAILED_DAYS, AddressHistory
from intake.desk.message import Address, Bounce, BounceKind, Forward
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose, Token


def failed(bench: Bench, sender: Address = ANN) -> str:
    return str(bench.facts(bench.message(b"x", sender=sender)).failed)


def test_an_address_is_remembered_with_the_last_reason_and_forgotten(bench: Bench) -> None:
    assert "" == failed(bench)
    bench.apply(MarkAddress("ann@CUSTOMER.example", "no such user"))
    bench.apply(MarkAddress("ANN@customer.example", "disabled"))
    assert "disabled" == failed(bench)
    assert "" == failed(bench, Address("ben@customer.example"))
    bench.apply(MarkAddress("Ann@customer.example"))
    assert "" == failed(bench)


@pytest.mark.parametrize(("days", "expected"), [(FAILED_DAYS - 1, "gone"), (FAILED_DAYS, "")])
def test_it_is_remembered_for_thirty_days(bench: Bench, days: int, expected: str) -> None:
    bench.apply(MarkAddress(ANN.mailbox, "gone"))
    bench.later(days=days)
    assert expected == failed(bench)


def test_a_status_mail_to_it_becomes_an_event(bench: Bench) -> None:
    number = bench.open()
    bench.apply(MarkAddress(ANN.mailbox, "no such user"))
    applied = bench.apply(Mail(MailKind.STATUS, number, ANN, "status:1", event="closed"))
    assert () == applied.outbox_ids
    event = bench.store.tickets.entries(number)[-1]
    assert (EntryKind.EVENT, True) == (event.kind, "no such user" in event.text)


def test_an_answer_to_it_is_sent_all_the_same(bench: Bench) -> None:
    number = bench.open()
    bench.apply(MarkAddress(ANN.mailbox, "no such user"))
    assert 1 == len(bench.apply(Mail(MailKind.RELAY, number, ANN, "relay:1")).outbox_ids)


def test_the_author_of_a_forwarded_mail_has_a_standing_of_his_own(bench: Bench) -> None:
    bench.store.agents.add("anna@desk.example", "Anna", (), bench.now)
    bench.open(dedupe="ack:1")
    bench.apply(MarkAddress(ANN.mailbox, "no such user"))
    mail = bench.message(b"fw", sender=Address("anna@desk.example"), forward=Forward(ANN))
    assert AddressHistory(1, 1, 1, "no such user") == bench.facts(mail).original
    customer = bench.message(b"fw", sender=Address("eve@elsewhere.example"), forward=Forward(ANN))
    assert AddressHistory() == bench.facts(customer).original


def report(bench: Bench, ticket: int = 1) -> Any:
    given = Token(Purpose.BOUNCE, ticket, 0, bench.now + timedelta(days=1))
    bounce = Bounce(BounceKind.FAILED, ("forwarded-to@elsewhere.example",))
    return bench.facts(bench.message(b"report", bounce=bounce), token=given).sent


def test_a_report_to_our_envelope_sender_is_about_the_only_one_we_answered(bench: Bench) -> None:
    bench.owe("relay:1")
    newest = bench.owe("relay:2")
    bench.owe("notice:1", MailKind.NOTICE, Address("anna@desk.example"))
    assert newest == report(bench).outbox_id


def test_of_two_people_answered_it_is_about_neither(bench: Bench) -> None:
    bench.owe("relay:1")
    bench.owe("relay:2", to=Address("ben@customer.example"))
    assert report(bench) is None
