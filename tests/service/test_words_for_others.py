"""What an agent writes to somebody else, with the desk in copy, does not go to the customer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_mail import EVE, LIMITS, LIN, MailDesk, words_of

from intake.desk.effects import MailKind, Outgoing
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose

PAUL, BEN = "paul@partner.example", "ben@staff.desk.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    made = MailDesk(tmp_path / "desk", LIMITS)
    made.store.agents.add(BEN, "Ben", (), made.clock())
    yield made
    made.close()


def copied(desk: MailDesk, to: str, text: str, cc: str = "", sender: str = "") -> None:
    """Anna replies to a notice with others in To and the desk in Cc."""
    token = cc or desk.to(Purpose.AGENT, 1, 1)
    desk.mail(sender or f"Anna <{desk.agent}>", to, text, more=f"Cc: {token}\r\n", by=token)


@pytest.mark.parametrize("to", [PAUL, BEN, f"{PAUL}, {BEN}", "kim@desk.example"])
@pytest.mark.parametrize(
    "text", ["Where does parcel 4711 lie?", "#close\nPlease take it back.", "#mine\nHi Paul"]
)
def test_words_to_somebody_else_are_held_and_the_agent_is_asked(desk: MailDesk, to: str, text: str) -> None:
    copied(desk, to, text)
    (told,) = desk.out()
    assert (MailKind.ALERT, desk.agent) == (told.kind, told.rcpt)
    assert f"It is addressed to {to}, with this desk in copy" in words_of(told)
    assert ([], 1) == (desk.said(EntryKind.REPLY), len(desk.said(EntryKind.DRAFT)))
    desk.answer(told, "yes")
    assert [LIN] == [mail.rcpt for mail in desk.out(MailKind.RELAY)]


def test_a_better_text_or_a_note_takes_its_place(desk: MailDesk) -> None:
    copied(desk, PAUL, "Where does parcel 4711 lie?")
    (told,) = desk.out()
    desk.answer(told, f"#ask {PAUL}\nWhere does parcel 4711 lie?")
    assert [(MailKind.PARTNER, PAUL)] == [(mail.kind, mail.rcpt) for mail in desk.out()]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("#note\nI ask Paul.", EntryKind.NOTE),
        ("#reply\nWe ask Paul for you.", EntryKind.REPLY),
        ("#tag parcel", EntryKind.EVENT),
    ],
)
def test_what_says_where_its_words_go_is_done(desk: MailDesk, text: str, kind: EntryKind) -> None:
    copied(desk, PAUL, text)
    assert [] == desk.said(EntryKind.DRAFT)
    assert desk.said(kind)


def test_whom_an_agent_copies_beside_the_desk_changes_nothing(desk: MailDesk) -> None:
    desk.mail(f"Anna <{desk.agent}>", desk.to(Purpose.AGENT, 1, 1), "It comes.", more=f"Cc: {PAUL}\r\n")
    desk.mail(f"Anna <{desk.agent}>", f"{desk.to(Purpose.AGENT, 1, 1)}, {BEN}", "It really comes.")
    copied(desk, LIN, "It comes tomorrow.")
    assert 3 == len(desk.said(EntryKind.REPLY))


@pytest.mark.parametrize("first", [PAUL, BEN, f"{BEN}, {PAUL}", "ben@desk.example"])
def test_who_stands_first_is_meant_though_the_desk_stands_behind(desk: MailDesk, first: str) -> None:
    desk.store.agents.add("ben@desk.example", "Ben", (), desk.clock())
    desk.mail(
        f"Anna <{desk.agent}>",
        f"{first}, {desk.to(Purpose.AGENT, 1, 1)}",
        "Is she suspected?",
        by=desk.to(Purpose.AGENT, 1, 1),
    )
    (told,) = desk.out()
    assert f"It is addressed to {first}, with this desk in copy" in words_of(told)
    assert ([], ["Is she suspected?"]) == (desk.said(EntryKind.REPLY), desk.said(EntryKind.DRAFT))


def test_who_stands_first_beside_the_customer_keeps_nothing_from_them(desk: MailDesk) -> None:
    token = desk.to(Purpose.AGENT, 1, 1)
    desk.mail(f"Anna <{desk.agent}>", f"{BEN}, {token}", "It comes.", more=f"Cc: {LIN}\r\n", by=token)
    assert ["It comes."] == desk.said(EntryKind.REPLY)


def test_an_alias_of_the_desk_is_the_desk(desk: MailDesk) -> None:
    token = desk.to(Purpose.AGENT, 1, 1)
    more = f"References: <ref.{token.partition('+')[2].partition('@')[0]}.x@desk.example>\r\n"
    desk.mail(f"Anna <{desk.agent}>", "alias@desk.example", "It comes tomorrow.", more=more, by=desk.address)
    assert ["It comes tomorrow."] == desk.said(EntryKind.REPLY)


def test_who_confirms_an_unproven_mail_reads_that_it_was_for_another(desk: MailDesk) -> None:
    copied(desk, PAUL, "Where does parcel 4711 lie?", sender=EVE)
    (told,) = desk.out()
    assert f"It is addressed to {PAUL}, with this desk in copy" in words_of(told)


@pytest.mark.parametrize("text", ["It comes tomorrow.", "#close", "#note\nFor both."])
@pytest.mark.parametrize("field", ["To", "Cc"])
def test_an_email_to_two_tickets_is_held_and_a_yes_sends_it_in_one(
    desk: MailDesk, text: str, field: str
) -> None:
    desk.mail(LIN, desk.address, "Another thing", "My keys")
    desk.out()
    mine, other = desk.to(Purpose.AGENT, 1, 1), desk.to(Purpose.AGENT, 2, 1)
    to, more = (f"{mine}, {other}", "") if field == "To" else (mine, f"Cc: {other}\r\n")
    desk.mail(f"Anna <{desk.agent}>", to, text, more=more, by=mine)
    (told,) = desk.out()
    assert "It is addressed to several tickets (#1, #2)" in words_of(told)
    desk.answer(told, "yes")
    assert "draft confirmed by Anna" in desk.said(EntryKind.EVENT)
    assert [] == [*desk.said(EntryKind.REPLY, 2), *desk.said(EntryKind.NOTE, 2)]


@pytest.mark.parametrize("first", [1, 2])
@pytest.mark.parametrize("purpose", [Purpose.AGENT, Purpose.CUSTOMER, Purpose.PARTNER])
def test_a_ticket_and_what_was_merged_into_it_are_one(desk: MailDesk, purpose: Purpose, first: int) -> None:
    desk.mail(LIN, desk.address, "Another thing", "My keys")
    desk.reply("#merge 1", ticket=2)
    desk.out()
    mine, other = desk.to(Purpose.AGENT, first, 1), desk.to(purpose, 3 - first, 1)
    desk.mail(f"Anna <{desk.agent}>", f"{mine}, {other}", "It comes tomorrow.", by=mine)
    kind = EntryKind.NOTE if purpose is Purpose.PARTNER else EntryKind.REPLY
    assert (["It comes tomorrow."], []) == (desk.said(kind), desk.said(EntryKind.DRAFT))


@pytest.mark.parametrize("purpose", [Purpose.CUSTOMER, Purpose.PARTNER])
def test_a_customers_address_of_another_ticket_is_one_of_two_as_well(
    desk: MailDesk, purpose: Purpose
) -> None:
    desk.mail(LIN, desk.address, "Another thing", "My keys")
    desk.out()
    mine = desk.to(Purpose.AGENT, 1, 1)
    desk.mail(f"Anna <{desk.agent}>", f"{mine}, {desk.to(purpose, 2, 0)}", "It comes.", by=mine)
    (told,) = desk.out()
    assert "It is addressed to several tickets (#1, #2)" in words_of(told)
    assert [] == desk.said(EntryKind.REPLY)


def test_the_customers_address_of_the_same_ticket_is_no_second_ticket(desk: MailDesk) -> None:
    mine = desk.to(Purpose.AGENT, 1, 1)
    desk.mail(f"Anna <{desk.agent}>", f"{mine}, {desk.to(Purpose.CUSTOMER, 1, 0)}", "It comes.", by=mine)
    assert ["It comes."] == desk.said(EntryKind.REPLY)


def test_who_is_given_a_ticket_reads_the_answer_of_the_same_email_and_its_priority(desk: MailDesk) -> None:
    desk.reply("#assign ben\n#priority high\n#close\n\nHi Lin, your coins are safe.")
    (told,) = [mail for mail in desk.out() if mail.rcpt == BEN]
    assert "Hi Lin, your coins are safe." in words_of(told)
    assert "high" in words_of(told).partition("Conversation so far")[0]
    assert "Ticket #1, closed, assigned to Ben" in words_of(told)


def asked_once(desk: MailDesk) -> Outgoing:
    (told,) = desk.out(MailKind.ALERT)
    return told


@pytest.mark.parametrize(
    ("text", "rule", "said"),
    [
        ("Is she suspected?", "words_for_others", [PAUL]),
        ("@ben is she suspected?", "words_for_others+words_for_colleagues", [PAUL, "words for colleagues"]),
        ("Is she?\n\n#note\nA fraud.", "words_for_others+stray_command", [PAUL, "looks like a command"]),
        (
            "@ben look\n\n#close",
            "words_for_others+stray_command+words_for_colleagues",
            [PAUL, "looks like a command", "words for colleagues"],
        ),
    ],
)
def test_each_doubt_is_said_and_written_down(desk: MailDesk, text: str, rule: str, said: list[str]) -> None:
    copied(desk, PAUL, text)
    assert rule == desk.outcome()[1]
    told = asked_once(desk)
    assert [] == [words for words in said if words not in words_of(told)]
    desk.answer(told, "yes")
    assert [LIN] == [mail.rcpt for mail in desk.out(MailKind.RELAY)]


def test_what_is_odd_about_a_kept_draft_is_asked_at_once_and_a_yes_answers_that(desk: MailDesk) -> None:
    copied(desk, PAUL, "#draft\n@ben is she suspected?")
    told = asked_once(desk)
    assert f"It is addressed to {PAUL}" in words_of(told)
    assert "words for colleagues" in words_of(told)
    assert [] == desk.said(EntryKind.REPLY)
    desk.answer(told, "yes")
    assert [LIN] == [mail.rcpt for mail in desk.out(MailKind.RELAY)]


def test_two_tickets_and_words_for_colleagues_are_asked_about_at_once(desk: MailDesk) -> None:
    desk.mail(LIN, desk.address, "Another thing", "My keys")
    desk.out()
    mine, other = desk.to(Purpose.AGENT, 1, 1), desk.to(Purpose.AGENT, 2, 1)
    desk.mail(f"Anna <{desk.agent}>", f"{mine}, {other}", "@ben is she suspected?", by=mine)
    told = asked_once(desk)
    assert "It is addressed to several tickets (#1, #2)" in words_of(told)
    assert "words for colleagues" in words_of(told)
