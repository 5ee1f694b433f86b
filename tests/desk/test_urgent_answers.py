"""An answer with the word that the acknowledgement names: whose it must be, and what it does."""

from dataclasses import replace
from typing import Any

import pytest
from factories import ANNA, LIN, WEI, a_message, a_policy, a_ticket, an_envelope, found, some_facts

from intake.desk.effects import AddEntry, Amend, Assign, Effect, Finish, Mail, MailKind
from intake.desk.message import Address
from intake.desk.rules.table import decide
from intake.desk.text.words import vocabulary
from intake.desk.ticket import Agent, EntryKind
from intake.desk.triage.asking import QUESTIONS
from intake.desk.triage.engine import TriagePolicy
from intake.desk.triage.shipped import SECURITY_WORDS

SVEN = Agent(9, "Sven", "sven@staff.example", ("security",))
SECURE = TriagePolicy(security=vocabulary(SECURITY_WORDS), security_team="security", asks=True)
STRANGER = Address("mallory@elsewhere.example", "Mallory")


def answer(
    new_text: str, policy: TriagePolicy = SECURE, ticket: dict[str, Any] | None = None, **message: Any
) -> list[Effect]:
    """What becomes of an answer of Lin's in her ticket, which Anna has."""
    facts = some_facts(
        agents=(ANNA, WEI, SVEN), by_sent_id=found(a_ticket(**(ticket or {}))), **message.pop("facts", {})
    )
    return decide(a_message(new_text=new_text, **message), an_envelope(), facts, a_policy(triage=policy))


def changes(effects: list[Effect]) -> dict[str, Any]:
    return {
        name: value
        for effect in effects
        if isinstance(effect, Amend)
        for name, value in effect.changes.items()
    }


def events(effects: list[Effect]) -> list[str]:
    return [one.text for one in effects if isinstance(one, AddEntry) and one.kind is EntryKind.EVENT]


def noticed(effects: list[Effect]) -> list[str]:
    return [one.to.mailbox for one in effects if isinstance(one, Mail) and one.kind is MailKind.NOTICE]


@pytest.mark.parametrize("word", ["URGENT", "紧急", "緊急"])
def test_it_makes_the_ticket_urgent_and_the_security_teams(word: str) -> None:
    effects = answer(f"{word}, please", ticket={"assignee": None})

    made = changes(effects)
    assert ("urgent", "security", ("security",)) == (made["priority"], made["category"], made["tags"])
    assert Assign(12, None, "security") in effects
    assert "sven@staff.example" in noticed(effects)
    assert ["priority urgent, by triage (security)", f"the requester's side wrote {word}"] == events(effects)
    assert f"triage by security ({word})" in next(e.reason for e in effects if isinstance(e, Finish))


def test_who_has_the_ticket_keeps_it_and_the_security_team_reads_it_too() -> None:
    effects = answer("URGENT")

    assert [] == [one for one in effects if isinstance(one, Assign)]
    assert ["anna@staff.example", "sven@staff.example"] == noticed(effects)


def test_a_participant_may_say_it_as_well() -> None:
    effects = answer("URGENT", ticket={"participants": ("mallory@elsewhere.example",)}, sender=STRANGER)

    assert "urgent" == changes(effects)["priority"]


@pytest.mark.parametrize(
    "message",
    [
        pytest.param({"sender": STRANGER}, id="a stranger"),
        pytest.param({"automatic": "auto-replied", "suppress": "auto-replied"}, id="a machine"),
        pytest.param({"facts": {"refuted": True}}, id="a forged sender"),
    ],
)
def test_from_others_it_is_a_word_like_any(message: dict[str, Any]) -> None:
    effects = answer("URGENT", **message)

    assert "priority" not in changes(effects)
    assert "sven@staff.example" not in noticed(effects)


def test_in_a_quote_it_is_none() -> None:
    quoted = "Thank you.\n\n> URGENT"

    assert {} == changes(answer("Thank you for it, I wait.", text=quoted))


@pytest.mark.parametrize("language", QUESTIONS)
def test_our_own_sentence_that_came_back_unmarked_changes_nothing(language: str) -> None:
    assert {} == changes(answer(f"Here is the picture.\n\n{QUESTIONS[language]}"))


def test_where_words_of_theft_are_off_it_does_nothing() -> None:
    assert {} == changes(answer("URGENT", replace(SECURE, security=None)))


def test_no_mail_answers_it_by_itself() -> None:
    effects = answer("URGENT")

    assert [] == [one for one in effects if isinstance(one, Mail) and one.to.key == LIN.key]


def test_said_again_it_changes_nothing_and_is_told_again() -> None:
    there = {"priority": "urgent", "category": "security", "tags": ("security",), "team": "security"}
    effects = answer("URGENT", ticket=there)

    assert {} == changes(effects)
    assert ["the requester's side wrote URGENT"] == events(effects)
    assert "sven@staff.example" in noticed(effects)
