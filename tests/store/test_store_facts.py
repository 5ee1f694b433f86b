"""What is known about a message when it is decided on, each way to a ticket for itself."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from engines import ON_SQL
from store_bench import ANN, Bench

from intake.desk.effects import AddEntry, Assign, Finish, Mail, MailKind, Outcome
from intake.desk.facts import Correspondence
from intake.desk.message import Address, Bounce, BounceKind, Piece, PieceKind
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose, Token
from intake.store.schema.links import Participant

ANNA = Address("anna@desk.example", "Anna")
STRANGER = Address("stranger@elsewhere.example")


def token(bench: Bench, purpose: Purpose, ticket: int, person: int = 0) -> Token:
    return Token(purpose, ticket, person, bench.now + timedelta(days=1))


def test_nothing_is_known_of_a_first_message(bench: Bench) -> None:
    facts = bench.facts(bench.message(b"new", subject="Hello [#12]", in_reply_to=("x@y",)))
    found = (facts.by_token, facts.by_sent_id, facts.by_stored_id, facts.by_number, facts.sent)
    assert (None,) * 5 == found
    assert (None, None, None, None, ()) == (
        facts.duplicate_of,
        facts.duplicate_ticket,
        facts.agent,
        facts.token_agent,
        facts.team,
    )


@pytest.mark.parametrize(
    ("purpose", "found"),
    [(Purpose.CUSTOMER, True), (Purpose.AGENT, True), (Purpose.BOUNCE, True)],
)
def test_a_reply_token_finds_its_ticket(bench: Bench, purpose: Purpose, found: bool) -> None:
    number = bench.open()
    facts = bench.facts(bench.message(b"reply"), token=token(bench, purpose, number))
    assert found == (facts.by_token is not None)


def test_the_token_of_a_question_finds_whom_it_went_to_and_who_asked(bench: Bench) -> None:
    bench.store.agents.add("anna@desk.example", "Anna", (), bench.now)
    (anna,) = bench.store.agents.enabled()
    number = bench.open()
    to = Address("paul@partner.example")
    note = AddEntry(number, EntryKind.NOTE, ANNA, "To: paul\n\nWhere?", agent=anna.id, apart=True)
    bench.apply(note, Mail(MailKind.PARTNER, number, to, "partner:1", agent=anna, text="Where?"))
    asked = bench.store.tickets.entries(number)[-1].id
    facts = bench.facts(bench.message(b"answer"), token=token(bench, Purpose.PARTNER, number, asked))
    assert facts.partner is not None
    assert (number, asked, to.mailbox) == (
        facts.partner.match.ticket.id,
        facts.partner.entry,
        facts.partner.address,
    )
    assert anna == facts.partner.agent == bench.store.tickets.asking(number, asked)
    assert asked == bench.store.tickets.question_to(number, Address(facts.partner.address.upper()))
    assert bench.store.tickets.question_to(number, Address("nobody@partner.example")) is None
    assert None is facts.by_token
    for wrong in (
        token(bench, Purpose.PARTNER, number, asked + 1),
        token(bench, Purpose.PARTNER, number + 1, asked),
        token(bench, Purpose.CUSTOMER, number, asked),
    ):
        assert None is bench.facts(bench.message(b"answer"), token=wrong).partner


def test_no_id_of_a_conversation_with_a_partner_leads_to_the_ticket(bench: Bench) -> None:
    number = bench.open()
    bench.store.agents.add("anna@desk.example", "Anna", (), bench.now)
    (anna,) = bench.store.agents.enabled()
    bench.apply(
        AddEntry(number, EntryKind.NOTE, ANNA, "To: paul\n\nWhere?", agent=anna.id, apart=True),
        Mail(
            MailKind.PARTNER, number, Address("paul@partner.example"), "partner:1", agent=anna, text="Where?"
        ),
    )
    sent = bench.store.outbox.list_mails(limit=1)[0].message_id
    answer = bench.message(b"answer", message_id="in-7@partner.example")
    ledger_id = bench.receive(b"answer")
    bench.apply(
        AddEntry(
            number, EntryKind.NOTE, Address("paul@partner.example"), "There.", from_message=True, apart=True
        ),
        Finish(Outcome.APPENDED, number, "partner_reply", "x"),
        ledger_id=ledger_id,
        message=answer,
    )
    facts = bench.facts(bench.message(b"next", references=("in-7@partner.example", sent)))
    assert (None, None) == (facts.by_sent_id, facts.by_stored_id)


def test_a_token_for_a_ticket_beyond_any_is_no_error(bench: Bench) -> None:
    facts = bench.facts(bench.message(b"x"), token=token(bench, Purpose.AGENT, 2**32 - 1, 2**32 - 1))
    assert (None, None) == (facts.by_token, facts.token_agent)


def test_message_ids_find_tickets_by_who_gave_them_out(bench: Bench) -> None:
    first = bench.open(b"first", dedupe="ack:1", message_id="in-1@customer.example")
    second = bench.open(b"second", dedupe="ack:2", message_id="in-2@customer.example")
    facts = bench.facts(
        bench.message(
            b"reply",
            in_reply_to=("unknown@x",),
            references=("in-1@customer.example", "out-2@desk.example", "in-2@customer.example"),
        )
    )
    assert (second, second) == (facts.by_sent_id.ticket.id, facts.by_stored_id.ticket.id)
    facts = bench.facts(bench.message(b"reply", in_reply_to=("out-1@desk.example",)))
    assert first == facts.by_sent_id.ticket.id
    assert facts.by_stored_id is None


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        ("Re: [#1] Printer", True),
        ("Re: [#2] and [#1]", False),
        ("Re: #1", True),
        ("Re: [#2], which was #1", False),
        ("Re: #2, not #1", True),
        ("Order #2", False),
        ("[#99999999999999999999]", False),
        ("[#١]", False),
    ],
)
def test_the_first_number_in_the_subject_finds_a_ticket(bench: Bench, subject: str, found: bool) -> None:
    bench.open()
    assert found == (bench.facts(bench.message(b"x", subject=subject)).by_number is not None)


@pytest.mark.parametrize(
    ("subject", "found"), [("Re: [#1]", True), ("Order #1", False), ("Your request #1", False)]
)
def test_a_number_without_brackets_is_none_of_a_strangers(bench: Bench, subject: str, found: bool) -> None:
    bench.open()
    mail = bench.message(b"x", subject=subject, sender=Address("eve@evil.example"))
    assert found == (bench.facts(mail).by_number is not None)


def test_a_conversation_leads_to_the_newest_ticket_of_the_sender_where_nothing_else_does(
    bench: Bench,
) -> None:
    first, second, other = "01" * 22, "02" * 22, Address("eve@evil.example")
    for raw, index in ((b"one", first), (b"two", first), (b"three", second)):
        bench.open(raw, thread_index=index, message_id=f"{raw.decode()}@customer.example")

    def led(index: str, **more: Any) -> int | None:
        there = bench.facts(bench.message(b"x", thread_index=index, **more)).by_thread_index
        return there.ticket.id if there else None

    assert [2, 3, None, None] == [led(first), led(second), led("03" * 22), led("")]
    assert led(first, sender=other) is None
    assert led(first, in_reply_to=("one@customer.example",)) is None
    assert led(first, subject="[#3]") is None
    tickets = [bench.store.tickets.get(number) for number in (1, 2, 3)]
    assert [first, first, second] == [ticket.thread_index for ticket in tickets if ticket]
    assert ["one@customer.example"] == list(tickets[0].message_ids if tickets[0] else ())


def test_the_same_content_in_other_bytes_is_a_duplicate_of_the_first_finished(bench: Bench) -> None:
    bench.receive(b"waiting copy")
    number = bench.open(b"copy one", fingerprint="same")
    facts = bench.facts(bench.message(b"copy two", fingerprint="same"))
    assert (2, number) == (facts.duplicate_of, facts.duplicate_ticket)
    itself = bench.facts(bench.message(b"copy one", fingerprint="same"))
    assert itself.duplicate_of is None, "a finished message looked at again is no duplicate of itself"


@pytest.mark.parametrize(
    ("bounce", "by_token", "found"),
    [
        (Bounce(BounceKind.FAILED, about=("out-1@desk.example",)), False, 1),
        (Bounce(BounceKind.FAILED, ("BEN@customer.example",)), True, 3),
        (Bounce(BounceKind.FAILED, ("BEN@customer.example",)), False, None),
        (Bounce(BounceKind.FAILED, ("other@customer.example",)), True, None),
        (Bounce(BounceKind.FAILED, ("ben@customer.example",), ("out-1@desk.example",)), True, 1),
    ],
    ids=["by id", "by token", "recipient without token", "token, other recipient", "id before token"],
)
def test_a_report_finds_the_mail_it_is_about(
    bench: Bench, bounce: Bounce, by_token: bool, found: int | None
) -> None:
    bench.owe("relay:1")
    for dedupe in ("relay:2", "relay:3"):
        bench.owe(dedupe, to=Address("Ben@customer.example"))
    given = token(bench, Purpose.BOUNCE, 1) if by_token else None
    facts = bench.facts(bench.message(b"report", bounce=bounce), token=given)
    assert found == (facts.sent.outbox_id if facts.sent else None)
    assert (found is not None) == (facts.sent_ticket is not None)


def test_agents_are_known_while_they_are_enabled(bench: Bench) -> None:
    alice = bench.store.agents.add("Alice@desk.example", "Alice", ("printers", "sales"), bench.now)
    bob = bench.store.agents.add("bob@desk.example", "Bob", ("support",), bench.now)
    mail = bench.message(b"x", sender=Address("ALICE@desk.example"))
    facts = bench.facts(mail, token=token(bench, Purpose.AGENT, 1, alice.id), team="sales")
    assert (alice, alice, (alice,)) == (facts.agent, facts.token_agent, facts.team)
    assert (alice, bob) == bench.facts(mail).team
    bench.store.agents.disable("alice@DESK.example")
    facts = bench.facts(mail, token=token(bench, Purpose.AGENT, 1, alice.id), team="sales")
    assert (None, None, ()) == (facts.agent, facts.token_agent, facts.team)


def test_news_of_a_ticket_concern_its_assignee_and_where_it_has_none_who_answered_in_it(bench: Bench) -> None:
    number = bench.open()
    names = ["assignee", "replied", "noted", "drafted", "gone"]
    who = {one: bench.store.agents.add(f"{one}@desk.example", one, (), bench.now) for one in names}
    kinds = {
        "replied": EntryKind.REPLY,
        "noted": EntryKind.NOTE,
        "drafted": EntryKind.DRAFT,
        "gone": EntryKind.REPLY,
    }
    bench.apply(
        Assign(number, who["assignee"]),
        *(
            AddEntry(number, kind, Address(who[one].address), "x", agent=who[one].id)
            for one, kind in kinds.items()
        ),
    )
    bench.store.agents.disable("gone@desk.example")
    found = bench.facts(bench.message(b"x", subject=f"[#{number}]")).by_number
    assert ["assignee"] == [agent.name for agent in found.agents]
    assert ["assignee", "replied", "noted"] == [agent.name for agent in found.involved]
    assert who["assignee"] == found.ticket.assignee
    bench.store.agents.disable("assignee@desk.example")
    found = bench.facts(bench.message(b"y", subject=f"[#{number}]")).by_number
    assert ["replied", "noted"] == [agent.name for agent in found.agents]


def test_an_agent_of_no_team_in_particular_is_told_of_every_team(bench: Bench) -> None:
    bench.store.agents.add("any@desk.example", "any", (), bench.now)
    bench.store.agents.add("sales@desk.example", "sales", ("sales",), bench.now)
    facts = bench.facts(bench.message(b"x"), team="billing")
    assert ["any"] == [agent.name for agent in facts.team]


def test_a_ticket_is_found_with_its_own_team(bench: Bench) -> None:
    number = bench.open()
    bench.store.agents.add("sales@desk.example", "sales", ("sales",), bench.now)
    bench.store.agents.add("billing@desk.example", "billing", ("billing",), bench.now)
    bench.apply(Assign(number, None, "billing"))
    facts = bench.facts(bench.message(b"x", subject=f"[#{number}]"), team="sales")
    assert ["billing"] == [agent.name for agent in facts.by_number.team]
    assert ["sales"] == [agent.name for agent in facts.team]


@ON_SQL
def test_participants_are_part_of_the_ticket(bench: Bench) -> None:
    number = bench.open()
    with bench.store.transaction():
        bench.store.db.run(
            Participant.insert(
                ticket=number, key="ben@customer.example", address="Ben@customer.example"
            ).as_rowcount()
        )
    assert ("Ben@customer.example",) == bench.store.tickets.get(number).participants


def test_automatic_mail_is_counted_by_address_and_for_the_desk(bench: Bench) -> None:
    """Two days, a day minus a minute, an hour minus a minute ago, and kinds that do not count."""
    bench.open()
    for number, (kind, to, after) in enumerate(
        [
            (MailKind.ACKNOWLEDGEMENT, "ann@customer.example", timedelta(hours=25)),
            (MailKind.STATUS, "ANN@customer.example", timedelta(hours=22)),
            (MailKind.ACKNOWLEDGEMENT, "Ann@Customer.example", timedelta(0)),
            (MailKind.ACKNOWLEDGEMENT, "ben@customer.example", timedelta(0)),
            (MailKind.RELAY, "ann@customer.example", timedelta(0)),
            (MailKind.ALERT, "ann@customer.example", timedelta(0)),
            (MailKind.NOTICE, "ann@customer.example", timedelta(minutes=59)),
        ]
    ):
        bench.apply(Mail(kind, 1, Address(to), f"mail:{number}"))
        bench.now += after
    facts = bench.facts(bench.message(b"x"))
    assert (1, 2, 3) == (
        facts.automatic_last_hour,
        facts.automatic_last_day,
        facts.automatic_desk_hour,
    )
    assert 0 == bench.facts(bench.message(b"x", sender=STRANGER)).automatic_last_day
    assert 0 == bench.facts(bench.message(b"x", sender=None)).automatic_last_day


def test_a_mail_of_the_hour_with_the_same_id_and_author_is_known(bench: Bench) -> None:
    number = bench.open(b"one", "ack:1", message_id="one@mail.example")
    again = bench.message(b"two", message_id="one@mail.example")
    twin = bench.facts(again).twin
    assert (1, number, "It smokes.", True) == (
        twin.message,
        twin.found.ticket.id,
        twin.text,
        twin.acknowledged,
    )
    for other in (
        bench.message(b"one", message_id="one@mail.example"),
        bench.message(b"two", message_id="two@mail.example"),
        bench.message(b"two", message_id=""),
        replace(again, sender=Address("ben@customer.example")),
        replace(again, sender=None),
    ):
        assert bench.facts(other).twin is None
    bench.later(minutes=61)
    assert bench.facts(again).twin is None


def test_an_agents_mail_is_known_to_have_been_obeyed(bench: Bench) -> None:
    agent = bench.store.agents.add("Ann@customer.example", "Ann", (), bench.now)
    number = bench.open()
    token = Token(Purpose.AGENT, number, agent.id, bench.now)
    obeyed = bench.message(b"reply", message_id="r@mail.example")
    end = Finish(Outcome.APPENDED, number, "agent_reply", "Ann replied")
    bench.apply(end, ledger_id=bench.receive(b"reply"), message=obeyed)
    refused = bench.message(b"refused", message_id="n@mail.example")
    end = Finish(Outcome.COMMAND, None, "command_mail", "not obeyed: it came from elsewhere")
    bench.apply(end, ledger_id=bench.receive(b"refused"), message=refused)
    assert not bench.facts(bench.message(b"n", message_id="n@mail.example"), token=token).acted
    again = bench.message(b"reply with blanks", message_id="r@mail.example")
    assert bench.facts(again, token=token).acted
    assert not bench.facts(again).acted
    assert not bench.facts(obeyed, token=token).acted
    assert not bench.facts(replace(again, message_id="s@mail.example"), token=token).acted
    bench.later(days=11)
    assert not bench.facts(again, token=token).acted


QUOTING = (Piece(PieceKind.NEW, "Yes"), Piece(PieceKind.QUOTE, "> Which one?"))


def a_conversation(bench: Bench) -> int:
    """A ticket with an answer of ours, a note and an answer of Ann's."""
    number = bench.open(dedupe="ack:1")
    bench.apply(
        AddEntry(number, EntryKind.CUSTOMER, ANN, "It broke", "It broke\n-- \nAnn"),
        AddEntry(number, EntryKind.REPLY, ANNA, "Which one?", "Which one?\n#note no"),
        AddEntry(number, EntryKind.NOTE, ANNA, "Careful", "Careful"),
        Mail(MailKind.RELAY, number, ANN, "relay:1", text="Which one?"),
        Mail(MailKind.NOTICE, number, ANNA, "notice:1", text="It broke"),
    )
    return number


