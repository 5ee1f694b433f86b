"""How far a customer's message is proven to be theirs, and at what level."""

from factories import (
    LIN,
    STRANGER,
    a_message,
    a_policy,
    a_ticket,
    an_envelope,
    customer_token,
    found,
    some_facts,
)

from intake.desk.evidence import Evidence, in_words, level
from intake.desk.message import Address
from intake.desk.rule_context import RuleContext

MATCH = found(a_ticket())


def seen(
    sender: Address = LIN, *, verified: bool = True, answers: bool = True, refuted: bool = False
) -> Evidence:
    token = customer_token() if answers else None
    facts = some_facts(verified=verified, refuted=refuted, token=token, by_token=MATCH if answers else None)
    written = a_message(sender=sender, reply_to=(LIN,), cc=(LIN,))
    return RuleContext(written, an_envelope(), facts, a_policy()).evidence


def test_only_the_address_and_a_round_trip_to_it_together_are_level_two() -> None:
    # What a mail shows, and how far it is proven to be its author's.
    cases = {
        "both": (seen(), 2),
        "the server alone": (seen(answers=False), 1),
        "the reply address alone": (seen(verified=False), 1),
        "neither": (seen(verified=False, answers=False), 0),
        "both, found forged": (seen(refuted=True), 0),
        "a reply address that was forwarded": (seen(STRANGER), 1),
        "with the requester's name": (seen(Address("eve@elsewhere.example", "Lin")), 1),
        "of an address that looks like theirs": (seen(Address("lin@customer.example.org", "Lin")), 1),
        "a forwarded reply address, unverified": (seen(STRANGER, verified=False), 1),
    }
    assert {} == {name: why for name, (why, want) in cases.items() if level(why) != want}


def test_every_way_has_words_and_a_level() -> None:
    said = {each: in_words(each.value) for each in Evidence if each is not Evidence.UNKNOWN}
    assert all(words.startswith(f"level {level(each)}: ") for each, words in said.items())
    assert ["", ""] == [in_words(""), in_words("odd")]
    assert [0, 0] == [level(""), level("odd")]
