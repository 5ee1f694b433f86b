"""Of which quotes an entry shows how much."""

import pytest
from each_case import each
from factories import ANNA, KEY, LIN, NOW, a_message, a_policy, a_ticket, an_envelope, found, some_facts

from intake.desk import tokens
from intake.desk.message import Address, Forward, Piece, PieceKind
from intake.desk.rule_context import RuleContext
from intake.desk.text.shown import MAX_CHARACTERS, MAX_LINES, MAX_WHOLE, with_quotes
from intake.desk.tokens import Purpose

NEW, QUOTE, SIGNATURE, PROGRAM = PieceKind
OUR_OWN = "support+t.oken@desk.example"


def every(piece: Piece) -> bool:
    return True


def quote(lines: int, line: str = "> x") -> Piece:
    return Piece(QUOTE, "\n".join([line] * lines))


@pytest.mark.parametrize(
    ("lines", "shown"),
    [(1, 1), (MAX_WHOLE, MAX_WHOLE), (MAX_WHOLE + 1, MAX_LINES), (5000, MAX_LINES)],
)
def test_a_short_quote_is_shown_whole_and_a_long_one_begun(lines, shown):
    text = with_quotes("See.", (Piece(NEW, "See."), quote(lines)), every)
    assert text.startswith("See.\n\n> x")
    assert shown == text.count("> x")


def test_several_quotes_share_what_may_be_shown():
    pieces = (quote(30), Piece(NEW, "Yes."), quote(40))
    text = with_quotes("Yes.", pieces, every)
    assert (30, 10) == tuple(part.count("> x") for part in text.split("Yes."))


def test_long_lines_are_shown_to_their_end_and_no_more_of_them():
    line = "y" * (MAX_CHARACTERS - 1)
    text = with_quotes("See.", (Piece(NEW, "See."), quote(9, line)), every)
    assert f"See.\n\n{line}\n{line}" == text


def test_what_is_neither_new_nor_a_quote_is_folded_and_the_order_is_kept():
    pieces = (
        Piece(QUOTE, "> One?\n"),
        Piece(NEW, "\nYes.\n"),
        Piece(PROGRAM, "Sent from my iPhone"),
        Piece(SIGNATURE, "-- \nLin\n"),
        Piece(QUOTE, "\nFrom: B <b@x.example>\n\n"),
    )
    assert "> One?\n\nYes.\n\nFrom: B <b@x.example>" == with_quotes("Yes.", pieces, every)
    assert "Yes." == with_quotes("Yes.", pieces, lambda piece: False)
    assert "Yes." == with_quotes("Yes.", (), every)


def shown(author: str, forward: Forward | None = None, quoted: str = "> x", **facts) -> str:
    pieces = (Piece(NEW, "See."), Piece(QUOTE, quoted, author))
    message = a_message(new_text="See.", text="See.\n> x", pieces=pieces, forward=forward)
    gathered = some_facts(agents=(ANNA,), **facts)
    return RuleContext(message, an_envelope(), gathered, a_policy()).shown


@pytest.mark.parametrize("author", ["", "v@vendor.example", LIN.key, ANNA.address, "support@desk.example"])
def test_a_mail_that_leads_to_no_ticket_shows_what_it_quotes(author):
    assert "See.\n\n> x" == shown(author)


def test_a_number_that_a_strangers_mail_names_makes_its_quotes_no_repetition():
    ticket = a_ticket(requester=Address("eve@elsewhere.example"))
    assert "See.\n\n> x" == shown("", by_number=found(ticket))


@each("way", ["by_token", "by_sent_id", "by_stored_id", "by_number"])
@each(
    ("author", "unseen"),
    [
        ("v@vendor.example", True),
        ("", False),
        (LIN.key, False),
        ("bo@customer.example", False),
        (ANNA.address, False),
        ("support@desk.example", False),
        (OUR_OWN, False),
    ],
)
def test_a_mail_that_leads_to_a_ticket_shows_what_others_wrote(way, author, unseen):
    there = found(a_ticket(participants=("Bo@customer.example",)))
    assert ("See.\n\n> x" if unseen else "See.") == shown(author, **{way: there})


@pytest.mark.parametrize(("sender", "unseen"), [("v@vendor.example", True), ("support@desk.example", False)])
def test_whose_mail_is_forwarded_is_known_where_its_header_is_read(sender, unseen):
    forward = Forward(Address(sender))
    assert unseen == ("> x" in shown("", forward, by_token=found(a_ticket())))


def test_a_notification_to_an_agent_is_not_shown_however_it_came_here():
    reference = tokens.reference(tokens.make(KEY, Purpose.AGENT, 12, 1, tokens.lifetime(NOW, 9)))
    assert "See." == shown("v@vendor.example", quoted=f"> Eve wrote:\n> Bo is ill.\n> {reference}")
