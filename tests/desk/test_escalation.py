"""What is done as time runs out: each step once, in order; who is told, and who is not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from factories import ANNA, LIN, NOW, WEI, a_policy, a_ticket, some_facts

from intake.desk import sla_ladder
from intake.desk.effects import AddEntry, Amend, Assign, Effect, Mail, MailKind
from intake.desk.message import Address
from intake.desk.people import TeamPolicy
from intake.desk.sla_clocks import pause, resume, start
from intake.desk.sla_effects import Escalate, Page, SetPromises
from intake.desk.sla_ladder import DuePromise, due_steps, fire
from intake.desk.sla_policies import Action, EscalationRule, Length, ServiceLevel
from intake.desk.sla_target import SlaTarget, Target
from intake.desk.telling_effects import Telling
from intake.desk.ticket import EntryKind, Status

HOUR = timedelta(hours=1)
LADDER = (
    EscalationRule(50, Action.REMIND),
    EscalationRule(75, Action.LEAD),
    EscalationRule(90, Action.LATE),
    EscalationRule(100, Action.PRIORITY, "high"),
    EscalationRule(100, Action.TEAM, "second"),
    EscalationRule(150, Action.PAGE),
)
ZOE = replace(WEI, id=3, name="Zoe", address="zoe@staff.example", teams=("second",))


def level(*ladder: EscalationRule) -> ServiceLevel:
    steps = ladder or LADDER
    targets = {one: Length(rest=10 * HOUR) for one in Target}
    return ServiceLevel("all", targets, None, ladder=steps, resolution_ladder=steps)


def promise(target: Target = Target.FIRST_RESPONSE, **changes: Any) -> SlaTarget:
    made = start(target, level(), NOW)
    assert made
    return replace(made, id=7, **changes)


def due(changes: dict[str, Any] | None = None, **more: Any) -> DuePromise:
    mine = more.pop("promise", promise())
    ticket = a_ticket(**{"status": Status.NEW, "promises": (mine,), **(changes or {})})
    values = {
        "facts": some_facts(),
        "acknowledged": True,
        "agents": {"support": (ANNA, WEI), "second": (ZOE,)},
    }
    return DuePromise(ticket, mine, **{**values, **more})


def policy(*ladder: EscalationRule, **changes: Any) -> Any:
    values = {
        "levels": (level(*ladder),),
        "teams": {"support": TeamPolicy("support", "lead@staff.example")},
        "on_call": "oncall@staff.example",
    }
    return a_policy(**{**values, **changes})


def steps(effects: list[Effect]) -> list[str]:
    return [one.step for one in effects if isinstance(one, Escalate)]


def mails(effects: list[Effect]) -> list[tuple[MailKind, str]]:
    return [(one.kind, one.to.mailbox) for one in effects if isinstance(one, Mail)]


def kept(effects: list[Effect]) -> SlaTarget:
    last = effects[-1]
    assert isinstance(last, SetPromises)
    (only,) = last.promises
    return only


# -- when --------------------------------------------------------------------------------

MOMENTS: dict[str, tuple[float, list[str], float | None]] = {
    "before the first": (4.99, [], 5),
    "at the first": (5, ["50% remind"], 7.5),
    "between two": (7.4, ["50% remind"], 7.5),
    "a leap over three": (9.5, ["50% remind", "75% lead", "90% late"], 10),
    "two of one percentage, in their order": (
        10, ["50% remind", "75% lead", "90% late", "100% priority high", "100% team second"], 15),
    "all at once": (99, [str(one) for one in LADDER], None),
}  # fmt: skip


@pytest.mark.parametrize(("hours", "expected", "following"), MOMENTS.values(), ids=MOMENTS)
def test_the_steps_that_are_due(hours: float, expected: list[str], following: float | None) -> None:
    effects = fire(due(), policy(), NOW + hours * HOUR)
    assert expected == steps(effects)
    assert (NOW + following * HOUR if following else None) == kept(effects).next_at


def test_each_step_is_done_once_and_a_clock_set_back_repeats_nothing() -> None:
    mine, done = promise(), []
    for hours in (6.0, 8.0, 5.0, 8.0, 20.0, 3.0, 30.0):
        effects = fire(due(promise=mine), policy(), NOW + hours * HOUR)
        done += steps(effects)
        mine = kept(effects)
    assert [str(one) for one in LADDER] == done


def test_each_says_when_it_was_due_not_when_it_was_done() -> None:
    effects = fire(due(), policy(), NOW + 8 * HOUR)
    assert [NOW + 5 * HOUR, NOW + 7.5 * HOUR] == [one.due_at for one in effects if isinstance(one, Escalate)]


def test_while_the_clock_stands_nothing_is_due() -> None:
    stopped = pause(promise(), level(), NOW + 6 * HOUR)
    assert [] == due_steps(stopped, level(), NOW + 99 * HOUR)
    again = resume(replace(stopped, reached=50), level(), NOW + 100 * HOUR)
    # Four of ten hours were left: one and a half to the next step.
    assert (NOW + 104 * HOUR, NOW + 101.5 * HOUR) == (again.due, again.next_at)


def test_a_policy_that_left_the_config_does_nothing_more() -> None:
    effects = fire(due(), policy(levels=()), NOW + 99 * HOUR)
    assert ([], None) == (steps(effects), kept(effects).next_at)


def test_the_other_promises_of_the_ticket_stay_as_they_are() -> None:
    other = replace(promise(Target.RESOLUTION), id=8)
    effects = fire(due({"promises": (promise(), other)}), policy(), NOW + 5 * HOUR)
    last = effects[-1]
    assert isinstance(last, SetPromises)
    assert {Target.FIRST_RESPONSE, Target.RESOLUTION} == set(last.due)


# -- what --------------------------------------------------------------------------------

AGENTS = [(MailKind.ALERT, ANNA.address), (MailKind.ALERT, WEI.address)]
TOLD: dict[str, tuple[EscalationRule, dict[str, Any], dict[str, Any], list[tuple[MailKind, str]]]] = {
    "the assignee is reminded": (EscalationRule(50, Action.REMIND), {}, {}, AGENTS[:1]),
    "else the team": (EscalationRule(50, Action.REMIND), {"assignee": None}, {}, AGENTS),
    "else the team, when he may not act": (
        EscalationRule(50, Action.REMIND), {"assignee": replace(ANNA, enabled=False)}, {}, AGENTS),
    "the lead is told": (EscalationRule(50, Action.LEAD), {}, {}, [(MailKind.ALERT, "lead@staff.example")]),
    "else the team as well": (EscalationRule(50, Action.LEAD), {}, {"teams": {}}, AGENTS),
    "it is taken from its agent, and the team told": (EscalationRule(50, Action.REASSIGN), {}, {}, AGENTS),
    "another team gets it": (
        EscalationRule(50, Action.TEAM, "second"), {}, {}, [(MailKind.ALERT, ZOE.address)]),
    "the priority is nobody's mail": (EscalationRule(50, Action.PRIORITY, "urgent"), {}, {}, []),
    "who is on call is paged": (
        EscalationRule(50, Action.PAGE), {}, {}, [(MailKind.ALERT, "oncall@staff.example")]),
    "by the webhook alone": (EscalationRule(50, Action.PAGE), {}, {"on_call": "", "webhook": True}, []),
    "else the admin": (
        EscalationRule(50, Action.PAGE), {}, {"on_call": "", "admin": "root@desk.example"},
        [(MailKind.ALERT, "root@desk.example")]),
    "else the team at least": (EscalationRule(50, Action.PAGE), {}, {"on_call": ""}, AGENTS),
    "the requester hears that it is late": (
        EscalationRule(50, Action.LATE), {}, {}, [(MailKind.STATUS, LIN.mailbox)]),
}  # fmt: skip


@pytest.mark.parametrize(("step", "ticket", "changes", "expected"), TOLD.values(), ids=TOLD)
def test_who_is_told(
    step: EscalationRule,
    ticket: dict[str, Any],
    changes: dict[str, Any],
    expected: list[tuple[MailKind, str]],
) -> None:
    assert expected == mails(fire(due(ticket), policy(step, **changes), NOW + 5 * HOUR))


def test_every_step_stands_in_the_history() -> None:
    effects = fire(due(), policy(), NOW + 99 * HOUR)
    events = [one.text for one in effects if isinstance(one, AddEntry) and one.kind is EntryKind.EVENT]
    assert len(LADDER) == len(events)
    assert (
        "50% of the time for the first response has passed, due 2026-11-22 22:00 UTC. Notified: Anna."
        == events[0]
    )


def test_an_alert_says_what_has_not_happened_and_what_was_done() -> None:
    steps_ = (
        EscalationRule(50, Action.REASSIGN),
        EscalationRule(60, Action.TEAM, "second"),
        EscalationRule(70, Action.REMIND),
    )
    effects = fire(due({"assignee": ANNA}), policy(*steps_), NOW + 9 * HOUR)
    told = [one for one in effects if isinstance(one, Mail)]
    assert {"Nobody has replied yet."} == {one.text[:23] for one in told}
    first = {one.to.mailbox: one.text for one in told if "50% of the time" in one.text}
    assert "It was unassigned from you." in first[ANNA.address]
    assert "It was unassigned from Anna." in first[WEI.address]
    (second, *_) = [one.text for one in told if one.to.mailbox == ZOE.address]
    assert "It was unassigned from Anna. It was assigned to team second." in second


def test_what_nobody_had_is_not_said_to_be_taken_from_its_agent() -> None:
    effects = fire(due({"assignee": None}), policy(EscalationRule(50, Action.REASSIGN)), NOW + 5 * HOUR)
    (event,) = [one.text for one in effects if isinstance(one, AddEntry) and one.kind is EntryKind.EVENT]
    assert "It was unassigned. Notified: " in event


def test_of_a_solution_that_is_late_it_says_that_it_is_not_solved() -> None:
    given = due(promise=promise(Target.RESOLUTION))
    effects = fire(given, policy(), NOW + 6 * HOUR)
    assert {"It is not solved yet."} == {one.text[:21] for one in effects if isinstance(one, Mail)}


def test_the_ticket_changes_hands_and_priority() -> None:
    effects = fire(due(), policy(), NOW + 10 * HOUR)
    assert Assign(12, None, "second") in effects
    assert Amend(12, {"priority": "high"}) in effects


def test_a_priority_is_only_ever_raised() -> None:
    effects = fire(
        due({"priority": "urgent"}), policy(EscalationRule(50, Action.PRIORITY, "high")), NOW + 5 * HOUR
    )
    assert [] == [one for one in effects if isinstance(one, Amend)]


def test_the_webhook_learns_no_words_of_anybody() -> None:
    effects = fire(
        due({"subject": "SECRET"}), policy(EscalationRule(50, Action.PAGE), webhook=True), NOW + 5 * HOUR
    )
    (page,) = [one for one in effects if isinstance(one, Page)]
    assert "escalation:7:50% page" == page.key
    assert "SECRET" not in repr(page)
    assert LIN.mailbox not in repr(page)


def test_only_what_asks_for_a_person_stays_open() -> None:
    effects = fire(due(), policy(), NOW + 99 * HOUR)
    done = [one.step for one in effects if isinstance(one, Escalate) and one.state == "done"]
    assert ["90% late", "100% priority high"] == done


# -- "we are late" -----------------------------------------------------------------------

LATE = EscalationRule(90, Action.LATE)


def late_mail(when: float, given: DuePromise, **changes: Any) -> Mail | None:
    effects = fire(given, policy(LATE, **changes), NOW + when * HOUR)
    assert ["90% late"] == steps(effects)
    return next((one for one in effects if isinstance(one, Mail)), None)


def test_the_new_time_is_told_before_the_promise_is_broken() -> None:
    mail = late_mail(9, due())
    assert mail
    assert ("delayed", NOW + 15 * HOUR) == (mail.event, mail.due)


def test_after_a_long_standstill_the_new_time_lies_ahead() -> None:
    mail = late_mail(30, due())
    assert mail
    assert NOW + 35 * HOUR == mail.due


def test_who_used_the_form_is_told_once_a_person_has_answered() -> None:
    assert late_mail(9, due({"channel": "form", "first_response_at": NOW}))


def test_what_was_told_is_kept_with_the_promise() -> None:
    effects = fire(due(), policy(LATE), NOW + 9 * HOUR)
    assert NOW + 15 * HOUR == kept(effects).told
    assert NOW + 10 * HOUR == kept(effects).due


SILENT: dict[str, DuePromise] = {
    "was not acknowledged": due(acknowledged=False),
    "has no address": due({"requester": Address("")}),
    "is ourselves": due({"requester": Address("support@desk.example")}),
    "typed an address into a form": due({"channel": "form", "first_response_at": None}),
    "typed an address into an app": due({"channel": "api", "first_response_at": None}),
    "cannot be reached": due(facts=some_facts(failed="no such user")),
    "had enough mail this hour": due(facts=some_facts(automatic_last_hour=3)),
    "had enough mail today": due(facts=some_facts(automatic_last_day=10)),
    "had enough in this ticket": due(facts=some_facts(automatic_ticket_minutes=5)),
    "writes from a busy domain": due(facts=some_facts(automatic_domain_hour=60)),
    "writes while the desk is at its ceiling": due(facts=some_facts(automatic_desk_hour=300)),
    "writes while automatic mail is stopped": due(facts=some_facts(braked_at=NOW)),
}


@pytest.mark.parametrize("given", SILENT.values(), ids=SILENT)
def test_no_late_mail_goes_to_who(given: DuePromise) -> None:
    effects = fire(given, policy(LATE), NOW + 9 * HOUR)
    assert ["90% late"] == steps(effects)
    assert [] == mails(effects)
    assert kept(effects).told is None
    (written,) = [one for one in effects if isinstance(one, Escalate)]
    assert written.reason.startswith("The requester was not notified: ")


ENOUGH = some_facts(alerts_desk_hour=60)


def tellings(effects: list[Effect]) -> list[tuple[str, Telling]]:
    alerts = (one for one in effects if isinstance(one, Mail) and one.kind is MailKind.ALERT)
    return [(one.to.mailbox, one.telling) for one in alerts]


def test_beyond_the_limit_a_deadline_is_told_with_others_and_what_is_theirs_now_and_a_page_at_once() -> None:
    effects = fire(due(facts=ENOUGH), policy(), NOW + 99 * HOUR)
    assert [str(one) for one in LADDER] == steps(effects)
    assert [
        (ANNA.address, Telling.TOGETHER),
        # The lead is no agent, and gets no such mail: the team does.
        (ANNA.address, Telling.TOGETHER),
        (WEI.address, Telling.TOGETHER),
        (ZOE.address, Telling.AT_ONCE),
        ("oncall@staff.example", Telling.AT_ONCE),
    ] == tellings(effects)
    reasons = [one.reason for one in effects if isinstance(one, Escalate)]
    together = "Notified in one email with others, because the hourly alert limit was reached"
    assert f"{together}: Anna." == reasons[0]
    assert f"Not notified, because the hourly alert limit was reached: lead@staff.example. {together}: " \
        "Anna, Wei." == reasons[1]  # fmt: skip


def test_a_lead_who_is_an_agent_is_told_with_others_too() -> None:
    teams = {"support": TeamPolicy("support", ZOE.address)}
    only = EscalationRule(75, Action.LEAD)
    effects = fire(due(facts=ENOUGH), policy(only, teams=teams), NOW + 8 * HOUR)
    assert [(ZOE.address, Telling.TOGETHER)] == tellings(effects)


def test_where_nobody_is_there_to_be_told_the_escalation_says_so() -> None:
    nobody = due(facts=ENOUGH, agents={})
    effects = fire(nobody, policy(EscalationRule(75, Action.LEAD)), NOW + 8 * HOUR)
    assert [] == tellings(effects)
    (written,) = [one for one in effects if isinstance(one, Escalate)]
    assert "Not notified, because the hourly alert limit was reached: lead@staff.example." == written.reason
    assert "open" == written.state


def test_each_mail_of_a_rule_says_what_changed() -> None:
    effects = fire(due(), policy(), NOW + 99 * HOUR)
    told = [
        (one.to.mailbox, one.event) for one in effects if isinstance(one, Mail) and one.event != "delayed"
    ]
    assert [
        (ANNA.address, "due"),
        ("lead@staff.example", "escalated"),
        (ZOE.address, "escalated"),
        ("oncall@staff.example", "due"),
    ] == told


def test_what_customers_were_sent_mutes_no_step() -> None:
    busy = some_facts(automatic_ticket_minutes=5, automatic_ticket_day=25, automatic_desk_hour=300)
    effects = fire(due(facts=busy), policy(), NOW + 6 * HOUR)
    assert [] != [one for one in mails(effects) if one[0] is MailKind.ALERT]


def test_the_last_alert_before_the_ceiling_says_where_more_is() -> None:
    for before, last in ((56, False), (59, True)):
        effects = fire(due(facts=some_facts(alerts_desk_hour=before)), policy(), NOW + 6 * HOUR)
        told = [one.text for one in effects if isinstance(one, Mail) and one.kind is MailKind.ALERT]
        assert told
        assert last == any("send #list for yours" in one for one in told)


def test_of_a_solution_the_requester_was_told_nothing() -> None:
    given = due(promise=promise(Target.RESOLUTION))
    assert [] == steps(fire(given, policy(LATE), NOW + 99 * HOUR))


# -- by hand -----------------------------------------------------------------------------


def by_hand(**changes: Any) -> list[Effect]:
    values = {"team": "second", "reason": "needs a developer", "by": "Anna", "agents": (ZOE,)}
    return sla_ladder.escalate(a_ticket(), **{**values, "lead": "", "key": "k", "now": NOW, **changes})


def test_an_escalation_by_hand_gives_the_ticket_to_the_team_and_tells_it_why() -> None:
    effects = by_hand(lead="lead@staff.example")
    assert Assign(12, None, "second") == effects[0]
    (written,) = [one for one in effects if isinstance(one, Escalate)]
    assert ("manual", "needs a developer", "second", "Anna", None) == (
        written.step, written.reason, written.to_team, written.by, written.promise)  # fmt: skip
    told = [one for one in effects if isinstance(one, Mail)]
    assert [ZOE.address, "lead@staff.example"] == [one.to.mailbox for one in told]
    assert {"Escalated to team second by Anna: needs a developer"} == {one.text for one in told}
    assert {("escalated", "Anna")} == {(one.event, one.by) for one in told}


def test_a_lead_who_is_an_agent_is_told_once_and_may_answer() -> None:
    told = [one for one in by_hand(lead="ZOE@staff.example") if isinstance(one, Mail)]
    assert [ZOE] == [one.agent for one in told]


def test_a_lead_who_is_an_agent_of_another_team_may_answer_as_one() -> None:
    told = [one for one in by_hand(lead=ANNA.address, everybody=(ANNA, ZOE)) if isinstance(one, Mail)]
    assert [ZOE, ANNA] == [one.agent for one in told]


def test_a_closed_ticket_is_not_escalated() -> None:
    closed = a_ticket(status=Status.CLOSED)
    with pytest.raises(ValueError, match="#12 is closed"):
        sla_ladder.escalate(closed, "second", "why", "Anna", (), "", "k", NOW)
