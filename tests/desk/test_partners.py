"""The rule for what comes back from somebody outside whom an agent asked, and what an agent may ask."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from factories import ANNA, KEY, LIN, NOW, WEI, a_message, a_policy, a_ticket, an_envelope, found, some_facts

from intake.desk import partners, tokens
from intake.desk.commands import execute as commands
from intake.desk.delivery_effects import MarkAddress, MarkDelivery
from intake.desk.effects import AddEntry, Amend, Effect, Finish, Mail, MailKind, Outcome, SetStatus
from intake.desk.facts import AskedPartner, SentMail
from intake.desk.message import SEVERAL_FROM, Address, Bounce, BounceKind
from intake.desk.rules.table import decide
from intake.desk.sensitive import leaks
from intake.desk.ticket import EntryKind, Status
from intake.desk.tokens import Purpose, Token

PAUL = Address("paul@partner.example", "Paul")
TOKEN = Token(Purpose.PARTNER, 12, 7, NOW)
SENT = SentMail(5, 12, "partner", PAUL.mailbox)


def answered(message: Any = None, ticket: Any = None, **facts: Any) -> list[Effect]:
    """What is decided of an answer to Wei's question, in a ticket of Anna's."""
    match = found(ticket or a_ticket())
    known = {"token": TOKEN, "partner": AskedPartner(match, 7, PAUL.mailbox, WEI), **facts}
    said = message or a_message(sender=PAUL, new_text="In Hamburg.", text="In Hamburg.\n> Where?")
    return decide(said, an_envelope(), some_facts(**known), a_policy())


def mails(effects: Sequence[Effect]) -> list[Mail]:
    return [effect for effect in effects if isinstance(effect, Mail)]


def entries(effects: Sequence[Effect]) -> list[tuple[EntryKind, str]]:
    return [(effect.kind, effect.text) for effect in effects if isinstance(effect, AddEntry)]


def test_an_answer_is_a_note_and_tells_the_assignee_and_who_asked() -> None:
    effects = answered()
    assert [(EntryKind.NOTE, "In Hamburg.")] == entries(effects)
    assert [ANNA.address, WEI.address] == [mail.to.mailbox for mail in mails(effects)]
    assert all(
        mail.kind is MailKind.NOTICE and mail.asked and mail.event == "partner" for mail in mails(effects)
    )
    assert {("", False)} == {(mail.doubt, mail.stranger) for mail in mails(effects)}
    assert not [effect for effect in effects if isinstance(effect, SetStatus | Amend)]
    end = effects[-1]
    assert isinstance(end, Finish)
    assert (Outcome.APPENDED, 12, "partner_reply") == (end.outcome, end.ticket, end.rule)


@pytest.mark.parametrize(
    ("changes", "facts", "doubt", "stranger"),
    [
        ({"sender": Address("eve@evil.example")}, {}, "unproven", True),
        ({"sender": Address("bob@partner.example")}, {"verified": True}, "", True),
        ({}, {"refuted": True}, "refuted", False),
        ({"via": Address("form@partner.example")}, {}, "unproven", True),
        ({"defects": (SEVERAL_FROM,)}, {}, "unproven", False),
        ({"spam": "X-Spam"}, {}, "spam", False),
    ],
    ids=["a stranger", "a colleague", "forged", "in another's name", "two authors", "spam"],
)
def test_what_is_not_surely_theirs_is_marked(
    changes: dict[str, Any], facts: dict[str, Any], doubt: str, stranger: bool
) -> None:
    message = a_message(**{"sender": PAUL, "new_text": "In Hamburg.", **changes})
    effects = answered(message, **facts)
    assert entries(effects)[-1] == (EntryKind.NOTE, "In Hamburg.")
    assert {(doubt, stranger)} == {(mail.doubt, mail.stranger) for mail in mails(effects)}
    assert stranger == (EntryKind.EVENT in dict(entries(effects)))
    assert stranger == all("This came from" in mail.above for mail in mails(effects))
    assert {MailKind.NOTICE} == {mail.kind for mail in mails(effects)}


def test_the_customer_who_writes_there_is_no_stranger_and_knows_what_they_wrote() -> None:
    for mail in mails(answered(a_message(sender=LIN, new_text="Hello?"))):
        assert (False, True, "unproven") == (mail.stranger, mail.known_outside, mail.doubt)
        assert f"not from {PAUL.mailbox}" in mail.above
        assert f"{LIN.mailbox} is the customer of this ticket." in mail.above


def test_a_forged_answer_has_no_other_caution() -> None:
    assert {("", "refuted")} == {(mail.above, mail.doubt) for mail in mails(answered(refuted=True))}


def test_whom_a_partner_copied_is_named_and_who_has_it_already() -> None:
    ticket = replace(a_ticket(), participants=("kim@customer.example",))
    copied = (LIN, Address("Kim@customer.example"), Address("bob@partner.example"), WEI.as_address)
    message = a_message(sender=PAUL, new_text="In Hamburg.", cc=copied)
    for mail in mails(answered(message, ticket)):
        assert (("bob@partner.example",), True) == (mail.proposed, mail.known_outside)
        assert "who have it already" in mail.above
        assert all(who in mail.above for who in (LIN.mailbox, "Kim@customer.example"))
    plain = mails(answered(replace(message, cc=copied[2:])))
    assert {("", False)} == {(mail.above, mail.known_outside) for mail in plain}


@pytest.mark.parametrize("how", ["automatic", "return_path"])
def test_an_automatic_answer_is_kept_and_tells_nobody(how: str) -> None:
    changes = {"automatic": "it says Auto-Submitted"} if how == "automatic" else {"return_path": ""}
    effects = answered(a_message(sender=PAUL, new_text="I am away.", **changes))
    assert ([(EntryKind.AUTOMATIC, "I am away.")], []) == (entries(effects), mails(effects))


@pytest.mark.parametrize("by", ["token", "id", "both"])
def test_a_report_tells_who_asked_and_marks_no_address(by: str) -> None:
    bounce = Bounce(BounceKind.FAILED, (PAUL.mailbox,), ("q@desk.example",), "5.1.1", "no such user")
    report = a_message(sender=Address("mailer-daemon@mx.example"), bounce=bounce, automatic="a report")
    facts: dict[str, Any] = {}
    if by != "token":
        facts = {"sent": SENT, "sent_ticket": found()}
    if by == "id":
        facts |= {"token": None, "partner": None}
    effects = answered(report, **facts)
    told = WEI.address if by != "id" else ANNA.address
    assert [(MailKind.ALERT, told, True)] == [
        (mail.kind, mail.to.mailbox, mail.asked) for mail in mails(effects)
    ]
    assert (by != "token") == any(isinstance(effect, MarkDelivery) for effect in effects)
    assert not any(isinstance(effect, MarkAddress) for effect in effects)
    assert "partner_reply" == effects[-1].rule  # type: ignore[union-attr]


def test_a_report_of_delay_tells_nobody() -> None:
    bounce = Bounce(BounceKind.DELAYED, (PAUL.mailbox,))
    assert [] == mails(answered(a_message(bounce=bounce, automatic="a report")))


def test_a_report_on_an_answer_to_the_customer_goes_its_usual_way() -> None:
    bounce = Bounce(BounceKind.FAILED, (LIN.mailbox,), ("a@desk.example",))
    report = a_message(bounce=bounce, automatic="a report")
    sent = SentMail(5, 12, "relay", LIN.mailbox)
    effects = answered(report, token=None, partner=None, sent=sent, sent_ticket=found())
    assert "delivery_report" == effects[-1].rule  # type: ignore[union-attr]


def test_a_closed_ticket_stays_closed_and_a_snoozed_one_wakes() -> None:
    closed = answered(ticket=a_ticket(status=Status.CLOSED, closed_at=NOW))
    assert not [effect for effect in closed if isinstance(effect, SetStatus)]
    assert all("stays so" in mail.above for mail in mails(closed))
    woken = answered(ticket=a_ticket(snoozed_until=NOW))
    assert [{"snoozed_until": None}] == [effect.changes for effect in woken if isinstance(effect, Amend)]


def test_where_who_asked_is_gone_the_team_is_told() -> None:
    match = replace(found(a_ticket(assignee=None)), agents=(), team=(ANNA, WEI))
    effects = answered(partner=AskedPartner(match, 7, PAUL.mailbox, replace(WEI, enabled=False)))
    assert {ANNA.address, WEI.address} == {mail.to.mailbox for mail in mails(effects)}


def test_its_token_leads_to_no_customers_ticket_even_where_the_question_is_gone() -> None:
    """Erased: then it is a ticket of their own, whatever else names the old one."""
    ways = {"by_sent_id": found(), "by_stored_id": found(), "by_number": found()}
    effects = answered(a_message(sender=LIN, new_text="Hello"), partner=None, **ways)
    end = effects[-1]
    assert isinstance(end, Finish)
    assert (Outcome.TICKETED, "new_ticket") == (end.outcome, end.rule)
    assert not [effect for effect in effects if getattr(effect, "ticket", None) == 12]


@pytest.mark.parametrize("ticket", [1, 12, 2**25, 2**32 - 1])
@pytest.mark.parametrize("person", [0, 7, 2**32 - 1])
def test_its_address_is_one_that_no_customer_may_get(ticket: int, person: int) -> None:
    token = tokens.make(KEY, Purpose.PARTNER, ticket, person, NOW)
    address = tokens.address("help@desk.example", token)
    assert tokens.looks_tokened(address)
    assert tokens.holds_internal(address.encode())
    assert leaks.TOKEN == leaks.held(f"Write to {address}".encode())
    assert leaks.TOKEN == leaks.held(tokens.message_id(token, "x", "desk.example").encode())
    assert not leaks.keyed(address.encode(), [KEY]), "it acts for nobody"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("#ask paul@partner.example\n#ask eve@partner.example\nWhere?", "one address"),
        ("#ask paul@partner.example\n#note\nWhere?", "without #note"),
        ("#ask paul@partner.example\n#reply\nWhere?", "without #reply"),
        ("#ask paul@partner.example\n#canned hello\nWhere?", "without #canned"),
        ("#ask paul@partner.example\n#copy\nWhere?", "without #copy"),
        ("#ask paul@partner.example", "it needs the text"),
        ("#ask paul@partner.example\n#close\nWhere?", ""),
        ("#询问 paul@partner.example\nWhere?", ""),
        ("#close\nWhere?", ""),
    ],
)
def test_what_may_stand_beside_it(text: str, why: str) -> None:
    problem = partners.apart(commands.read(text))
    assert (why in problem, bool(why)) == (True, bool(problem))


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("My coins are late", "My coins are late"),
        ("Order of lin@customer.example", "Order of …"),
        ("Lin <lin@customer.example>: where?", "Lin <…>: where?"),
        ("Fwd (x.y+z@a-b.example, q@c.example)", "Fwd (…, …)"),
        ("meet @ noon", "meet @ noon"),
    ],
)
def test_no_address_stands_in_the_subject_that_a_partner_reads(subject: str, shown: str) -> None:
    assert shown == partners.subject(subject)
