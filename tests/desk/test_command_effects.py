"""What commands do: effects only, in their order, all of them or none."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from factories import ANNA, LIN, NOW, STRANGER, WEI, a_policy, a_ticket

from intake.desk.commands import execute as commands
from intake.desk.commands.grammar import CommandContext
from intake.desk.effects import (
    AddEntry,
    AddParticipant,
    Amend,
    Assign,
    Effect,
    Mail,
    MailKind,
    Record,
    Redact,
    RemoveParticipant,
    SetStatus,
)
from intake.desk.lookup import Line, LookupResult
from intake.desk.merge_effects import LinkTickets, SplitOff
from intake.desk.people import TeamPolicy
from intake.desk.ticket import Agent, EntryKind, Status, Ticket, Withheld

LEAD = Agent(7, "Lena", "lena@staff.example", ("billing",))
TEAMS = {"support": TeamPolicy("support"), "billing": TeamPolicy("billing", "lena@staff.example")}
OTHER = a_ticket(id=123, subject="Coins again", status=Status.PENDING)
LAST = Line(40, EntryKind.CUSTOMER, LIN.mailbox, "Lin", "And another thing", NOW - timedelta(hours=1))


def scene(ticket: Ticket | None = None, **changes: Any) -> CommandContext:
    looked = changes.pop("looked", LookupResult((ANNA, WEI, LEAD)))
    policy = a_policy(teams=TEAMS, **changes.pop("policy", {}))
    made = CommandContext(ticket or a_ticket(), ANNA, "Anna", "msg:1", NOW, policy, (ANNA, WEI), looked)
    return replace(made, **changes)


def others(
    *tickets: Ticket, ends: Mapping[int, Ticket] | None = None, last: Line | None = None
) -> LookupResult:
    found = {one.id: one for one in tickets}
    return LookupResult((ANNA, WEI, LEAD), found, ends or found, last=last)


def done(text: str, at: CommandContext | None = None) -> list[Effect]:
    obeyed = commands.obey(at or scene(), commands.read(text), "reply token")
    assert "" == obeyed.problem
    return list(obeyed.effects)


def refused(text: str, at: CommandContext | None = None) -> str:
    obeyed = commands.obey(at or scene(), commands.read(text), "reply token")
    assert () == obeyed.effects
    return obeyed.problem


def amended(effects: list[Effect]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for effect in effects:
        if isinstance(effect, Amend):
            changes |= effect.changes
    return changes


def events(effects: list[Effect]) -> list[str]:
    return [one.text for one in effects if isinstance(one, AddEntry) and one.kind is EntryKind.EVENT]


def told(effects: list[Effect]) -> list[str]:
    return [one.to.mailbox for one in effects if isinstance(one, Mail)]


AMENDED = {
    "priority": ("#priority high", {"priority": "high"}, "priority high, by Anna"),
    "tags": ("#tag b -old", {"tags": ("a", "b")}, "tags: a, b, by Anna"),
    "tags twice": ("#tag b\n#tag c", {"tags": ("a", "old", "b", "c")}, "tags: a, old, b, c, by Anna"),
    "subject": ("#subject  New   one", {"subject": "New one"}, "subject 'New one', by Anna"),
    "language": ("#language zh", {"language": "zh-Hans"}, "language changed from en to zh-Hans by Anna"),
    "survey": ("#survey off", {"survey_off": True}, "survey off, by Anna"),
    "survey after all": ("#survey on", {"survey_off": False}, "survey on, by Anna"),
    "snooze": (
        "#snooze monday 9:00",
        {"snoozed_until": datetime(2026, 11, 23, 9, 0, tzinfo=UTC)},
        "snoozed until Monday, 2026-11-23 09:00 UTC, by Anna",
    ),
}


@pytest.mark.parametrize(("text", "changes", "event"), AMENDED.values(), ids=AMENDED.keys())
def test_what_changes_a_property_tells_so_in_the_history(
    text: str, changes: dict[str, Any], event: str
) -> None:
    effects = done(text, scene(a_ticket(tags=("a", "old"))))

    assert changes == amended(effects)
    assert event == events(effects)[-1]
    assert [] == told(effects)


def test_each_command_leaves_a_record_of_who_and_by_what_authority() -> None:
    records = [one for one in done("#tag vip\n#close") if isinstance(one, Record)]

    assert [
        Record("Anna", "reply token", "#tag vip", 12),
        Record("Anna", "reply token", "#close", 12),
    ] == records


def test_what_is_to_be_redacted_is_not_written_into_the_audit() -> None:
    effects = done("#redact hunter2")

    assert Redact(12, "Anna", ("hunter2",)) == effects[0]
    assert "hunter2" not in repr(effects)


@pytest.mark.parametrize(
    ("text", "event"), [("#mine", "assigned"), ("#assign wei", "assigned"), ("#close", "closed")]
)
def test_who_is_answered_is_not_told_besides_by_machine(text: str, event: str) -> None:
    answer = Mail(MailKind.RELAY, 1, LIN, "relay:1")
    obeyed = commands.obey(scene(), commands.read(text), "reply token", lambda ticket: [answer])
    alone = [one for one in done(text) if isinstance(one, Mail) and one.kind is MailKind.STATUS]
    with_it = [one for one in obeyed.effects if isinstance(one, Mail) and one.to == LIN]
    assert ([event], [answer]) == ([one.event for one in alone], with_it)


def test_spam_is_closed_without_a_word() -> None:
    effects = done("#spam")

    assert {"spam": True, "withheld": Withheld.NOTHING, "snoozed_until": None} == amended(effects)
    assert SetStatus(12, Status.CLOSED) in effects
    assert [] == told(effects)


def test_an_answer_to_spam_is_refused() -> None:
    assert "tells its sender that the address is in use" in refused("#spam", scene(public=True))


def test_a_ticket_goes_to_a_team_whose_members_are_told() -> None:
    effects = done("#assign Billing")

    assert Assign(12, None, "billing") == effects[0]
    assert [LEAD.address] == told(effects)


def test_an_agent_of_another_team_is_known_too() -> None:
    assert Assign(12, LEAD) == done("#assign Lena")[0]


@pytest.mark.parametrize(
    ("team", "expected"),
    [("support", [ANNA.address, WEI.address]), ("billing", [LEAD.address])],
    ids=["no lead: the team", "the lead"],
)
def test_escalating_makes_it_urgent_and_tells_who_can_help(team: str, expected: list[str]) -> None:
    effects = done("#escalate he has a lawyer", scene(a_ticket(team=team)))

    assert {"priority": "urgent", "snoozed_until": None} == amended(effects)
    assert expected == told(effects)
    assert ["escalated by Anna: he has a lawyer"] == events(effects)
    assert {("escalated", "Anna")} == {(one.event, one.by) for one in effects if isinstance(one, Mail)}


# -- people ------------------------------------------------------------------------------


def test_somebody_is_let_in_and_out() -> None:
    assert AddParticipant(12, STRANGER_ADDRESS) == done("#cc add eve@elsewhere.example")[0]
    inside = scene(a_ticket(participants=("Eve@elsewhere.example",)))
    effects = done("#cc remove eve@elsewhere.example", inside)
    assert isinstance(effects[0], RemoveParticipant)
    assert ["eve@elsewhere.example removed by Anna"] == events(effects)


STRANGER_ADDRESS = replace(STRANGER, name="")
NOT_LET_IN = {
    "the desk": "#cc add support@desk.example",
    "a reply address of the desk": "#cc add support+xyz@desk.example",
    "the requester": f"#cc add {LIN.mailbox}",
    "out of a ticket he is not in": "#cc remove eve@elsewhere.example",
}


@pytest.mark.parametrize("text", NOT_LET_IN.values(), ids=NOT_LET_IN.keys())
def test_who_is_not_let_in(text: str) -> None:
    assert refused(text).startswith("#cc was not carried out: ")


def test_a_ticket_is_no_mailing_list() -> None:
    many = tuple(f"p{number}@x.example" for number in range(20))
    assert "at most 20 participants" in refused(
        "#cc add one@more.example", scene(a_ticket(participants=many))
    )


def test_who_is_let_in_gets_the_answer_in_the_same_mail() -> None:
    seen: list[Ticket] = []

    def relay(ticket: Ticket) -> list[Effect]:
        seen.append(ticket)
        return [SetStatus(12, Status.PENDING)]

    asked = commands.read("#close\n#cc add eve@elsewhere.example\nHello Eve")
    obeyed = commands.obey(scene(), asked, "reply token", relay)
    assert ("eve@elsewhere.example",) == seen[0].participants
    assert [Status.PENDING, Status.CLOSED] == [e.status for e in obeyed.effects if isinstance(e, SetStatus)]


# -- merge, split, link ------------------------------------------------------------------


def test_a_merged_ticket_is_closed_quietly_and_both_histories_tell() -> None:
    effects = done("#merge 123", scene(looked=others(OTHER)))

    assert {"merged_into": 123, "snoozed_until": None} == amended(effects)
    assert SetStatus(12, Status.CLOSED) in effects
    assert [] == told(effects)
    assert [
        "merged into #123 by Anna",
        "#12 (My coins are late) was merged into this ticket by Anna",
    ] == events(effects)


@pytest.mark.parametrize(
    ("status", "other", "opens"),
    [
        (Status.OPEN, Status.PENDING, True),
        (Status.NEW, Status.CLOSED, True),
        (Status.OPEN, Status.NEW, False),
        (Status.PENDING, Status.PENDING, False),
        (Status.CLOSED, Status.CLOSED, False),
    ],
)
def test_who_waits_for_an_answer_goes_on_waiting(status: Status, other: Status, opens: bool) -> None:
    at = scene(a_ticket(status=status), looked=others(replace(OTHER, status=other)))

    assert opens == (SetStatus(123, Status.OPEN) in done("#merge 123", at))


def test_whose_tickets_were_merged_is_told_in_the_one_that_goes_on() -> None:
    wei, zoe = (
        Agent(number, name, f"{name.lower()}@staff.example") for number, name in ((8, "Wei"), (9, "Zoe"))
    )
    at = scene(a_ticket(assignee=wei), looked=others(replace(OTHER, assignee=zoe)))
    mails = [one for one in done("#merge 123", at) if isinstance(one, Mail)]
    assert [(123, zoe.address), (123, wei.address)] == [(mail.ticket, mail.to.mailbox) for mail in mails]
    assert {("merged", "Anna", "Anna merged ticket #12 into this one.")} == {
        (mail.event, mail.by, mail.text) for mail in mails
    }
    # Who does it, who was switched off and nobody are not.
    for agent in (ANNA, replace(wei, enabled=False), None):
        at = scene(a_ticket(), looked=others(replace(OTHER, assignee=agent)))
        assert [] == [one for one in done("#merge 123", at) if isinstance(one, Mail)]


def test_a_merge_into_a_merged_ticket_goes_to_the_end_of_the_chain() -> None:
    end = replace(OTHER, id=200)
    effects = done("#merge 123", scene(looked=others(OTHER, ends={123: end})))

    assert 200 == amended(effects)["merged_into"]


REFUSED_MERGES = {
    "itself": ("#merge 12", others(a_ticket()), a_ticket(), "is this ticket"),
    "a circle": (
        "#merge 123",
        others(replace(OTHER, merged_into=12), ends={123: a_ticket()}),
        a_ticket(),
        "#12 is this ticket (#123 was merged into it)",
    ),
    "no such ticket": ("#merge 9", others(), a_ticket(), "there is no ticket #9"),
    "merged before": ("#merge 123", others(OTHER), a_ticket(merged_into=5), "merged into #5 already"),
    "another requester": (
        "#merge 123",
        others(replace(OTHER, requester=STRANGER)),
        a_ticket(),
        "write #merge 123 anyway",
    ),
}


@pytest.mark.parametrize(
    ("text", "looked", "ticket", "why"), REFUSED_MERGES.values(), ids=REFUSED_MERGES.keys()
)
def test_a_merge_that_is_refused(text: str, looked: LookupResult, ticket: Ticket, why: str) -> None:
    assert why in refused(text, scene(ticket, looked=looked))


def test_tickets_of_two_requesters_are_merged_only_on_purpose_and_let_nobody_in() -> None:
    other = replace(OTHER, requester=STRANGER)
    ticket = a_ticket(participants=("boss@customer.example",))
    effects = done("#merge 123 anyway", scene(ticket, looked=others(other)))

    assert not [one for one in effects if isinstance(one, AddParticipant)]
    assert "Not added: lin@customer.example, boss@customer.example" in events(effects)[-1]


def test_a_split_takes_the_newest_mail_of_the_requester_along() -> None:
    effects = done("#split Another matter", scene(looked=others(last=LAST)))

    assert SplitOff(12, 40, LIN, "Another matter") == effects[0]
    assert [
        "split off from #12 by Anna",
        "the email of 2026-11-22 11:00 UTC was split off by Anna",
    ] == events(effects)
    (notice,) = [one for one in effects if isinstance(one, Mail)]
    assert (MailKind.NOTICE, None, ANNA.address) == (notice.kind, notice.ticket, notice.to.mailbox)
    assert ("split", "Anna", True) == (notice.event, notice.by, notice.with_files)


def test_what_a_stranger_wrote_is_split_off_in_his_name() -> None:
    last = replace(LAST, author=STRANGER.mailbox, author_name=STRANGER.name)

    assert STRANGER == done("#split", scene(looked=others(last=last)))[0].requester  # type: ignore[union-attr]


def test_there_must_be_a_mail_to_split_off() -> None:
    assert "no email of the requester" in refused("#split")


def test_a_link_is_told_in_both() -> None:
    effects = done("#link 123", scene(looked=others(OTHER)))

    assert LinkTickets(12, 123) == effects[0]
    assert ["linked with #123 by Anna", "linked with #12 by Anna"] == events(effects)


# -- all or none -------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["#tag a\n#assign Otto", "#close\n#merge 9", "#mine\n#snooze yesterday"])
def test_one_refused_command_stops_the_others_and_tells_the_grammar(text: str) -> None:
    problem = refused(text)

    assert "was not carried out: " in problem
    assert ". Write #" in problem
    assert problem.endswith("\n\n#help lists all commands.")


def test_a_reopened_merged_ticket_is_its_own_again() -> None:
    effects = done("#reopen", scene(a_ticket(merged_into=5, status=Status.CLOSED)))

    assert {"merged_into": None} == amended(effects)
    assert SetStatus(12, Status.OPEN) in effects


def test_an_admin_without_an_agent_cannot_take_a_ticket() -> None:
    assert "no agent given" in refused("#mine", scene(agent=None))
