"""Blocked senders: how they are written, whom a block covers, and who is never blocked."""

from dataclasses import replace
from typing import Any

import pytest
from factories import ANNA, LIN, NOW, STRANGER, a_message, a_policy, a_ticket, an_envelope, some_facts

from intake.desk import blocking
from intake.desk.block_effects import Block, BlockedSender, Unblock
from intake.desk.commands import blocks
from intake.desk.commands.grammar import CommandContext, Refused
from intake.desk.effects import AddEntry, Amend, Effect, Finish, Mail, Outcome
from intake.desk.lookup import LookupResult
from intake.desk.message import Address
from intake.desk.people import TeamPolicy
from intake.desk.rules.table import decide
from intake.desk.ticket import EntryKind, no_ticket
from intake.desk.tokens import Purpose, Token


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Eve@Evil.Example", "eve@evil.example"),
        ("<eve@evil.example>", "eve@evil.example"),
        ("mailto:eve@evil.example", "eve@evil.example"),
        ("@Evil.Example", "@evil.example"),
        ("evil.example", "@evil.example"),
        ("*@evil.example", "@evil.example"),
        ("*.evil.example", "@evil.example"),
        ("bücher.example", "@xn--bcher-kva.example"),
        ("evil", ""),
        ("", ""),
        ("@", ""),
        ("a b@evil.example", ""),
        ("127.0.0.1", ""),
    ],
)
def test_a_sender_is_read_as_an_address_or_a_domain(written: str, key: str) -> None:
    assert key == blocking.key_of(written)


@pytest.mark.parametrize(
    ("key", "address", "covered"),
    [
        ("eve@evil.example", "eve@evil.example", True),
        ("eve@evil.example", "ann@evil.example", False),
        ("@evil.example", "eve@evil.example", True),
        ("@evil.example", "eve@mail.evil.example", True),
        ("@evil.example", "eve@notevil.example", False),
        ("@mail.evil.example", "eve@evil.example", False),
        ("@evil.example", "", False),
        ("@example", "eve@evil.example", False),
    ],
)
def test_a_block_covers_an_address_a_domain_and_what_is_below_it(
    key: str, address: str, covered: bool
) -> None:
    assert covered is blocking.covers(key, address)


POLICY = a_policy(
    admin="root@house.example",
    on_call="night@pager.example",
    teams={"support": TeamPolicy("support", lead="lea@lead.example")},
)


@pytest.mark.parametrize(
    ("key", "never"),
    [
        ("@gmail.com", "public"),
        ("@qq.com", "public"),
        ("eve@gmail.com", ""),
        ("@co.uk", "registry"),
        ("@com.br", "registry"),
        ("@evil.co.uk", ""),
        ("support@desk.example", "own"),
        ("support+x@desk.example", "own"),
        ("@desk.example", "own"),
        ("anna@staff.example", "agent"),
        ("@staff.example", "agent"),
        ("root@house.example", "staff"),
        ("@pager.example", "staff"),
        ("lea@lead.example", "staff"),
        ("eve@evil.example", ""),
    ],
)
def test_nobody_of_the_desk_and_no_domain_of_many_is_blocked(key: str, never: str) -> None:
    assert never == blocking.never(key, POLICY, (ANNA,))


def decided(message: dict[str, Any], released: bool = False, **facts: Any) -> list[Effect]:
    known = some_facts(agents=(ANNA,), **facts)
    return decide(a_message(**message), an_envelope(released=released), known, POLICY)


def end(effects: list[Effect]) -> Finish:
    assert isinstance(effects[-1], Finish)
    return effects[-1]


def test_mail_of_a_blocked_sender_is_kept_answered_by_nobody_and_says_how_it_is_put_back() -> None:
    effects = decided({"sender": STRANGER}, blocked="@elsewhere.example")
    assert [Outcome.QUARANTINED] == [end(effects).outcome]
    assert 1 == len(effects)
    assert "blocked: @elsewhere.example" in end(effects).reason
    assert "intake quarantine retry" in end(effects).reason


@pytest.mark.parametrize(
    ("message", "facts"),
    [
        ({"sender": ANNA.as_address}, {"agent": ANNA}),
        ({"sender": Address("lea@lead.example")}, {}),
        ({"sender": Address("root@house.example")}, {}),
        ({"sender": Address("support@desk.example")}, {}),
    ],
)
def test_nobody_of_the_desk_is_kept_out_by_an_older_block(message: dict[str, Any], facts: Any) -> None:
    assert Outcome.QUARANTINED is not end(decided(message, blocked="@any", **facts)).outcome


def test_what_was_put_back_is_processed_though_its_sender_is_blocked() -> None:
    effects = decided({"sender": STRANGER}, released=True, blocked="eve@elsewhere.example")
    assert Outcome.TICKETED is end(effects).outcome


def scene(looked: LookupResult | None = None, **ticket: Any) -> CommandContext:
    there = a_ticket(requester=STRANGER, first_response_at=None, **ticket)
    return CommandContext(
        there, ANNA, "Anna", "k", NOW, POLICY, looked=looked or LookupResult(agents=(ANNA,))
    )


@pytest.mark.parametrize("argument", ["", "eve@elsewhere.example", "elsewhere.example"])
def test_a_block_of_the_requester_makes_the_ticket_spam_however_it_is_written(argument: str) -> None:
    effects = blocks.block(scene(), blocks.read_block(argument))
    key = "@elsewhere.example" if argument == "elsewhere.example" else "eve@elsewhere.example"
    assert Block(key, "Anna", "#12") == effects[0]
    assert any(isinstance(effect, Amend) and effect.changes.get("spam") for effect in effects)
    assert [ANNA.address] == [effect.to.mailbox for effect in effects if isinstance(effect, Mail)]