def test_an_answer_with_a_quote_is_compared_with_the_mail_it_answers(bench: Bench) -> None:
    a_conversation(bench)
    said = bench.facts(
        bench.message(b"x", pieces=QUOTING, in_reply_to=("out-3@desk.example",))
    ).correspondence
    # Also a notification, which an agent may have passed on; and all that Ann and the desk wrote.
    assert (b"mail 3",) == said.mails
    assert ["It broke\n-- \nAnn", "Which one?"] == list(said.texts)[-2:]
    assert "Careful" not in said.texts


def test_without_the_id_of_our_mail_the_newest_to_customers_stand_in(bench: Bench) -> None:
    number = a_conversation(bench)
    message = bench.message(b"x", pieces=QUOTING, in_reply_to=("unknown@x",))
    said = bench.facts(message, token=token(bench, Purpose.CUSTOMER, number)).correspondence
    assert (b"mail 1", b"mail 2") == said.mails


@pytest.mark.parametrize("purpose", [Purpose.AGENT, Purpose.CONFIRM, Purpose.SURVEY])
def test_what_an_agent_or_a_survey_quotes_is_not_asked_for(bench: Bench, purpose: Purpose) -> None:
    number = a_conversation(bench)
    facts = bench.facts(bench.message(b"x", pieces=QUOTING), token=token(bench, purpose, number, 1))
    assert Correspondence() == facts.correspondence


def test_where_nothing_is_quoted_nothing_is_asked_for(bench: Bench) -> None:
    a_conversation(bench)
    facts = bench.facts(bench.message(b"x", in_reply_to=("out-2@desk.example",)))
    assert Correspondence() == facts.correspondence
    stranger = bench.facts(bench.message(b"x", pieces=QUOTING, in_reply_to=("unknown@x",)))
    assert Correspondence() == stranger.correspondence
