"""What agents write on the first lines of a reply, and what it does."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from factories import (
    ANNA,
    NOW,
    WEI,
    a_message,
    a_policy,
    a_ticket,
    agent_token,
    an_envelope,
    found,
    some_facts,
)

from intake.desk.commands import execute as commands
from intake.desk.commands.grammar import Command, CommandContext, ParsedCommand
from intake.desk.commands.ticket import agent_called
from intake.desk.effects import AddEntry, Assign, Effect, Mail, MailKind, SetStatus
from intake.desk.lookup import LookupResult
from intake.desk.rules.table import decide
from intake.desk.ticket import Agent, EntryKind, Status

TEAM = (ANNA, WEI, Agent(3, "Wei Zhang", "zhang@staff.example"))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Hello", ParsedCommand(text="Hello")),
        ("#close\n\nDone.", ParsedCommand((Command("close"),), "Done.")),
        ("#CLOSE", ParsedCommand((Command("close"),))),
        ("#note\nprivate", ParsedCommand((), "private", note=True)),
        ("#assign Wei \n#close\nBye", ParsedCommand((Command("assign", "Wei"), Command("close")), "Bye")),
        ("Text first\n#close", ParsedCommand(text="Text first\n#close", stray="#close")),
        ("# a heading\ntext", ParsedCommand(text="# a heading\ntext")),
        ("#1 is the number", ParsedCommand(text="#1 is the number")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_commands_are_read_from_the_top(text: str, asked: ParsedCommand) -> None:
    assert asked == commands.read(text)


@pytest.mark.parametrize("text", ["#clsoe\nBye", "#assign\nBye", "#close now", "#note for us", "#interna"])
def test_what_is_not_understood_stops_the_mail(text: str) -> None:
    assert commands.read(text).problem.endswith("\n\n#help lists all commands.")


def test_a_misspelling_is_told_what_was_meant() -> None:
    assert "#clsoe is not a command. Did you mean #close?" in commands.read("#clsoe\nBye").problem


@pytest.mark.parametrize(
    ("name", "agent"),
    [
        ("Anna", ANNA),
        ("ANNA", ANNA),
        ("anna@staff.example", ANNA),
        ("zhang", TEAM[2]),
        ("Wei Zhang", TEAM[2]),
        ("Wei", WEI),
        ("Otto", None),
        ("", None),
    ],
)
def test_an_agent_is_known_by_name_or_address(name: str, agent: Agent | None) -> None:
    assert agent == agent_called(name, TEAM)


def test_a_first_name_two_have_names_nobody() -> None:
    two = (Agent(3, "Wei Zhang", "zhang@staff.example"), Agent(4, "Wei Chen", "chen@staff.example"))

    assert agent_called("Wei", two) is None


def done(text: str, status: Status = Status.OPEN, team: Sequence[Agent] = TEAM) -> list[Effect]:
    scene = CommandContext(
        a_ticket(status=status), ANNA, "Anna", "msg:1", NOW, a_policy(), team, LookupResult(tuple(team))
    )
    obeyed = commands.obey(scene, commands.read(text), "reply token")
    if obeyed.problem:
        raise ValueError(obeyed.problem)
    return list(obeyed.effects)


@pytest.mark.parametrize(
    ("text", "status", "becomes"),
    [
        ("#close", Status.OPEN, Status.CLOSED),
        ("#close", Status.CLOSED, Status.CLOSED),
        ("#reopen", Status.CLOSED, Status.OPEN),
        ("#reopen", Status.PENDING, Status.OPEN),
    ],
)
def test_close_and_reopen(text: str, status: Status, becomes: Status) -> None:
    effects = done(text, status)

    assert SetStatus(12, becomes) == effects[0]
    told = [effect.event for effect in effects if isinstance(effect, Mail)]
    changed = (status is Status.CLOSED) != (becomes is Status.CLOSED)
    assert ([{"#close": "closed", "#reopen": "reopened"}[text]] if changed else []) == told


@pytest.mark.parametrize(("text", "whom"), [("#mine", ANNA), ("#assign Wei", WEI), ("#assign anna", ANNA)])
def test_assigning(text: str, whom: Agent) -> None:
    effects = done(text)

    assert Assign(12, whom) == effects[0]
    event = "taken by Anna" if whom is ANNA else "assigned to Wei by Anna"
    assert event == next(e.text for e in effects if isinstance(e, AddEntry))


@pytest.mark.parametrize(
    ("text", "told"), [("#mine", []), ("#assign anna", []), ("#assign Wei", [WEI.address])]
)
def test_who_is_given_a_ticket_by_somebody_else_is_told(text: str, told: list[str]) -> None:
    mails = [e for e in done(text) if isinstance(e, Mail) and e.kind is MailKind.ALERT]

    assert told == [mail.to.mailbox for mail in mails]
    assert all((mail.event, mail.by, mail.with_files) == ("assigned", "Anna", True) for mail in mails)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("#assign Wei\n#note\nThey pay by card.", [("assigned", "They pay by card.", False)]),
        ("#note\n#assign Wei\nThey pay by card.", [("assigned", "They pay by card.", False)]),
        # What Wei replies to a question is a note, so that it is the question that says both.
        ("#assign Wei\n#note @wei\nDo they pay by card?", [("note", "", True)]),
        ("#assign Wei\nA colleague will look.", [("assigned", "", False)]),
    ],
)
def test_a_ticket_and_a_note_about_it_are_one_mail(text: str, told: list[tuple[str, str, bool]]) -> None:
    message = a_message(sender=_address(ANNA), new_text=text, text=text)
    facts = some_facts(now=NOW, agent=ANNA, token=agent_token(), token_agent=ANNA, by_token=found())
    facts = replace(facts, agents=TEAM, looked=LookupResult(TEAM))
    effects = decide(message, an_envelope(), facts, a_policy())
    mails = [effect for effect in effects if isinstance(effect, Mail) and effect.to.mailbox == WEI.address]
    assert told == [(mail.event, mail.quoted, mail.asked) for mail in mails]
    (given,) = mails
    assert given.with_files
    notes = [effect for effect in effects if isinstance(effect, AddEntry) and effect.kind is EntryKind.NOTE]
    # The page that its mail brings is that of after the note.
    assert all(effects.index(note) < effects.index(given) for note in notes if told[0][1])


def test_who_is_given_a_ticket_is_told_whatever_else_agents_were_told() -> None:
    message = a_message(sender=_address(ANNA), new_text="#assign Wei", text="#assign Wei")
    facts = some_facts(now=NOW, agent=ANNA, token=agent_token(), token_agent=ANNA, by_token=found())
    busy = replace(facts, alerts_desk_hour=10_000, alerts_ticket_hour=1_000, automatic_desk_hour=10_000)
    for known in (facts, busy):
        effects = decide(message, an_envelope(), known, a_policy())
        told = [mail.to.mailbox for mail in effects if isinstance(mail, Mail) and mail.event == "assigned"]
        assert WEI.address in told


def test_a_name_nobody_has_cannot_be_done() -> None:
    with pytest.raises(ValueError, match="assign"):
        done("#assign Otto")


def replied(text: str) -> list[Effect]:
    facts = some_facts(now=NOW, agent=ANNA, token=agent_token(), token_agent=ANNA, by_token=found())
    message = a_message(sender=_address(ANNA), new_text=text, text=text)
    return decide(message, an_envelope(), facts, a_policy())


def _address(agent: Agent) -> object:
    from intake.desk.message import Address

    return Address(agent.address, agent.name)


def test_a_reply_that_assigns_to_nobody_known_is_kept_as_a_draft_and_not_sent() -> None:
    effects = replied("#assign Otto\nHere is your answer")

    assert [EntryKind.DRAFT] == [effect.kind for effect in effects if isinstance(effect, AddEntry)]
    (alert,) = [effect for effect in effects if isinstance(effect, Mail)]
    assert "no agent or team is called “Otto”" in alert.text
    assert "Anna, Wei" in alert.text
    assert ("", "#assign Otto\nHere is your answer") == (alert.event, alert.quoted)


def test_a_reply_can_answer_and_close_at_once() -> None:
    effects = replied("#close\nHere is your answer")

    assert [Status.PENDING, Status.CLOSED] == [e.status for e in effects if isinstance(e, SetStatus)]