@pytest.mark.parametrize(
    ("argument", "concerned", "refused"),
    [
        ("evil.example", (), ""),
        ("evil.example", (14,), "people of open tickets (#14): add anyway"),
        ("evil.example anyway", (14,), ""),
        ("evil.example 强制", (14,), ""),
        ("elsewhere.example", (12,), ""),
        ("eve@elsewhere.example", (12, 15), "(#15)"),
        ("gmail.com anyway", (), "belongs to many people"),
        ("staff.example anyway", (), "covers an address of this desk, an agent"),
    ],
)
def test_a_block_is_refused_for_those_the_desk_talks_to(
    argument: str, concerned: tuple[int, ...], refused: str
) -> None:
    read = blocks.read_block(argument)
    key = read.removesuffix("anyway").strip()
    looked = LookupResult(agents=(ANNA,), concerned={key: concerned})
    if not refused:
        assert Block(key, "Anna", "#12") == blocks.block(scene(looked), read)[0]
        return
    with pytest.raises(Refused) as caught:
        blocks.block(scene(looked), read)
    assert refused in str(caught.value)


def test_the_domain_of_a_requester_whom_we_have_answered_is_a_customers() -> None:
    looked = LookupResult(agents=(ANNA,), concerned={"@elsewhere.example": (12,)})
    answered = a_ticket(requester=STRANGER, first_response_at=NOW)
    context = CommandContext(answered, ANNA, "Anna", "k", NOW, POLICY, looked=looked)
    with pytest.raises(Refused, match="#12"):
        blocks.block(context, "@elsewhere.example")


def test_unblocking_names_the_block_that_is_meant() -> None:
    rows = (BlockedSender("@elsewhere.example", "Wei", NOW, "phishing", 3),)
    looked = LookupResult(agents=(ANNA,), blocks=rows)
    assert Unblock("@elsewhere.example") == blocks.unblock(scene(looked), "@elsewhere.example")[0]
    with pytest.raises(Refused, match=r"is blocked by @elsewhere\.example"):
        blocks.unblock(scene(looked), "")
    with pytest.raises(Refused, match="is not blocked"):
        blocks.unblock(scene(looked), LIN.key)


def test_the_list_says_who_blocked_whom_why_and_how_much_is_kept() -> None:
    rows = (BlockedSender("@elsewhere.example", "Wei", NOW, "phishing", 3),)
    (mail,) = blocks.blocked(scene(LookupResult(agents=(ANNA,), blocks=rows)), "")
    assert isinstance(mail, Mail)
    for part in ("Blocked senders: 1", "@elsewhere.example: blocked by Wei", "(phishing)", "quarantine: 3"):
        assert part in mail.text
    (none,) = blocks.blocked(scene(), "")
    assert isinstance(none, Mail)
    assert "Nobody is blocked." == none.text


SAYS = (
    "@evil.example is blocked. Email from there is kept in quarantine. "
    "To undo it, send #unblock @evil.example."
)


@pytest.mark.parametrize(("number", "history"), [(0, []), (12, ["@evil.example blocked, by Anna"])])
def test_a_block_by_mail_is_confirmed_and_says_how_it_is_undone(number: int, history: list[str]) -> None:
    ticket = a_ticket(requester=STRANGER) if number else no_ticket(NOW)
    context = CommandContext(ticket, ANNA, "Anna", "k", NOW, POLICY, looked=LookupResult(agents=(ANNA,)))
    effects = blocks.block(context, "@evil.example")
    assert Block("@evil.example", "Anna", f"#{number}" if number else "") == effects[0]
    (mail,) = [effect for effect in effects if isinstance(effect, Mail)]
    assert (SAYS, number, ANNA.address) == (mail.text, mail.ticket, mail.to.mailbox)
    assert history == [effect.text for effect in effects if isinstance(effect, AddEntry)]


@pytest.mark.parametrize("argument", ["", "eve@elsewhere.example", "elsewhere.example"])
def test_whose_mail_anybody_may_have_written_is_blocked_only_by_who_means_it(argument: str) -> None:
    read = blocks.read_block(argument)
    looked = LookupResult(agents=(ANNA,), unproven=frozenset({read}))
    with pytest.raises(Refused, match=r"came in the name of .*elsewhere\.example is not proven.*add anyway"):
        blocks.block(scene(looked), read)
    meant = blocks.read_block(f"{argument} anyway")
    assert isinstance(blocks.block(scene(looked), meant)[0], Block)


AUTHSERV = {"support": replace(POLICY.mailbox("support"), trusted_authserv="mx.desk.example")}
REPLY = Token(Purpose.CUSTOMER, 12, 0, NOW)


@pytest.mark.parametrize(
    ("authserv", "channel", "facts", "unproven"),
    [
        (False, "imap", {}, False),
        (True, "imap", {}, True),
        (True, "imap", {"verified": True}, False),
        (True, "imap", {"refuted": True}, True),
        (True, "imap", {"token": REPLY}, False),
        (False, "form", {}, True),
        (False, "form", {"token": REPLY}, False),
    ],
)
def test_what_a_customer_wrote_says_whether_anybody_may_have_written_it(
    authserv: bool, channel: str, facts: Any, unproven: bool
) -> None:
    policy = replace(POLICY, mailboxes=AUTHSERV) if authserv else POLICY
    known = some_facts(agents=(ANNA,), **facts)
    effects = decide(a_message(sender=STRANGER), an_envelope(channel=channel), known, policy)
    (words,) = [effect for effect in effects if getattr(effect, "kind", None) is EntryKind.CUSTOMER]
    assert unproven is words.unproven
