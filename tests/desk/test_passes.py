"""What every decision passes through: told in its reason, harmless twice, and forgetting no deadline."""

from datetime import timedelta

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

from intake.desk import lifecycle
from intake.desk.effects import Finish, Mail, MailKind, SetPromises, SetStatus
from intake.desk.message import Address
from intake.desk.people import Assignment, TeamPolicy
from intake.desk.rules.passes import PassContext
from intake.desk.rules.table import PASSES, conclude, decide
from intake.desk.ticket import Status

REPLY = lifecycle.reply(a_ticket(), ANNA, "Look under the sofa.", "key", a_policy())


def reason(effects):
    (end,) = [one for one in effects if isinstance(one, Finish)]
    return end.reason


def test_the_passes_and_their_order_are_written_down() -> None:
    names = [
        "exposed",
        "malware",
        "withhold",
        "silence",
        "guarding",
        "revive",
        "arrange",
        "deadlines",
        "hold",
        "colleagues",
    ]
    assert names == [one.__name__ for one in PASSES]


TOLD = {
    "silence": (
        {
            "message": a_message(sender=Address("anna@home.example")),
            "envelope": an_envelope(archive=True),
            "facts": some_facts(token=agent_token(), by_token=found(), token_agent=ANNA),
        },
        "silence: nobody is notified of mail from before the mailbox's first day",
    ),
    "arrange": (
        {
            "facts": some_facts(team=(ANNA, WEI)),
            "policy": a_policy(teams={"support": TeamPolicy("support", assign=Assignment.IN_TURN)}),
        },
        "arrange: automatically assigned to",
    ),
    "revive": (
        {
            "message": a_message(sender=Address(ANNA.address), new_text="Look under the sofa."),
            "facts": some_facts(token=agent_token(), by_token=found(a_ticket(spam=True)), token_agent=ANNA),
        },
        "revive: no longer spam",
    ),
    "deadlines": ({}, "deadlines: first response by "),
    "hold": (
        {
            "message": a_message(sender=Address(ANNA.address), new_text="Look under the sofa."),
            "facts": some_facts(token=agent_token(), by_token=found(), token_agent=ANNA),
            "policy": a_policy(undo_seconds=60),
        },
        "hold: it is sent after 60 s",
    ),
    "colleagues": (
        {
            "message": a_message(sender=Address(ANNA.address), new_text="Look under the sofa."),
            "facts": some_facts(token=agent_token(), by_token=found(), token_agent=ANNA, agents=(ANNA, WEI)),
        },
        "colleagues: who was told of the ticket hears of it: answered",
    ),
}


@pytest.mark.parametrize("name", TOLD)
def test_a_pass_that_changes_something_says_so_in_the_reason(name: str) -> None:
    given, words = TOLD[name]
    effects = decide(
        given.get("message", a_message()),
        given.get("envelope", an_envelope()),
        given.get("facts", some_facts()),
        given.get("policy", a_policy()),
    )
    assert words in reason(effects)


def test_a_pass_that_changes_nothing_says_nothing() -> None:
    policy = a_policy(undo_seconds=60, levels=())
    effects = decide(a_message(), an_envelope(), some_facts(), policy)
    assert ";" not in reason(effects)


def test_what_no_message_asked_for_passes_through_them_too() -> None:
    facts = some_facts(others=(a_ticket(),))
    effects = conclude(REPLY, PassContext(facts, a_policy(undo_seconds=60)))
    assert [60] == [one.hold for one in effects if isinstance(one, Mail) and one.kind is MailKind.RELAY]
    assert [12] == [one.ticket for one in effects if isinstance(one, SetPromises)]


def test_to_pass_through_twice_is_to_pass_through_once() -> None:
    context = PassContext(some_facts(others=(a_ticket(),)), a_policy(undo_seconds=60))
    once = conclude(REPLY, context)
    assert once == conclude(once, context)


def test_a_ticket_that_is_changed_and_not_known_is_no_decision() -> None:
    with pytest.raises(LookupError, match="ticket 12 is changed"):
        conclude([SetStatus(12, Status.OPEN)], PassContext(some_facts(), a_policy()))


WAYS = {
    "a token": {"by_token": found()},
    "an id of ours": {"by_sent_id": found()},
    "the one in its place": {"successor": found()},
    "what no message asked for": {"others": (a_ticket(),)},
}


@pytest.mark.parametrize("way", WAYS)
def test_facts_know_each_ticket_that_may_be_changed(way: str) -> None:
    assert {12: a_ticket()} == some_facts(**WAYS[way]).known()


def test_what_was_said_of_a_deadline_stands() -> None:
    """A step of a ladder raises the priority and says itself what becomes of its deadline."""
    said = SetPromises(12, (), {}, None, None)
    context = PassContext(some_facts(others=(a_ticket(),)), a_policy())
    effects = conclude([SetStatus(12, Status.CLOSED), said], context)
    assert [said] == [one for one in effects if isinstance(one, SetPromises)]


def test_of_an_old_mail_of_lin_nobody_is_told_and_no_deadline_begins() -> None:
    envelope = an_envelope(archive=True)
    later = some_facts().now + timedelta(days=1)
    effects = decide(a_message(sender=LIN), envelope, some_facts(now=later), a_policy())
    assert [] == [one for one in effects if isinstance(one, Mail)]
    assert [] == [one for one in effects if isinstance(one, SetPromises) and one.promises]
