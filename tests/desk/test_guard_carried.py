"""What goes along with an agent's text is looked through like it: each part of a mail, subjects, names."""

import dataclasses

import pytest
from factories import (
    ANNA,
    LIN,
    WEI,
    a_message,
    a_policy,
    a_ticket,
    agent_token,
    an_envelope,
    found,
    some_facts,
)

from intake.desk import effects as every_effect
from intake.desk import merge_effects
from intake.desk.effects import AddEntry, AddParticipant, Amend, Effect, Mail, MailKind, OpenTicket
from intake.desk.guard.policy import GuardPolicy
from intake.desk.merge_effects import SplitOff
from intake.desk.message import Address, Attachment
from intake.desk.rules.guarding import Held, guarding
from intake.desk.rules.passes import PassContext
from intake.desk.rules.table import decide
from intake.desk.ticket import EntryKind

ASKS = "Please send us your recovery phrase"
POLICY = a_policy(guard=GuardPolicy(hosts=frozenset({"example.com"})))
PARTS = {
    "text": ASKS,
    "html": '<p><a href="https://evil.net/">Hello</a></p>',
    "attachments": (Attachment(f"{ASKS.replace(' ', '_')}.txt", "text/plain", b"hello"),),
}
# Of the other fields none has an agent's words in a mail to somebody outside.
OURS = {
    "kind", "ticket", "to", "dedupe", "agent", "author", "event", "instead", "quote_subject",
    "stranger", "doubt", "proposed", "via", "reply_to", "reply_added", "due", "draft", "question",
    "partner", "known_outside", "quoted", "hold", "asked", "above", "left_out", "withheld",
    "closed", "coded", "again", "whole", "page", "talk", "by", "with_files", "telling", "table",
    # Files of the ticket, which its customers sent.
    "enclosed",
}  # fmt: skip
# What the desk or its admin wrote goes out unlooked; what is written to agents reaches nobody else.
UNLOOKED = {
    MailKind.ACKNOWLEDGEMENT, MailKind.WARNING, MailKind.STATUS, MailKind.SURVEY, MailKind.NOTICE,
    MailKind.ALERT, MailKind.ANSWER,
}  # fmt: skip


def holds(*effects: Effect) -> bool:
    try:
        guarding(list(effects), PassContext(some_facts(agents=(ANNA, WEI)), POLICY))
    except Held:
        return True
    return False


def decided(text: str, **changes: object) -> list[Effect]:
    ticket = a_ticket(requester=Address("lin@customer.example"))
    facts = some_facts(
        token=agent_token(),
        by_token=found(ticket, ANNA),
        token_agent=ANNA,
        agent=ANNA,
        agents=(ANNA, WEI),
        **changes,
    )
    return decide(a_message(sender=ANNA.as_address, text=text, new_text=text), an_envelope(), facts, POLICY)


def test_every_field_of_a_mail_is_looked_through_or_holds_no_words_of_agents() -> None:
    fields = {field.name for field in dataclasses.fields(Mail)}

    assert (set(), fields) == (OURS & set(PARTS), OURS | set(PARTS))


def test_every_kind_of_mail_is_looked_through_or_not_written_by_agents() -> None:
    mails = {kind: Mail(kind, 1, LIN, "k", agent=ANNA, text=ASKS) for kind in MailKind}

    assert {kind: kind not in UNLOOKED for kind in MailKind} == {
        kind: holds(mail) for kind, mail in mails.items()
    }


@pytest.mark.parametrize("part", PARTS)
def test_an_ask_in_any_part_of_a_mail_is_held(part: str) -> None:
    mail = Mail(MailKind.RELAY, 1, LIN, "k", agent=ANNA, text="Hello")

    assert (False, True) == (holds(mail), holds(dataclasses.replace(mail, **{part: PARTS[part]})))


def test_an_ask_in_each_subject_that_an_agent_can_give_is_held() -> None:
    mail = Mail(MailKind.RELAY, None, LIN, "k", agent=ANNA, text="Hello")
    given = {
        OpenTicket: (OpenTicket(ASKS, LIN, "en", "help", "", "mail"), mail),
        SplitOff: (SplitOff(1, 2, LIN, ASKS),),
        Amend: (Amend(1, {"subject": ASKS}),),
    }
    modules = (every_effect, merge_effects)
    every = [each for module in modules for each in vars(module).values() if dataclasses.is_dataclass(each)]
    names = {module.__name__ for module in modules}
    having = {each for each in every if each.__module__ in names and "subject" in each.__dataclass_fields__}

    assert having | {Amend} == set(given)
    assert [] == [kind.__name__ for kind, effects in given.items() if not holds(*effects)]
    assert not holds(Amend(1, {"subject": "Coins are missing"}))
    # What a customer opens is theirs.
    assert not holds(OpenTicket(ASKS, LIN, "en", "help", "", "mail"))


@pytest.mark.parametrize("text", [f"#subject {ASKS}", f"#subject {ASKS}\n\nHello, see the subject."])
def test_a_subject_that_asks_becomes_a_draft_by_mail(text: str) -> None:
    effects = decided(text)
    kinds = [each.kind for each in effects if isinstance(each, AddEntry)]

    assert EntryKind.DRAFT in kinds
    assert [] == [each for each in effects if isinstance(each, Amend) and "subject" in each.changes]
    assert [] == [each for each in effects if isinstance(each, Mail) and each.kind is MailKind.RELAY]


@pytest.mark.parametrize(
    ("address", "heard", "asked"),
    [
        ("thief@evil.example.net", (), True),
        ("boss@customer.example", (), False),
        ("boss@mail.customer.example", (), False),
        ("wei@staff.example", (), False),
        ("help@example.com", (), False),
        ("bank@other.example.org", ("My bank is Bank@other.example.org, please write to it too.",), False),
    ],
)
def test_who_has_no_part_in_a_ticket_is_let_in_by_a_yes_only(
    address: str, heard: tuple[str, ...], asked: bool
) -> None:
    effects = decided(f"#cc add {address}\n\nHello, my colleague is in copy.", heard=heard)
    added = [each for each in effects if isinstance(each, AddParticipant)]

    assert (asked, not asked) == (
        not added,
        any(isinstance(e, Mail) and e.kind is MailKind.RELAY for e in effects),
    )
