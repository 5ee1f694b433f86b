"""The policy for incoming messages, rule by rule. No database, no clock, no mail."""

from dataclasses import replace
from datetime import timedelta

import pytest
from factories import (
    ANNA,
    DESK_ADDRESS,
    KEY,
    LIN,
    NOW,
    STRANGER,
    WEI,
    a_message,
    a_policy,
    a_ticket,
    agent_token,
    an_envelope,
    customer_token,
    found,
    some_facts,
)

from intake.desk import tokens
from intake.desk.addresses import aligned
from intake.desk.delivery_effects import MarkAddress, MarkDelivery
from intake.desk.effects import AddEntry, Assign, Finish, Mail, MailKind, OpenTicket, Outcome, SetStatus
from intake.desk.facts import LanguagePreference, SentMail, TicketMatch
from intake.desk.message import NO_FROM, SEVERAL_FROM, Address, Attachment, Bounce, BounceKind
from intake.desk.policy import MailboxPolicy
from intake.desk.rules.table import decide
from intake.desk.ticket import Agent, EntryKind, Status
from intake.desk.tokens import Purpose
from intake.rendering.composer import DELIMITER

ANNA_WRITES = Address(ANNA.address, "Anna")


def decided(message=None, facts=None, policy=None, envelope=None):
    return decide(
        message or a_message(), envelope or an_envelope(), facts or some_facts(), policy or a_policy()
    )


def mails(effects, kind=None):
    return [e for e in effects if isinstance(e, Mail) and kind in (None, e.kind)]


def one(effects, kind):
    (only,) = [e for e in effects if isinstance(e, kind)]
    return only


# -- which ticket --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "rule", "ticket"),
    [
        ({"token": customer_token(), "by_token": found()}, "follow_up", 12),
        ({"by_sent_id": found()}, "follow_up", 12),
        ({"by_stored_id": found()}, "follow_up", 12),
        ({"by_number": found(), "verified": True}, "follow_up", 12),
        ({"by_number": found()}, "new_ticket", None),
        ({"by_number": found(), "verified": True, "refuted": True}, "new_ticket", None),
        ({"token": customer_token(), "by_token": found(), "refuted": True}, "follow_up", 12),
        ({"by_sent_id": found(), "refuted": True}, "new_ticket", None),
        ({"by_stored_id": found(), "refuted": True}, "new_ticket", None),
        ({}, "new_ticket", None),
        (
            {"token": customer_token(), "by_token": found(), "by_sent_id": found(a_ticket(id=7))},
            "follow_up",
            12,
        ),
        ({"by_sent_id": found(), "by_stored_id": found(a_ticket(id=7))}, "follow_up", 12),
        ({"by_stored_id": found(), "by_number": found(a_ticket(id=7))}, "follow_up", 12),
    ],
    ids=[
        "token",
        "an id we sent",
        "an id in the ticket",
        "number from the requester, vouched for",
        "number from who says so",
        "number, found forged",
        "token, found forged",
        "an id we sent, found forged",
        "an id in the ticket, found forged",
        "nothing",
        "token beats ids",
        "ids we sent beat stored ones",
        "ids beat the number",
    ],
)
def test_threading_takes_the_strongest_sign(facts, rule, ticket):
    finish = one(decided(facts=some_facts(**facts)), Finish)

    assert (rule, ticket) == (finish.rule, finish.ticket)


def test_a_number_from_a_stranger_opens_a_related_ticket():
    effects = decided(a_message(sender=STRANGER), some_facts(by_number=found()))

    assert one(effects, OpenTicket).related == 12
    assert one(effects, Finish).outcome is Outcome.TICKETED


def test_a_number_from_a_participant_threads_where_our_server_vouches():
    ticket = a_ticket(participants=("Eve@Elsewhere.example",))
    effects = decided(a_message(sender=STRANGER), some_facts(by_number=found(ticket), verified=True))

    assert one(effects, Finish).ticket == 12


