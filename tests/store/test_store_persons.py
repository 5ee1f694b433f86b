"""The language that somebody reads, as far as it is known of him."""

import pytest
from engines import ON_SQL
from store_bench import ANN, Bench

from intake.desk.effects import Amend
from intake.desk.facts import LanguagePreference
from intake.desk.message import Address, Forward
from intake.store.upkeep.erasure import Erasing

BEN = Address("ben@customer.example", "Ben")


def known(bench: Bench, sender: Address = ANN, language: str = "") -> LanguagePreference:
    reads: LanguagePreference = bench.facts(bench.message(b"x", sender=sender, language=language)).reads
    return reads


def test_of_a_stranger_nothing_is_known(bench: Bench) -> None:
    bench.open()
    assert LanguagePreference() == known(bench, BEN)


def test_his_last_ticket_tells_where_his_text_does_not(bench: Bench) -> None:
    bench.open(b"one", sender=ANN)
    first = known(bench)
    assert "" != first.last
    assert LanguagePreference() == known(bench, language="fr")


def test_what_an_agent_said_holds_for_the_tickets_to_come(bench: Bench) -> None:
    number = bench.open(b"one", sender=ANN)
    bench.apply(Amend(number, {"language": "pt"}))
    assert "pt" == bench.store.tickets.get(number).language
    assert LanguagePreference(told="pt") == known(bench, Address("ANN@customer.example"), "en")
    bench.apply(Amend(number, {"language": "es"}))
    assert LanguagePreference(told="es") == known(bench)
    assert LanguagePreference() == known(bench, BEN)


def test_other_changes_say_nothing_of_the_person(bench: Bench) -> None:
    number = bench.open(b"one", sender=ANN)
    bench.apply(Amend(number, {"priority": "high"}))
    assert "" == known(bench).told


def test_it_is_known_of_who_wrote_a_forwarded_mail(bench: Bench) -> None:
    bench.store.agents.add("anna@desk.example", "Anna", (), bench.now)
    bench.apply(Amend(bench.open(b"one", sender=ANN), {"language": "ja"}))
    mail = bench.message(b"fw", sender=Address("anna@desk.example"), forward=Forward(ANN))
    assert LanguagePreference(told="ja") == bench.facts(mail).original_reads


@pytest.mark.parametrize("address", [ANN.mailbox, "ANN@CUSTOMER.EXAMPLE"])
@ON_SQL
def test_it_is_forgotten_with_the_person(bench: Bench, address: str) -> None:
    bench.apply(Amend(bench.open(b"one", sender=ANN), {"language": "pt"}))
    store = bench.store
    Erasing(store.db, store.blobs).erase([], address, [], b"k" * 32, "admin", bench.now)
    assert "" == known(bench).told
