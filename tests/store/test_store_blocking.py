"""Blocked senders in the store, the same on each engine: who is blocked, whom it concerns, what is kept."""

from datetime import timedelta

from store_bench import ANN, Bench

from intake.desk.block_effects import Block, Unblock
from intake.desk.effects import AddEntry, AddParticipant, Amend, Finish, OpenTicket, Outcome, SetStatus
from intake.desk.lookup import LookupRequest
from intake.desk.message import Address
from intake.desk.ticket import EntryKind, Status

EVE, BOB = Address("eve@mail.evil.example", "Eve"), Address("bob@evil.example", "Bob")
DAY = timedelta(days=1)


def kept(bench: Bench, raw: bytes, sender: Address, rule: str = "blocked") -> int:
    """Have a mail quarantined by a block or a rule."""
    ledger_id = bench.receive(raw)
    end = Finish(Outcome.QUARANTINED, None, rule, "blocked: @evil.example")
    bench.apply(end, ledger_id=ledger_id, message=bench.message(raw, sender=sender))
    return ledger_id


def blocked(bench: Bench, sender: Address, **more: Address) -> str:
    return bench.facts(bench.message(b"question", sender=sender, **more)).blocked


def test_a_block_concerns_mail_of_its_address_or_domain_until_it_is_ended(bench: Bench) -> None:
    bench.apply(Block("@evil.example", "Anna", "#1"), Block("ann@x.example", "Anna"))
    assert ["@evil.example", "@evil.example", ""] == [blocked(bench, who) for who in (EVE, BOB, ANN)]
    assert "@evil.example" == blocked(bench, ANN, via=EVE)
    bench.apply(Unblock("@evil.example"))
    assert "" == blocked(bench, EVE)


def test_the_list_holds_who_blocked_when_why_and_how_much_of_it_is_kept(bench: Bench) -> None:
    bench.apply(Block("@evil.example", "Anna", "phishing"))
    first = bench.now
    bench.later(minutes=1)
    bench.apply(Block("eve@mail.evil.example", "Wei"), Block("@evil.example", "Wei", "again"))
    kept(bench, b"one", EVE)
    kept(bench, b"two", BOB)
    rows = bench.store.blocks.listed()
    assert [("eve@mail.evil.example", "Wei", "", 1), ("@evil.example", "Anna", "phishing", 2)] == [
        (row.key, row.by, row.reason, row.held) for row in rows
    ]
    assert first == rows[1].at
    looked = bench.store.lookups.look_up(LookupRequest(blocks=True), None, None, bench.now)
    assert rows == looked.blocks


def test_a_block_concerns_people_of_open_tickets_that_are_no_spam(bench: Bench) -> None:
    for who in (EVE, ANN, BOB, BOB, BOB):
        bench.apply(OpenTicket("Win", who, "en", "support", "", "imap"))
    bench.apply(AddParticipant(2, BOB))
    bench.apply(SetStatus(3, Status.CLOSED))
    bench.apply(Amend(4, {"spam": True}))
    blocks = bench.store.blocks
    assert (1, 2, 5) == blocks.concerned("@evil.example")
    assert (2, 5) == blocks.concerned(BOB.key)
    assert () == blocks.concerned("@other.example")
    wanted = LookupRequest(concerned=frozenset({"", "@evil.example"}))
    looked = bench.store.lookups.look_up(wanted, None, 1, bench.now)
    assert {"": (1,), "@evil.example": (1, 2, 5)} == looked.concerned


def test_what_is_kept_by_a_persons_will_does_not_grow_stale_and_is_counted_apart(bench: Bench) -> None:
    kept(bench, b"one", EVE)
    kept(bench, b"two", BOB, rule="held")
    faulty = bench.receive(b"three")
    bench.store.ledger.quarantine(faulty, "it is too deep", bench.now)
    bench.later(days=2)
    ledger = bench.store.ledger
    assert 1 == ledger.quarantined_before(bench.now - DAY)
    assert {"blocked": 1, "held": 1} == ledger.kept_since(bench.now - 7 * DAY)
    assert {} == ledger.kept_since(bench.now)
    assert 1 == bench.store.upkeep.counts()["quarantined"]
    vitals = bench.store.upkeep.vitals(bench.now)
    assert ({"blocked": 1, "held": 1}, 3) == (vitals.kept, vitals.messages["quarantined"])
    numbers = {
        kept_: [row.id for row in ledger.list_messages(state="quarantined", kept=kept_)]
        for kept_ in (None, True, False)
    }
    assert {None: [3, 2, 1], True: [2, 1], False: [3]} == numbers


def test_what_a_person_puts_back_is_let_past_the_block_and_a_mended_fault_is_not(bench: Bench) -> None:
    number = kept(bench, b"one", EVE)
    faulty = bench.receive(b"two")
    bench.store.ledger.quarantine(faulty, "it is too deep", bench.now)
    for each in (number, faulty):
        assert bench.store.ledger.requeue(each, bench.now)
    begun = bench.store.ledger.begin([number, faulty], bench.now, "me")
    assert {number: True, faulty: False} == {row.ledger_id: row.envelope.released for row in begun}


def test_a_ticket_of_a_machine_is_quiet_and_asks_no_survey(bench: Bench) -> None:
    bench.apply(OpenTicket("Disk", EVE, "en", "support", "", "imap", quiet=True))
    ticket = bench.store.tickets.get(1)
    assert ticket is not None
    assert (True, True) == (ticket.quiet, ticket.survey_off)


def test_words_that_anybody_may_have_written_are_known_of_a_ticket_and_of_the_last_days(bench: Bench) -> None:
    for who, kind, unproven in ((EVE, EntryKind.CUSTOMER, True), (ANN, EntryKind.CUSTOMER, False)):
        bench.apply(
            OpenTicket("Win", who, "en", "support", "", "imap"),
            AddEntry(None, kind, who, "Hello", unproven=unproven),
        )
    bench.apply(AddEntry(2, EntryKind.NOTE, BOB, "Hello", unproven=True))
    wanted = LookupRequest(concerned=frozenset({"", "@evil.example", EVE.key, ANN.key, BOB.key}))

    def unproven(ticket: int | None) -> set[str]:
        return set(bench.store.lookups.look_up(wanted, None, ticket, bench.now).unproven)

    assert {"@evil.example", EVE.key} == unproven(None) == unproven(2)
    assert {"", "@evil.example", EVE.key} == unproven(1)
    bench.later(days=31)
    assert set() == unproven(None) == unproven(2)
    assert {"", "@evil.example", EVE.key} == unproven(1)