def test_a_number_that_nothing_proves_opens_a_related_ticket_and_says_so():
    effects = decided(facts=some_facts(by_number=found(), team=(ANNA,)))

    assert one(effects, OpenTicket).related == 12
    assert {"unproven"} == {m.doubt for m in mails(effects) if m.kind is MailKind.NOTICE}
    assert [] == [m for m in mails(effects) if m.kind is MailKind.ACKNOWLEDGEMENT]


@pytest.mark.parametrize(
    ("facts", "doubt"),
    [
        ({"token": customer_token(), "by_token": found()}, ""),
        ({"token": customer_token(), "by_token": found(), "refuted": True}, "refuted"),
        ({"by_sent_id": found(), "verified": True}, ""),
        ({"by_sent_id": found()}, "unproven"),
        ({"by_stored_id": found()}, "unproven"),
        ({"refuted": True}, "refuted"),
        ({}, ""),
    ],
)
def test_agents_are_told_when_the_words_may_be_anothers(facts, doubt):
    effects = decided(facts=some_facts(team=(ANNA,), **facts))
    assert {doubt} == {m.doubt for m in mails(effects) if m.kind is MailKind.NOTICE}


def test_what_is_found_forged_is_told_of_and_answered_by_no_machine():
    closed = a_ticket(status=Status.CLOSED, closed_at=NOW)
    facts = some_facts(
        token=customer_token(), by_token=found(closed), refuted=True, failed="550", team=(ANNA,)
    )
    effects = decided(facts=facts)
    assert {MailKind.NOTICE} == {m.kind for m in mails(effects)}
    assert [] == [e for e in effects if isinstance(e, MarkAddress)]


# -- new tickets ---------------------------------------------------------------------


def test_a_new_ticket_is_acknowledged_and_the_team_is_told():
    effects = decided()

    opened = one(effects, OpenTicket)
    assert (LIN, "en", Status.NEW) == (opened.requester, opened.language, opened.status)
    assert one(effects, AddEntry).kind is EntryKind.CUSTOMER
    assert [LIN] == [m.to for m in mails(effects, MailKind.ACKNOWLEDGEMENT)]
    assert [ANNA.address, WEI.address] == [m.to.mailbox for m in mails(effects, MailKind.NOTICE)]
    assert isinstance(effects[-1], Finish)


def test_the_notice_carries_the_attachments():
    shot = Attachment("shot.png", "image/png", b"png")
    effects = decided(a_message(attachments=(shot,)))

    assert all(m.attachments == (shot,) for m in mails(effects, MailKind.NOTICE))


@pytest.mark.parametrize(
    ("detected", "expected"),
    [("zh-Hans", "zh-Hans"), ("zh-Hant", "zh-Hant"), ("en", "en"), ("fi", "en"), ("", "en")],
)
def test_the_ticket_speaks_the_language_of_the_mail(detected, expected):
    assert expected == one(decided(a_message(language=detected)), OpenTicket).language


def test_a_mail_that_shows_no_language_gets_that_of_its_sender_or_mailbox() -> None:
    silent = a_message(language="")
    box = MailboxPolicy("support", DESK_ADDRESS, "support", language="fr")
    told, last = LanguagePreference(told="ko"), LanguagePreference(last="vi")

    def spoken(facts, **policy):
        return one(decided(silent, facts, policy=a_policy(**policy)), OpenTicket).language

    assert "ko" == spoken(some_facts(reads=told), mailboxes={"support": box})
    assert "vi" == spoken(some_facts(reads=last), mailboxes={"support": box})
    assert "fr" == spoken(some_facts(), mailboxes={"support": box})
    assert "tr" == spoken(some_facts(), language="tr")


