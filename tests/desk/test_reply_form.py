"""The forms of reply addresses: what is read in each, and where their tokens must not be shown."""

from datetime import UTC, datetime

import pytest

from intake.config.converters import BadValue, as_reply_form
from intake.desk import budgets, tokens
from intake.desk.facts import Facts
from intake.desk.message import Envelope
from intake.desk.policy import MailboxPolicy, Policy
from intake.desk.reply_form import BARE, CATCHALL, PLUS, ReplyForm
from intake.desk.sensitive import leaks
from intake.desk.tokens import Purpose
from intake.mail.order_keys import order_of

KEY, NOW, THEN = b"k" * 32, datetime(2026, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
AGENT = tokens.make(KEY, Purpose.AGENT, 7, 3, THEN)
QUOTED = tokens.make(KEY, Purpose.QUOTED, 7, 0, THEN)
WHOLE = "reply.desk.example"


@pytest.mark.parametrize(
    ("written", "form", "address"),
    [
        ("plus", ReplyForm(), f"help+{AGENT}@desk.example"),
        ("PLUS", ReplyForm(PLUS), f"help+{AGENT}@desk.example"),
        ("bare", ReplyForm(BARE), "help@desk.example"),
        ("catchall:@reply.desk.example", ReplyForm(CATCHALL, WHOLE), f"{AGENT}@{WHOLE}"),
        ("catchall: Reply.Desk.Example", ReplyForm(CATCHALL, WHOLE), f"{AGENT}@{WHOLE}"),
        ("catchall:@antwort.bücher.example", ReplyForm(CATCHALL, "antwort.xn--bcher-kva.example"), ""),
    ],
)
def test_a_form_is_read_and_makes_addresses(written: str, form: ReplyForm, address: str) -> None:
    assert form == as_reply_form(written)
    assert as_reply_form(str(form)) == form
    assert not address or address == form.address("help@desk.example", AGENT)


@pytest.mark.parametrize(
    "written",
    ["", "minus", "catchall", "catchall:", "catchall:@", "catchall:@x", "catchall:@a..b", "catchall:@a b.c",
     "catchall:@x@y.z", "catchall:@-a.example", "plus:@a.example", "bare:x", "catchall:@a.example.",
     f"catchall:@{'a.' * 120}b"],
)  # fmt: skip
def test_what_is_no_form_says_what_to_write(written: str) -> None:
    with pytest.raises(BadValue) as caught:
        as_reply_form(written)
    assert "Write" in caught.value.args[1]


@pytest.mark.parametrize(
    ("address", "whole", "ticket"),
    [
        (f"help+{AGENT}@desk.example", "", 7),
        (f"help+{AGENT}@desk.example", WHOLE, 7),
        (f"{AGENT}@{WHOLE}", WHOLE, 7),
        (f"{AGENT.upper()}@{WHOLE.upper()}", WHOLE, 7),
        (f"{AGENT}@{WHOLE}", "", None),
        (f"{AGENT}@desk.example", WHOLE, None),
        (f"x{AGENT}@{WHOLE}", WHOLE, None),
        (f"{AGENT}@x.{WHOLE}", WHOLE, None),
    ],
)
def test_a_whole_local_part_counts_in_its_domain_alone(address: str, whole: str, ticket: int | None) -> None:
    token = tokens.in_addresses([KEY], [address], NOW, whole=whole)
    assert ticket == (token.ticket if token else None)


def test_every_address_of_the_domain_is_the_desks() -> None:
    box = MailboxPolicy("support", "help@desk.example")
    own = frozenset({"help@desk.example"})
    policy = Policy(mailboxes={"support": box}, own_addresses=own, replies=ReplyForm(CATCHALL, WHOLE))
    for address in (f"{AGENT}@{WHOLE}", f"anything@{WHOLE}", "help@desk.example", "help+x@desk.example"):
        assert policy.owns(address)
    for address in (f"a@x.{WHOLE}", "lin@desk.example", "helper@desk.example"):
        assert not policy.owns(address)


@pytest.mark.parametrize(
    "text",
    [
        f"550 <help+{AGENT}@desk.example>: no such user",
        f"550 <{AGENT}@{WHOLE}>: no such user",
        f"rejected {AGENT.upper()}@{WHOLE}",
        f"message <ref.{AGENT}.12ab@desk.example> is spam",
        f"your text holds ref:{AGENT}",
        f"your text holds ref: {QUOTED}",
    ],
)
def test_what_is_logged_has_no_token(text: str) -> None:
    shown = tokens.untokened(text)
    assert AGENT[:20] not in shown.lower()
    assert QUOTED[:20] not in shown.lower()
    assert "…" in shown


@pytest.mark.parametrize("token", [AGENT, QUOTED])
@pytest.mark.parametrize(
    "form", ["ref:{}", "REF: {}", "> ref:{}", "<p>ref:{}</p>", "ref.{}.12ab@desk.example"]
)
def test_what_is_shown_carries_nothing_back(token: str, form: str) -> None:
    shown = tokens.masked(form.format(token))
    assert tokens.in_text([KEY], shown, NOW, tuple(Purpose)) is None
    assert tokens.in_ids([KEY], [shown], NOW) is None


@pytest.mark.parametrize(
    "text",
    [
        "Please do not write to the old one: write to me at home under anna@customer.example",
        "ask " * 30 + "lin@customer.example",
        "<" + "x" * 50 + "@list.example>",
        f"ref:{QUOTED}",
        f"{tokens.make(KEY, Purpose.CUSTOMER, 7, 0, THEN)}@{WHOLE}",
    ],
)
def test_an_innocent_text_is_no_leak(text: str) -> None:
    assert "" == leaks.held(text.encode(), [KEY])


def test_who_is_asked_from_outside_gets_no_reference_of_a_customers() -> None:
    assert leaks.TOKEN == leaks.held(f"ref:{QUOTED}".encode(), [KEY], secret=leaks.FOR_OTHERS)
    customer = tokens.make(KEY, Purpose.CUSTOMER, 7, 0, THEN)
    assert leaks.TOKEN == leaks.held(f"{customer}@{WHOLE}".encode(), secret=leaks.FOR_OTHERS)


def test_a_quoted_token_is_none_of_an_agents_and_the_last_of_a_kind_counts() -> None:
    text = f"ref:{AGENT}\n\nref:{QUOTED}\n"
    acting, shown = tokens.in_text([KEY], text, NOW), tokens.in_text([KEY], text, NOW, tokens.SHOWN)
    assert acting
    assert shown
    assert (Purpose.AGENT, Purpose.QUOTED) == (acting.purpose, shown.purpose)
    assert (False, True) == (acting.shown, shown.shown)


@pytest.mark.parametrize("purpose", tokens.SHOWN)
def test_what_anybody_was_shown_proves_nobody_to_the_limits_on_automatic_email(purpose: Purpose) -> None:
    shown = Facts(NOW, token=tokens.Token(purpose, 7, 0, THEN))
    answered = Facts(NOW, token=tokens.Token(Purpose.CUSTOMER, 7, 0, THEN))
    assert (False, True) == (budgets.proven(shown), budgets.proven(answered))


def test_mail_to_either_form_of_a_ticket_is_decided_in_order() -> None:
    def keys(to: str) -> frozenset[str]:
        raw = f"From: a{len(to)}@customer.example\r\nTo: {to}\r\n\r\nHello.\r\n".encode()
        order = order_of(raw, Envelope("imap", "support"))
        assert order
        return order.keys

    customer = tokens.make(KEY, Purpose.CUSTOMER, 7, 0, THEN)
    assert keys(f"help+{AGENT}@desk.example") & keys(f"{customer}@{WHOLE}")
