"""New tickets handed out, and notices cut to those who want them now."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from factories import (
    ANNA,
    NOW,
    STRANGER,
    WEI,
    a_message,
    a_policy,
    a_ticket,
    agent_token,
    an_envelope,
    customer_token,
    some_facts,
)

from intake.desk.agent_effects import SetAway
from intake.desk.effects import AddEntry, Assign, Effect, Finish, Mail, MailKind, Outcome
from intake.desk.facts import Collision, Draft, Facts, TicketMatch
from intake.desk.message import Address
from intake.desk.people import Assignment, Load, TeamPolicy
from intake.desk.people_effects import ColleagueNews, Happened, MarkColleagues
from intake.desk.rules.notifications import AUTOMATICALLY, AWAY_FOR
from intake.desk.rules.table import decide
from intake.desk.telling_effects import Telling
from intake.desk.ticket import Agent, EntryKind, Status
from intake.desk.tokens import Purpose, Token

AWAY_ANNA = replace(ANNA, away_until=NOW + timedelta(hours=1))
LATER_WEI = replace(WEI, notify="digest")
DAN = replace(LATER_WEI, id=3, name="Dan", address="dan@staff.example")
MINE_WEI = replace(WEI, notify="mine")
SEEN = {"token": customer_token()}


def handing(how: Assignment, **more: Any) -> Any:
    return a_policy(teams={"support": TeamPolicy("support", assign=how, **more)})


def decided(facts: Facts, policy: Any = None, message: Any = None) -> list[Effect]:
    return decide(message or a_message(), an_envelope(), facts, policy or a_policy())


def told(effects: Sequence[Effect], kind: MailKind = MailKind.NOTICE) -> list[str]:
    return [one.to.name for one in effects if isinstance(one, Mail) and one.kind is kind]


def given(effects: Sequence[Effect]) -> list[Any]:
    return [one.agent for one in effects if isinstance(one, Assign)]


def in_ticket(*agents: Agent, team: Sequence[Agent] = (), **ticket: Any) -> Facts:
    return some_facts(**SEEN, by_token=TicketMatch(a_ticket(**ticket), agents, tuple(team)))


@pytest.mark.parametrize(
    ("team", "who"),
    [
        ((ANNA, WEI), ["Anna", "Wei"]),
        ((AWAY_ANNA, WEI), ["Wei"]),
        ((AWAY_ANNA,), ["Anna"]),
        ((ANNA, LATER_WEI), ["Anna"]),
        ((LATER_WEI,), []),
        ((ANNA, MINE_WEI), ["Anna"]),
        ((MINE_WEI,), ["Wei"]),
    ],
)
def test_a_new_ticket_is_shown_to_those_of_the_team_who_work_and_want_it(
    team: tuple[Agent, ...], who: list[str]
) -> None:
    assert who == told(decided(some_facts(team=team)))


@pytest.mark.parametrize(
    ("how", "loads", "who"),
    [
        (Assignment.NOBODY, {}, None),
        (Assignment.IN_TURN, {1: Load(0, NOW), 2: Load(9)}, WEI),
        (Assignment.LEAST_LOADED, {1: Load(0, NOW), 2: Load(9)}, ANNA),
    ],
)
def test_a_new_ticket_is_handed_out_and_only_its_agent_is_told(
    how: Assignment, loads: dict[int, Load], who: Agent | None
) -> None:
    effects = decided(some_facts(loads=loads), handing(how))
    assert ([who] if who else []) == given(effects)
    assert ([who.name] if who else ["Anna", "Wei"]) == told(effects)
    events = [one.text for one in effects if isinstance(one, AddEntry) and one.kind is EntryKind.EVENT]
    assert ([f"assigned to {who.name} {AUTOMATICALLY[how]}"] if who else []) == events
    assert isinstance(effects[-1], Finish)


def test_a_new_ticket_of_nobody_on_duty_waits_for_the_team() -> None:
    effects = decided(some_facts(team=(AWAY_ANNA,)), handing(Assignment.IN_TURN))
    assert ([], ["Anna"]) == (given(effects), told(effects))


def test_the_notice_says_what_changed() -> None:
    def events(facts: Facts) -> list[str]:
        return [one.event for one in decided(facts) if isinstance(one, Mail) and one.kind is MailKind.NOTICE]

    assert ["new", "new"] == events(some_facts())
    assert ["answer"] == events(in_ticket(ANNA))
    assert ["reopened"] == events(in_ticket(ANNA, status=Status.CLOSED, closed_at=NOW))


def test_an_answer_goes_to_those_it_concerns_whatever_they_wish_at_night_too() -> None:
    assert ["Anna"] == told(decided(in_ticket(ANNA, team=(ANNA, WEI))))
    assert ["Wei"] == told(decided(in_ticket(MINE_WEI, team=(ANNA, MINE_WEI))))
    assert [] == told(decided(in_ticket(LATER_WEI, team=(ANNA, LATER_WEI))))


def test_an_answer_to_somebody_who_is_away_is_shown_to_his_team_as_well() -> None:
    effects = decided(in_ticket(AWAY_ANNA, team=(AWAY_ANNA, WEI, DAN)))
    assert ["Anna", "Wei"] == told(effects)
    keys = [one.dedupe for one in effects if isinstance(one, Mail) and one.kind is MailKind.NOTICE]
    assert 2 == len(set(keys))


def test_what_is_urgent_goes_to_everybody_at_once() -> None:
    facts = in_ticket(LATER_WEI, team=(LATER_WEI,), priority="urgent", assignee=LATER_WEI)
    assert ["Wei"] == told(decided(facts))


AUTOMATIC = {"sender": Address(ANNA.address, "Anna"), "automatic": "an out-of-office answer"}


def out_of_office(**changes: Any) -> Facts:
    values = {"token": agent_token(), "token_agent": ANNA, "agent": ANNA}
    return some_facts(**{**values, "by_token": TicketMatch(a_ticket(), (ANNA,), (ANNA, WEI)), **changes})


def test_an_agents_out_of_office_answer_reaches_nobody_and_marks_him_away() -> None:
    effects = decided(out_of_office(), message=a_message(**AUTOMATIC))
    assert SetAway(ANNA.id, NOW + AWAY_FOR) in effects
    assert [] == [one for one in effects if isinstance(one, Mail)]
    assert ([], EntryKind.AUTOMATIC) == (
        given(effects),
        next(e.kind for e in effects if isinstance(e, AddEntry)),
    )
    finish = effects[-1]
    assert isinstance(finish, Finish)
    assert (Outcome.AUTOMATIC, "agent_away", 12) == (finish.outcome, finish.rule, finish.ticket)


@pytest.mark.parametrize(
    ("how", "ticket", "who", "alerted"),
    [
        (Assignment.IN_TURN, {}, [WEI], ["Wei"]),
        (Assignment.NOBODY, {}, [None], ["Wei"]),
        (Assignment.IN_TURN, {"assignee": WEI}, [], []),
        (Assignment.IN_TURN, {"status": Status.CLOSED}, [], []),
    ],
    ids=["to the next", "to nobody", "of somebody else", "closed"],
)
def test_where_the_team_wants_it_his_ticket_is_passed_on(
    how: Assignment, ticket: dict[str, Any], who: list[Any], alerted: list[str]
) -> None:
    facts = out_of_office(by_token=TicketMatch(a_ticket(**ticket), (ANNA,), (ANNA, WEI)))
    effects = decided(facts, handing(how, reassign_away=True), a_message(**AUTOMATIC))
    assert who == given(effects)
    assert alerted == told(effects, MailKind.ALERT)
    mails = [mail for mail in effects if isinstance(mail, Mail) and mail.kind is MailKind.ALERT]
    # Whose it is now gets the files; nobody does of a ticket that is nobody's.
    assert all(mail.with_files == (who == [WEI]) for mail in mails)
    assert all(("handed_over", ANNA.name) == (mail.event, mail.by) for mail in mails)


@pytest.mark.parametrize(
    "changes",
    [
        {"token": customer_token(), "token_agent": None},
        {"token": agent_token(WEI), "token_agent": WEI},
        {"agent": None},
    ],
    ids=["the customer's token", "another agent's token", "no agent"],
)
def test_a_stranger_can_send_no_agent_away(changes: dict[str, Any]) -> None:
    message = a_message(**AUTOMATIC) if "agent" not in changes else a_message(sender=STRANGER, automatic="x")
    effects = decided(out_of_office(**changes), handing(Assignment.IN_TURN, reassign_away=True), message)
    assert [] == [one for one in effects if isinstance(one, SetAway | Assign | Mail)]


def returned_to(person: int) -> Token:
    return Token(Purpose.BOUNCE, 12, person, NOW + timedelta(days=9))


def test_our_own_servers_word_is_enough_for_what_comes_back_to_a_mail_to_that_agent() -> None:
    facts = out_of_office(token=returned_to(ANNA.id), token_agent=None, verified=True)
    assert SetAway(ANNA.id, NOW + AWAY_FOR) in decided(facts, message=a_message(**AUTOMATIC))


@pytest.mark.parametrize(
    "changes",
    [
        {"token": None, "by_token": None, "by_sent_id": TicketMatch(a_ticket(), (ANNA,), (ANNA, WEI))},
        {"token": None, "by_token": None, "by_stored_id": TicketMatch(a_ticket(), (ANNA,), (ANNA, WEI))},
        {"token": None, "by_token": None, "by_number": TicketMatch(a_ticket(), (ANNA,), (ANNA, WEI))},
        {"token": customer_token()},
        {"token": returned_to(0)},
        {"token": returned_to(WEI.id)},
    ],
    ids=[
        "an id",
        "the customer's id",
        "a number",
        "the customer's token",
        "a customer's bounce",
        "Wei's bounce",
    ],
)
def test_our_own_servers_word_is_not_enough_for_what_customers_know(changes: dict[str, Any]) -> None:
    """With any mail that Anna's server signed somebody else makes dmarc pass, and puts these on top."""
    facts = out_of_office(**{"token_agent": None, "verified": True, **changes})
    effects = decided(facts, message=a_message(**AUTOMATIC))
    assert [] == [one for one in effects if isinstance(one, SetAway | Assign | Mail)]