@pytest.mark.parametrize(
    ("message", "facts", "envelope"),
    [
        (a_message(suppress="it is from a mailing list"), {}, {}),
        (a_message(return_path=""), {}, {}),
        (a_message(return_path="bulk@other.example"), {}, {}),
        (a_message(), {}, {"sender": ""}),
        (a_message(), {}, {"sender": "x@other.example"}),
        (a_message(sender=None), {}, {}),
        (a_message(), {"automatic_last_hour": 3}, {}),
        (a_message(), {"automatic_last_day": 10}, {}),
        (a_message(), {"automatic_desk_hour": 300}, {}),
        (a_message(), {}, {"archive": True}),
    ],
    ids=[
        "suppressed",
        "null return path",
        "foreign return path",
        "null envelope sender",
        "foreign envelope sender",
        "no sender",
        "address an hour",
        "address a day",
        "desk an hour",
        "archive",
    ],
)
def test_what_must_not_be_acknowledged_still_opens_a_ticket(message, facts, envelope):
    effects = decided(message, some_facts(**facts), envelope=an_envelope(**envelope))

    assert [] == mails(effects, MailKind.ACKNOWLEDGEMENT)
    finish = one(effects, Finish)
    assert finish.outcome is Outcome.TICKETED
    assert "not acknowledged" in finish.reason


def test_one_below_each_ceiling_is_still_acknowledged():
    facts = some_facts(automatic_last_hour=2, automatic_last_day=9, automatic_desk_hour=299)

    assert 1 == len(mails(decided(facts=facts), MailKind.ACKNOWLEDGEMENT))


def test_an_archived_mail_opens_a_closed_ticket_and_writes_to_nobody():
    effects = decided(envelope=an_envelope(archive=True))

    assert one(effects, OpenTicket).status is Status.CLOSED
    assert [] == mails(effects)


@pytest.mark.parametrize(
    ("setting", "verified", "quoted"),
    [
        ("verified", False, False),
        ("verified", True, True),
        ("always", False, True),
        ("never", True, False),
    ],
)
def test_only_a_verified_sender_sees_his_subject_again(setting, verified, quoted):
    effects = decided(facts=some_facts(verified=verified), policy=a_policy(quote_subject=setting))

    assert quoted is mails(effects, MailKind.ACKNOWLEDGEMENT)[0].quote_subject


# -- machines ------------------------------------------------------------------------


def test_an_automatic_mail_opens_and_answers_nothing():
    effects = decided(a_message(automatic="Auto-Submitted", suppress="Auto-Submitted"))

    assert [Finish(Outcome.AUTOMATIC, None, "machine", "Auto-Submitted")] == effects


def test_an_out_of_office_is_kept_in_its_ticket_and_tells_nobody():
    message = a_message(automatic="out of office", suppress="out of office")
    effects = decided(message, some_facts(by_sent_id=found()))

    assert one(effects, AddEntry).kind is EntryKind.AUTOMATIC
    assert [] == mails(effects)
    assert not any(isinstance(e, SetStatus) for e in effects)
    # Without its end the message would be decided on again, and again.
    assert Finish(Outcome.AUTOMATIC, 12, "machine", "out of office") == effects[-1]


def test_an_agents_vacation_reply_never_reaches_the_customer():
    message = a_message(sender=ANNA_WRITES, automatic="out of office", suppress="out of office")
    facts = some_facts(token=agent_token(), by_token=found(), token_agent=ANNA, agent=ANNA)

    assert [] == mails(decided(message, facts))


@pytest.mark.parametrize("status", list(Status))
def test_a_reaction_is_an_event_that_reopens_nothing_and_writes_to_nobody(status):
    message = a_message(reaction="👍", suppress="it is an emoji reaction", new_text="👍")
    effects = decided(message, some_facts(by_sent_id=found(a_ticket(status=status))))

    event = AddEntry(12, EntryKind.EVENT, LIN, f"Reaction: 👍, from {LIN.mailbox}", message.text, None, True)
    reason = "an emoji reaction (👍), found by a Message-ID we sent"
    assert [event, Finish(Outcome.AUTOMATIC, 12, "reaction", reason)] == effects


