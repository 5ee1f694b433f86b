"""An agent passes a customer's mail on: the ticket is the customer's."""

from dataclasses import replace

import pytest
from factories import (
    ANNA,
    KEY,
    LIN,
    NOW,
    WEI,
    a_message,
    a_policy,
    an_envelope,
    found,
    some_facts,
)

from intake.desk import tokens
from intake.desk.delivery_effects import MarkAddress
from intake.desk.effects import AddEntry, Finish, Mail, MailKind, OpenTicket
from intake.desk.facts import AddressHistory
from intake.desk.message import Address, Attachment, Forward, Piece, PieceKind
from intake.desk.rules.table import decide
from intake.desk.ticket import EntryKind, Status
from intake.desk.tokens import Purpose

FILE = Attachment("dark.png", "image/png", b"x")
FORWARD = Forward(
    LIN, "Login", "4 March 2024 09:00", "It is dark", "It is dark\n> Hm", "Please help her", (FILE,)
)
FROM_ANNA = Address(ANNA.address, "Anna")


def decided(facts=None, policy=None, envelope=None, forward=FORWARD, **message):
    mail = a_message(**{"sender": FROM_ANNA, "subject": "FW: Login", "forward": forward, **message})
    return decide(mail, envelope or an_envelope(), facts or some_facts(agent=ANNA), policy or a_policy())


def only(effects, kind):
    (one,) = [e for e in effects if isinstance(e, kind)]
    return one


def entries(effects):
    return {e.kind: e for e in effects if isinstance(e, AddEntry)}


def mails(effects, kind):
    return [e for e in effects if isinstance(e, Mail) and e.kind is kind]


def test_the_ticket_is_the_customers():
    effects = decided()
    opened = only(effects, OpenTicket)

    assert (LIN, "Login", Status.NEW) == (opened.requester, opened.subject, opened.status)
    assert "forwarded" == only(effects, Finish).rule


def test_the_entry_shows_the_customers_words_and_their_date_and_keeps_the_files():
    made = entries(decided(text="all of it"))
    entry = made[EntryKind.CUSTOMER]

    assert (LIN, "[4 March 2024 09:00]\n\nIt is dark") == (entry.author, entry.text)
    assert (True, (FILE,)) == (entry.from_message, entry.attachments)
    # What the agent wrote above it stands in their note alone.
    assert "[4 March 2024 09:00]\n\nIt is dark\n> Hm" == entry.full_text
    assert "all of it" == made[EntryKind.NOTE].full_text


def test_what_the_customer_quoted_is_shown_for_the_desk_has_never_seen_it():
    pieces = (
        Piece(PieceKind.NEW, "It is dark\n"),
        Piece(PieceKind.SIGNATURE, "-- \nLin"),
        Piece(PieceKind.QUOTE, "> Hm", ANNA.address),
    )
    effects = decided(forward=replace(FORWARD, pieces=pieces))
    entry = entries(effects)[EntryKind.CUSTOMER]

    assert "[4 March 2024 09:00]\n\nIt is dark\n\n> Hm" == entry.text
    assert {entry.text} == {mail.text for mail in mails(effects, MailKind.NOTICE)}


def test_a_notification_to_an_agent_is_not_shown_in_the_mail_that_quotes_it():
    reference = tokens.reference(tokens.make(KEY, Purpose.AGENT, 12, 1, tokens.lifetime(NOW, 9)))
    pieces = (Piece(PieceKind.NEW, "It is dark"), Piece(PieceKind.QUOTE, f"> Bo is ill.\n> {reference}"))
    entry = entries(decided(forward=replace(FORWARD, pieces=pieces)))[EntryKind.CUSTOMER]

    assert "[4 March 2024 09:00]\n\nIt is dark" == entry.text


def test_the_agents_own_words_are_a_private_note():
    note = entries(decided())[EntryKind.NOTE]

    assert ("Please help her", ANNA.id, ANNA.address) == (note.text, note.agent, note.author.mailbox)


def test_without_words_of_his_own_the_note_says_who_forwarded_it():
    note = entries(decided(forward=replace(FORWARD, remark="")))[EntryKind.NOTE]

    assert "Forwarded by Anna." == note.text