# -- two agents at once -------------------------------------------------------------------

SECOND = Collision(WEI, NOW - timedelta(minutes=2), "It is fixed. " * 100)


def answering(text: str, **changes: Any) -> list[Effect]:
    values = {"token": agent_token(), "token_agent": ANNA, "agent": ANNA, "overtaken": SECOND}
    facts = some_facts(**{**values, "by_token": TicketMatch(a_ticket(), (ANNA,), (ANNA, WEI)), **changes})
    message = a_message(sender=Address(ANNA.address, "Anna"), new_text=text, text=text)
    return decided(facts, message=message)


def test_the_second_of_two_answers_waits_and_its_agent_is_told_of_the_first() -> None:
    effects = answering("Please restart it.")
    assert [EntryKind.DRAFT] == [one.kind for one in effects if isinstance(one, AddEntry)]
    (alert,) = [one for one in effects if isinstance(one, Mail)]
    assert (MailKind.ALERT, "confirm", "Anna") == (alert.kind, alert.event, alert.to.name)
    assert Telling.PROMPT is alert.telling
    (news,) = [one for one in effects if isinstance(one, ColleagueNews)]
    assert (Happened.SECOND, "Anna", (WEI.id,)) == (news.happened, news.by, news.concerned)
    (mark,) = [one for one in effects if isinstance(one, MarkColleagues)]
    assert (ANNA.id,) == tuple(known.agent for known in mark.marks)
    assert "Wei has already replied, at 2026-11-22 11:58 UTC: “It is fixed." in alert.text
    assert len(alert.text) < 1000


@pytest.mark.parametrize("text", ["#note\nSeen.", "#close", "#mine"])
def test_what_tells_the_customer_nothing_does_not_wait(text: str) -> None:
    kinds = [one.kind for one in answering(text) if isinstance(one, AddEntry)]
    assert EntryKind.DRAFT not in kinds


def test_the_first_answer_and_a_confirmed_one_go_out() -> None:
    assert [] != [one for one in answering("Done.", overtaken=None) if isinstance(one, Mail)]
    draft = Draft(entry=9, agent=ANNA, author=ANNA.address, waiting=True)
    kinds = [one.kind for one in answering("Done.", draft=draft, overtaken=None) if isinstance(one, Mail)]
    assert MailKind.RELAY in kinds


def test_a_copy_that_was_asked_for_comes_whatever_else_he_wishes() -> None:
    quiet = replace(ANNA, notify="digest", away_until=NOW + timedelta(hours=1))
    effects = answering("#copy\nDone.", overtaken=None, token_agent=quiet, agent=quiet)
    assert ["copy"] == [one.event for one in effects if isinstance(one, Mail) and one.kind is MailKind.NOTICE]