def test_a_reaction_to_an_email_that_is_in_no_ticket_opens_none_and_says_so():
    effects = decided(a_message(reaction="an emoji", suppress="it is an emoji reaction"))

    reason = "an emoji reaction (an emoji) to an email that is in no ticket"
    assert [Finish(Outcome.AUTOMATIC, None, "reaction", reason)] == effects


@pytest.mark.parametrize("automatic", ["", "its Auto-Submitted header says auto-generated"])
def test_an_agent_who_reacts_answers_nobody_and_is_not_away(automatic):
    message = a_message(sender=ANNA_WRITES, reaction="👍", automatic=automatic, suppress="x", new_text="👍")
    facts = some_facts(token=agent_token(), by_token=found(), token_agent=ANNA, agent=ANNA, verified=True)
    effects = decided(message, facts)

    assert [AddEntry, Finish] == [type(effect) for effect in effects]
    assert EntryKind.EVENT is effects[0].kind


def test_a_reaction_that_is_found_forged_is_in_no_ticket():
    effects = decided(a_message(reaction="👍"), some_facts(by_sent_id=found(), refuted=True))

    assert None is one(effects, Finish).ticket


def test_a_calendars_answer_with_words_is_a_follow_up_and_opens_a_ticket_without_acknowledgement():
    message = a_message(suppress="it is a calendar's answer to an invitation")

    assert "follow_up" == one(decided(message, some_facts(by_sent_id=found())), Finish).rule
    effects = decided(message)
    assert "new_ticket" == one(effects, Finish).rule
    assert [] == mails(effects, MailKind.ACKNOWLEDGEMENT)


TOKENED = f"support+a{'e' * 43}@desk.example"


@pytest.mark.parametrize(
    "sender", ["support@desk.example", "Support@desk.example", "support+abc@desk.example"]
)
@pytest.mark.parametrize(
    ("message", "facts"),
    [
        ({}, {"own": 7}),
        ({"reply_to": (Address(TOKENED),)}, {}),
        ({"automatic": "its Auto-Submitted header says auto-replied"}, {}),
        ({"return_path": ""}, {}),
    ],
    ids=["its id", "its reply address", "a machine's", "null sender"],
)
def test_our_own_mail_come_back_opens_nothing(sender, message, facts):
    effects = decided(a_message(sender=Address(sender), **message), some_facts(**facts))

    assert "own_mail" == one(effects, Finish).rule
    assert 1 == len(effects)


@pytest.mark.parametrize("sender", [DESK_ADDRESS, "support+form@desk.example"])
def test_what_is_written_from_our_address_and_is_not_ours_opens_a_ticket_and_is_not_answered(sender):
    effects = decided(a_message(sender=Address(sender, "Website")))

    assert "new_ticket" == one(effects, Finish).rule
    assert Address("", "Website") == one(effects, OpenTicket).requester
    assert [] == mails(effects, MailKind.ACKNOWLEDGEMENT)


BOUNCE = Bounce(BounceKind.FAILED, ("lin@customer.example",), ("a1@desk.example",), "5.1.1", "no such user")


def test_many_reports_about_one_answer_tell_the_agent_once():
    sent = SentMail(31, 12, MailKind.RELAY, "lin@customer.example")
    facts = some_facts(sent=sent, sent_ticket=found())
    keys = [
        [m.dedupe for m in mails(decided(a_message(bounce=BOUNCE, fingerprint=text * 64), facts))]
        for text in "ab"
    ]

    assert ["alert:bounced:31:1"] == keys[0]
    assert keys[0] == keys[1]


