"""What is known of a person by their address, and notes about them; on both engines and in memory."""

from datetime import timedelta

from engines import ON_SQL
from store_bench import ANN, NOW, Bench

from intake.desk.effects import Amend, MarkAddress, SetStatus
from intake.desk.lookup import FROM, LookupRequest
from intake.desk.persons import AddPersonNote, DropPersonNote, Person
from intake.desk.ticket import Status
from intake.store.upkeep.erasure import Erasing

ADDRESS = "ann@CUSTOMER.example"


def known(bench: Bench, address: str = ADDRESS) -> Person:
    return bench.store.lookups.person(address, bench.now)


def test_of_a_stranger_nothing_is_known_but_the_address(bench: Bench) -> None:
    bench.open()
    assert Person("eve@elsewhere.example") == known(bench, "eve@elsewhere.example")


def test_a_person_is_who_wrote_what_they_asked_and_how_they_read(bench: Bench) -> None:
    bench.open(b"one")
    bench.later(hours=1)
    second, third = bench.open(b"two"), bench.open(b"three")
    bench.apply(SetStatus(second, Status.CLOSED), Amend(second, {"language": "pt"}))
    bench.apply(Amend(third, {"spam": True}), SetStatus(third, Status.CLOSED))
    bench.apply(MarkAddress(ANN.mailbox, "no such user"))
    person = known(bench)
    assert (("Ann",), 1, 1, 1) == (person.names, person.open, person.closed, person.spam)
    assert ("pt", True, "no such user") == (person.language, person.told, person.failed)
    assert (NOW, NOW + timedelta(hours=1)) == (person.first_at, person.last_at)


def test_notes_are_about_the_person_the_newest_first(bench: Bench) -> None:
    bench.apply(AddPersonNote(ANN.mailbox, "Anna", "Calls at night."))
    bench.apply(AddPersonNote(ADDRESS, "Wei", "Speaks Portuguese."))
    bench.apply(AddPersonNote("ben@customer.example", "Wei", "Another one."))
    newest, oldest = known(bench).notes
    assert [("Wei", "Speaks Portuguese."), ("Anna", "Calls at night.")] == [
        (note.by, note.text) for note in (newest, oldest)
    ]
    assert NOW == oldest.at
    # A number alone removes nothing: it must be of this person.
    bench.apply(DropPersonNote("ben@customer.example", oldest.id))
    assert 2 == len(known(bench).notes)
    bench.apply(DropPersonNote(ADDRESS, oldest.id))
    assert [newest] == list(known(bench).notes)


def test_the_requester_of_the_ticket_at_hand_is_looked_up_with_their_tickets(bench: Bench) -> None:
    first, second = bench.open(b"one"), bench.open(b"two")
    wanted = LookupRequest(persons=frozenset({""}), lists=frozenset({FROM}))
    looked = bench.store.lookups.look_up(wanted, None, first, bench.now)
    assert ANN.mailbox == looked.persons[""].address
    assert [second, first] == [row.id for row in looked.lists[FROM]]
    assert {} == bench.store.lookups.look_up(wanted, None, None, bench.now).persons


@ON_SQL
def test_notes_are_erased_with_the_person(bench: Bench) -> None:
    bench.apply(AddPersonNote(ADDRESS, "Anna", "Calls at night."))
    bench.apply(AddPersonNote("ben@customer.example", "Wei", "Another one."))
    store = bench.store
    Erasing(store.db, store.blobs).erase([], ADDRESS, [], b"k" * 32, "admin", bench.now)
    assert ((), 1) == (known(bench).notes, len(known(bench, "ben@customer.example").notes))