def test_the_customer_is_acknowledged_without_a_word_of_what_was_forwarded():
    (ack,) = mails(decided(), MailKind.ACKNOWLEDGEMENT)

    assert (LIN, False, "") == (ack.to, ack.quote_subject, ack.text)


def test_the_team_and_the_agent_are_told_once_each():
    both = mails(decided(), MailKind.NOTICE)
    other = mails(decided(some_facts(agent=ANNA, team=(WEI,))), MailKind.NOTICE)

    assert [ANNA.address, WEI.address] == sorted(m.to.mailbox for m in both)
    assert [ANNA.address, WEI.address] == sorted(m.to.mailbox for m in other)
    assert {LIN} == {m.author for m in both}


REFUSALS = {
    "the address bounced": some_facts(agent=ANNA, original=AddressHistory(failed="no such user")),
    "too many this hour": some_facts(agent=ANNA, original=AddressHistory(last_hour=3)),
    "today's acknowledgement was already sent": some_facts(
        agent=ANNA, original=AddressHistory(acknowledged=1)
    ),
    "too many today": some_facts(agent=ANNA, original=AddressHistory(last_day=10)),
    "too many of the desk": some_facts(agent=ANNA, automatic_desk_hour=300),
}


@pytest.mark.parametrize("why", REFUSALS)
def test_budgets_hold_for_the_customer(why):
    effects = decided(REFUSALS[why])

    assert [] == mails(effects, MailKind.ACKNOWLEDGEMENT)
    assert "not acknowledged" in only(effects, Finish).reason


def test_a_forwarded_machine_is_not_acknowledged():
    effects = decided(forward=replace(FORWARD, suppress="its Precedence header says bulk"))

    assert [] == mails(effects, MailKind.ACKNOWLEDGEMENT)


def test_a_forwarded_mail_in_an_archive_is_answered_to_nobody():
    effects = decided(envelope=an_envelope(archive=True))

    assert [] == [e for e in effects if isinstance(e, Mail)]
    assert Status.CLOSED is only(effects, OpenTicket).status


def test_a_customers_forward_stays_the_customers():
    effects = decided(
        some_facts(), sender=LIN, forward=replace(FORWARD, sender=Address("shop@elsewhere.example"))
    )

    assert (LIN, "new_ticket") == (only(effects, OpenTicket).requester, only(effects, Finish).rule)


def trusting():
    policy = a_policy()
    box = replace(policy.mailboxes["support"], trusted_authserv="mx.desk.example")
    return a_policy(mailboxes={"support": box})


@pytest.mark.parametrize(("verified", "rule"), [(True, "forwarded"), (False, "new_ticket")])
def test_where_a_server_vouches_it_must_vouch_for_the_agent(verified, rule):
    effects = decided(some_facts(agent=ANNA, verified=verified), trusting())

    assert rule == only(effects, Finish).rule


@pytest.mark.parametrize("sender", [FROM_ANNA, Address("support@desk.example")])
def test_his_own_mail_or_the_desks_forwarded_opens_no_ticket_for_them(sender):
    effects = decided(forward=replace(FORWARD, sender=sender))

    assert "new_ticket" == only(effects, Finish).rule


def test_a_forward_into_a_ticket_stays_a_draft_there():
    effects = decided(some_facts(agent=ANNA, by_stored_id=found()))

    assert "unproven_agent" == only(effects, Finish).rule


# -- addresses that failed -----------------------------------------------------------


def test_a_mail_from_an_address_that_failed_makes_it_alive():
    effects = decide(a_message(), an_envelope(), some_facts(failed="no such user"), a_policy())

    assert MarkAddress(LIN.mailbox) == only(effects, MarkAddress)
    assert 1 == len(mails(effects, MailKind.ACKNOWLEDGEMENT))


def test_a_form_proves_nothing_of_an_address_that_failed():
    effects = decide(a_message(), an_envelope(channel="form"), some_facts(failed="no such user"), a_policy())

    assert [] == [e for e in effects if isinstance(e, MarkAddress)]
    assert [] == mails(effects, MailKind.ACKNOWLEDGEMENT)
    assert "not acknowledged: mail to this address failed: no such user" in only(effects, Finish).reason