def test_a_bounce_of_an_answer_marks_it_and_tells_the_agent():
    sent = SentMail(5, 12, "relay", "lin@customer.example")
    effects = decided(a_message(bounce=BOUNCE), some_facts(sent=sent, sent_ticket=found()))

    assert MarkDelivery(5, BounceKind.FAILED, "no such user") == one(effects, MarkDelivery)
    assert [ANNA.address] == [m.to.mailbox for m in mails(effects, MailKind.ALERT)]
    assert 1 == len(mails(effects))


@pytest.mark.parametrize("kind", ["notice", "alert", "acknowledgement", "status"])
def test_a_bounce_of_other_mail_makes_no_mail(kind):
    sent = SentMail(5, 12, kind, "anna@staff.example")
    effects = decided(a_message(bounce=BOUNCE), some_facts(sent=sent, sent_ticket=found()))

    assert [] == mails(effects)


HARD = {
    "": True,
    "5": True,
    "5.": True,
    "4": False,
    "x": False,
    "5.1.1": True,
    "5.1.10": True,
    "5.2.1": True,
    "5.4.4": True,
    "5.0.0": True,
    "5.2.2": False,
    "5.7.1": False,
    "5.3.4": False,
    "4.4.7": False,
}


@pytest.mark.parametrize("status", HARD)
def test_a_hard_bounce_marks_the_address_and_others_do_not(status):
    sent = SentMail(5, 12, "acknowledgement", "lin@customer.example")
    bounce = replace(BOUNCE, status=status)
    effects = decided(a_message(bounce=bounce), some_facts(sent=sent, sent_ticket=found()))

    marked = [e for e in effects if isinstance(e, MarkAddress)]
    assert ([MarkAddress("lin@customer.example", "no such user")] if HARD[status] else []) == marked


@pytest.mark.parametrize("kind", [BounceKind.DELAYED, BounceKind.DELIVERED])
def test_a_delay_and_a_success_mark_no_address(kind):
    sent = SentMail(5, 12, "relay", "lin@customer.example")
    effects = decided(
        a_message(bounce=replace(BOUNCE, kind=kind)), some_facts(sent=sent, sent_ticket=found())
    )

    assert [] == [e for e in effects if isinstance(e, MarkAddress)]


@pytest.mark.parametrize("way", ["by_token", "by_sent_id", "by_stored_id"])
def test_a_report_in_a_thread_is_kept_there(way):
    effects = decided(a_message(bounce=BOUNCE, automatic="x", suppress="x"), some_facts(**{way: found()}))

    assert (EntryKind.AUTOMATIC, 12) == (one(effects, AddEntry).kind, one(effects, AddEntry).ticket)
    assert Outcome.AUTOMATIC is one(effects, Finish).outcome
    assert [] == mails(effects)


def test_a_bounce_about_nothing_of_ours_opens_nothing():
    assert [Outcome.AUTOMATIC] == [
        e.outcome for e in decided(a_message(bounce=BOUNCE)) if isinstance(e, Finish)
    ]


def test_the_same_mail_again_changes_nothing():
    effects = decided(facts=some_facts(duplicate_of=3, duplicate_ticket=12))

    assert [Outcome.DUPLICATE] == [e.outcome for e in effects]


# -- agents --------------------------------------------------------------------------


def proven(**changes):
    return some_facts(token=agent_token(), by_token=found(), token_agent=ANNA, agent=ANNA, **changes)


def test_an_agents_reply_goes_to_the_requester_and_the_ticket_waits():
    message = a_message(sender=ANNA_WRITES, new_text="We are on it.")
    effects = decided(message, proven())

    relayed = mails(effects)
    assert [(MailKind.RELAY, LIN, "We are on it.")] == [(m.kind, m.to, m.text) for m in relayed]
    assert one(effects, AddEntry).kind is EntryKind.REPLY
    assert one(effects, SetStatus).status is Status.PENDING


def test_who_answers_first_takes_the_ticket():
    facts = replace(proven(), by_token=found(a_ticket(assignee=None)))
    effects = decided(a_message(sender=ANNA_WRITES), facts)

    assert ANNA == one(effects, Assign).agent


def test_added_participants_get_the_answer_too():
    ticket = a_ticket(participants=("boss@customer.example", "Lin@customer.example"))
    effects = decided(a_message(sender=ANNA_WRITES), replace(proven(), by_token=found(ticket)))

    assert ["lin@customer.example", "boss@customer.example"] == [m.to.mailbox for m in mails(effects)]


FORGED = [
    ("no token", a_message(sender=ANNA_WRITES), {"by_sent_id": found(), "agent": ANNA}),
    ("only a number", a_message(sender=ANNA_WRITES), {"by_stored_id": found(), "agent": ANNA}),
    (
        "a stranger with an agent's token",
        a_message(sender=STRANGER),
        {"token": agent_token(), "by_token": found(), "token_agent": ANNA},
    ),
    (
        "another agent's token",
        a_message(sender=Address(WEI.address)),
        {"token": agent_token(), "by_token": found(), "token_agent": ANNA, "agent": WEI},
    ),
    (
        "two authors",
        a_message(sender=ANNA_WRITES, defects=(SEVERAL_FROM,)),
        {"token": agent_token(), "by_token": found(), "token_agent": ANNA, "agent": ANNA},
    ),
    (
        "a Sender instead of a From",
        a_message(sender=ANNA_WRITES, defects=(NO_FROM,)),
        {"token": agent_token(), "by_token": found(), "token_agent": ANNA, "agent": ANNA},
    ),
    (
        "a disabled agent",
        a_message(sender=ANNA_WRITES),
        {"token": agent_token(), "by_token": found(), "token_agent": None},
    ),
]


@pytest.mark.parametrize(("message", "facts"), [f[1:] for f in FORGED], ids=[f[0] for f in FORGED])
def test_an_unproven_agent_sends_nothing_and_his_words_are_kept(message, facts):
    effects = decided(message, some_facts(**facts))

    assert one(effects, AddEntry).kind is EntryKind.DRAFT
    assert {MailKind.ALERT} == {m.kind for m in mails(effects)}
    assert not any(isinstance(e, SetStatus | Assign) for e in effects)


@pytest.mark.parametrize(
    ("message", "envelope"),
    [({"return_path": ""}, {}), ({}, {"sender": ""})],
    ids=["by its header", "by its envelope"],
)
def test_what_an_agents_mailbox_sends_from_the_null_sender_never_goes_out(message, envelope):
    effects = decided(a_message(sender=ANNA_WRITES, **message), proven(), envelope=an_envelope(**envelope))

    assert [MailKind.ALERT] == [m.kind for m in mails(effects)]
    assert one(effects, AddEntry).kind is EntryKind.DRAFT


ADDRESS = tokens.address("support@desk.example", tokens.make(KEY, Purpose.AGENT, 12, 1, NOW))
INSIDE = [
    ("an empty reply, all quote", f"On Sunday Desk <{ADDRESS}> wrote:\n\n> {DELIMITER}\n> Hello", b""),
    ("a marker left standing", f"We look.\n== your mail ==\n{DELIMITER}", b""),
    ("an attribution of an unknown client", f"We look.\n\n*** {ADDRESS} had this to say ***", b""),
    ("folded case, in a link", f"We look. mailto:{ADDRESS.upper().replace('+', '%2B')}", b""),
    ("a command above it", f"#close\nWe look.\n{ADDRESS} said", b""),
    ("the notification attached", "We look.", f"Reply-To: Desk <{ADDRESS}>\r\n\r\nHello".encode()),
]


@pytest.mark.parametrize(("text", "attached"), [i[1:] for i in INSIDE], ids=[i[0] for i in INSIDE])
def test_a_reply_that_still_holds_our_notification_never_goes_out(text, attached):
    files = (Attachment("mail.eml", "message/rfc822", attached),) if attached else ()
    message = a_message(sender=ANNA_WRITES, new_text=text, attachments=files)
    effects = decided(message, proven())

    assert [(MailKind.ALERT, ANNA.address)] == [(m.kind, m.to.mailbox) for m in mails(effects)]
    assert one(effects, AddEntry).kind is EntryKind.DRAFT
    assert not any(isinstance(e, SetStatus) for e in effects)


def test_a_customers_own_reply_address_is_no_secret_from_him():
    own = tokens.address("support@desk.example", tokens.make(KEY, Purpose.CUSTOMER, 12, 0, NOW))
    effects = decided(a_message(sender=ANNA_WRITES, new_text=f"Write to {own}."), proven())

    assert [MailKind.RELAY] == [m.kind for m in mails(effects)]


def test_a_strict_desk_takes_an_agent_without_proof_for_unproven():
    policy = a_policy(agent_authority="strict")

    refused = decided(a_message(sender=ANNA_WRITES), proven(), policy)
    relayed = decided(a_message(sender=ANNA_WRITES), proven(proof="the word of mx.desk.example"), policy)

    assert [MailKind.ALERT] == [m.kind for m in mails(refused)]
    assert [MailKind.RELAY] == [m.kind for m in mails(relayed)]


def test_the_customer_answering_a_forwarded_notice_is_the_customer():
    facts = some_facts(token=agent_token(), by_token=found(), token_agent=ANNA)

    assert "follow_up" == one(decided(a_message(), facts), Finish).rule


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("#note\nhe seems upset", [EntryKind.NOTE]),
        ("#colse", [EntryKind.DRAFT]),
        ("#close now please", [EntryKind.DRAFT]),
        ("", [EntryKind.DRAFT]),
        ("# a heading\nand text", [EntryKind.REPLY]),
        ("#1 is done", [EntryKind.REPLY]),
    ],
    ids=["note", "misspelt", "with more", "empty", "markdown heading", "a number"],
)
def test_commands_never_reach_the_customer(text, kinds):
    effects = decided(a_message(sender=ANNA_WRITES, new_text=text), proven())

    assert kinds == [e.kind for e in effects if isinstance(e, AddEntry) and e.kind is not EntryKind.EVENT]
    assert (EntryKind.REPLY in kinds) is bool(mails(effects, MailKind.RELAY))


def test_a_command_alone_posts_nothing():
    effects = decided(a_message(sender=ANNA_WRITES, new_text="#close"), proven())

    assert one(effects, SetStatus).status is Status.CLOSED
    assert [] == mails(effects, MailKind.RELAY)


# -- follow-ups ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.PENDING, [Status.OPEN]),
        (Status.OPEN, [Status.OPEN]),
        (Status.NEW, []),
    ],
)
def test_an_answer_opens_the_ticket_again(status, expected):
    effects = decided(facts=some_facts(by_sent_id=found(a_ticket(status=status))))

    assert expected == [e.status for e in effects if isinstance(e, SetStatus)]


def test_the_tickets_own_agents_are_told_else_the_team():
    own = decided(facts=some_facts(by_sent_id=found(a_ticket(), WEI)))
    ticket = a_ticket(assignee=None)
    team = decided(facts=some_facts(by_sent_id=replace(found(ticket), agents=())))

    assert [WEI.address] == [m.to.mailbox for m in mails(own, MailKind.NOTICE)]
    assert [ANNA.address, WEI.address] == [m.to.mailbox for m in mails(team, MailKind.NOTICE)]


def test_a_ticket_given_to_another_team_is_that_teams_news():
    bo = Agent(3, "Bo", "bo@staff.example", ("billing",))
    ticket = a_ticket(team="billing", assignee=None)
    facts = some_facts(by_sent_id=TicketMatch(ticket, (), (bo,)))
    asked = proven(team=(ANNA,))
    asked = replace(asked, by_token=TicketMatch(ticket, (), (bo,)))

    assert [bo.address] == [m.to.mailbox for m in mails(decided(a_message(), facts), MailKind.NOTICE)]
    effects = decided(a_message(sender=ANNA_WRITES, new_text="#assign Bo"), asked)
    assert bo == one(effects, Assign).agent


@pytest.mark.parametrize(("days", "rule", "related"), [(13.9, "follow_up", None), (14.1, "new_ticket", 12)])
def test_a_closed_ticket_reopens_or_after_a_time_a_linked_one_opens(days, rule, related):
    closed = a_ticket(status=Status.CLOSED, closed_at=NOW - timedelta(days=days))
    effects = decided(facts=some_facts(by_sent_id=found(closed)))

    assert rule == one(effects, Finish).rule
    assert related == (one(effects, OpenTicket).related if rule == "new_ticket" else None)
    reopened = [m.event for m in mails(effects, MailKind.STATUS)]
    assert (["reopened"] if rule == "follow_up" else []) == reopened


@pytest.mark.parametrize(
    ("status", "days", "rule"),
    [(Status.OPEN, 0, "follow_up"), (Status.CLOSED, 13.9, "follow_up"), (Status.CLOSED, 14.1, "new_ticket")],
    ids=["open", "closed lately", "closed too long ago as well"],
)
def test_what_answers_an_old_ticket_goes_into_the_one_that_took_its_place(status, days, rule):
    old = a_ticket(status=Status.CLOSED, closed_at=NOW - timedelta(days=90))
    later = a_ticket(id=40, related=12, status=status, closed_at=NOW - timedelta(days=days))
    effects = decided(facts=some_facts(by_sent_id=found(old), successor=found(later), verified=True))
    finish = one(effects, Finish)
    assert rule == finish.rule
    if rule == "follow_up":
        added = [e for e in effects if isinstance(e, AddEntry)]
        assert (40, {40}) == (finish.ticket, {e.ticket for e in added})
        events = [e.text for e in added if e.kind is EntryKind.EVENT]
        assert (status is Status.CLOSED) == (events == ["reopened: a new message came in"])
        assert finish.reason.startswith("found by a Message-ID we sent; it replaced #12; deadlines: ")
    else:
        assert 12 == one(effects, OpenTicket).related


def test_a_ticket_that_reopens_by_itself_needs_no_other():
    old = a_ticket(status=Status.CLOSED, closed_at=NOW - timedelta(days=1))
    effects = decided(facts=some_facts(by_sent_id=found(old), successor=found(a_ticket(id=40))))
    assert 12 == one(effects, Finish).ticket


def test_an_archived_mail_of_an_agent_is_written_down_and_sent_to_nobody():
    effects = decided(
        a_message(sender=ANNA_WRITES, new_text="Do this."), proven(), envelope=an_envelope(archive=True)
    )
    assert EntryKind.REPLY is one(effects, AddEntry).kind
    assert [] == mails(effects)


def test_an_archived_answer_opens_nothing_again():
    closed = a_ticket(status=Status.CLOSED, closed_at=NOW)
    effects = decided(facts=some_facts(by_sent_id=found(closed)), envelope=an_envelope(archive=True))
    assert [AddEntry, Finish] == [type(effect) for effect in effects]


def test_a_stranger_in_the_thread_is_kept_and_named_to_the_agents_only():
    effects = decided(a_message(sender=STRANGER), some_facts(by_sent_id=found()))

    assert [(MailKind.NOTICE, True)] == [(m.kind, m.stranger) for m in mails(effects)]


@pytest.mark.parametrize(
    ("one_address", "other", "expected"),
    [
        ("a@x.example", "b@x.example", True),
        ("a@mail.x.example", "b@x.example", True),
        ("a@x.example", "b@mail.x.example", True),
        ("a@evilx.example", "b@x.example", False),
        ("", "b@x.example", False),
    ],
)
def test_alignment_is_by_whole_labels(one_address, other, expected):
    assert expected is aligned(Address(one_address).domain, Address(other).domain)
