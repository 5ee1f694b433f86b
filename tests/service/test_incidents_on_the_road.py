"""An incident by mail: what starts it, what its victim is told, and that they are never left in silence."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from desk_mail import LIMITS, LIN, MailDesk, subject_of, words_of

from intake.desk.effects import MailKind
from intake.desk.incident.kinds import STEPS, IncidentKind, StepState
from intake.desk.sla_target import Target
from intake.desk.text.language import LANGUAGES
from intake.desk.ticket import EntryKind, Status

# The first report is due in twelve hours.
REPORT = timedelta(hours=12)


@pytest.fixture
def desk(tmp_path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path, f"{LIMITS}\n[incident fraud]\nsteps = call, block")
    yield desk
    desk.close()


def later(desk: MailDesk, after: timedelta) -> None:
    desk.clock.later(seconds=after.total_seconds())
    desk.service.escalate()


def to_lin(desk: MailDesk) -> list[str]:
    return [words_of(mail) for mail in desk.out() if mail.rcpt == LIN]


def test_one_command_opens_the_whole_plan_and_a_second_is_refused(desk: MailDesk) -> None:
    desk.reply("#incident stolen")
    ticket, known = desk.store.tickets.get(1), desk.store.incidents.of_ticket(1)
    assert ticket is not None
    assert known is not None
    assert ("urgent", "security") == (ticket.priority, ticket.category)
    assert "security" in ticket.tags
    assert STEPS[IncidentKind.STOLEN] == tuple(step.name for step in known.steps)
    assert [REPORT] == [p.total for p in ticket.promises if p.target is Target.REPORT]
    assert "incident (stolen) started, by Anna" in desk.said(EntryKind.EVENT)
    (mail,) = [mail for mail in desk.out() if mail.rcpt == LIN]
    assert "protect what is left" in subject_of(mail)
    text = words_of(mail)
    for words in ("new wallet", "revoke the approvals", "Never pay anyone", "You will hear from us again by"):
        assert words in text, words
    # Not a word of what anybody wrote.
    assert "coins are late" not in text + subject_of(mail)
    desk.reply("#incident leak")
    (alert,) = desk.out(MailKind.ALERT)
    assert "an incident (stolen) goes on in this ticket already" in words_of(alert)
    assert 1 == len(desk.store.incidents.list_incidents(ended=True))


def test_the_steps_are_those_of_the_config_and_are_worked_off(desk: MailDesk) -> None:
    desk.reply("#incident fraud\n#step call done\n#step BLOCK no the bank did it")
    known = desk.store.incidents.of_ticket(1)
    assert known is not None, desk.said(EntryKind.DRAFT)
    assert [("call", StepState.DONE, ""), ("block", StepState.NO, "the bank did it")] == [
        (step.name, step.state, step.note) for step in known.steps
    ]


def test_steps_need_an_incident_that_goes_on(desk: MailDesk) -> None:
    refused = {
        "#step call done": "no incident goes on in this ticket",
        "#incident end": "no incident goes on in this ticket",
        "#report\nWe traced it.": "no incident goes on in this ticket",
    }
    for line, why in refused.items():
        desk.reply(line)
        told = [words_of(mail) for mail in desk.out(MailKind.ALERT)]
        assert any(why in text for text in told), (line, told)
    desk.reply("#incident stolen")
    desk.out()
    for line, why in {"#step fly done": "there is no step", "#report": "write the report below it"}.items():
        desk.reply(line)
        assert any(why in words_of(mail) for mail in desk.out(MailKind.ALERT)), line


def test_a_missed_report_is_caught_at_its_time_twice_in_a_row_and_then_a_person_is_paged(
    desk: MailDesk,
) -> None:
    desk.reply("#incident stolen")
    desk.out()
    told = []
    for _ in range(4):
        later(desk, REPORT)
        told.append(len([text for text in to_lin(desk) if "We are still working on your request #1" in text]))
        later(desk, timedelta(minutes=5))
        assert [] == [text for text in to_lin(desk) if "still working on your request" in text]
    assert [1, 1, 0, 0] == told
    steps = [
        row.step for row in desk.store.promises.list_escalations(states=()) if row.target is Target.REPORT
    ]
    assert "100% page after 2 missed" in steps
    # A person's word begins anew, and the broken promise is told as that.
    desk.reply("We traced it to an exchange.")
    (text,) = to_lin(desk)
    assert "You will hear from us again by" in text
    states = [row.state.value for row in desk.store.promises.of_ticket(1) if row.target is Target.REPORT]
    assert ["broken", "running"] == states
    left = [row for row in desk.store.promises.list_escalations() if row.target is Target.REPORT]
    assert [] == left


def test_a_report_in_time_keeps_the_promise_and_says_when_the_next_comes(desk: MailDesk) -> None:
    desk.reply("#incident stolen")
    desk.out()
    later(desk, timedelta(hours=2))
    desk.reply("#report\nWe traced it to an exchange.")
    (text,) = to_lin(desk)
    assert "We traced it to an exchange. You will hear from us again by" in text
    states = [row.state.value for row in desk.store.promises.of_ticket(1) if row.target is Target.REPORT]
    assert ["kept", "running"] == states
    # After three days once a day is enough.
    later(desk, timedelta(hours=71))
    desk.out()
    desk.reply("#report\nNothing new yet.")
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert [timedelta(hours=24)] == [p.total for p in ticket.promises if p.target is Target.REPORT]


def test_reports_end_with_the_incident_and_with_its_ticket(desk: MailDesk) -> None:
    for ending in ("#incident end", "#close"):
        desk.reply("#incident stolen" if ending == "#incident end" else "#incident leak")
        desk.reply(ending)
        ticket = desk.store.tickets.get(1)
        assert ticket is not None
        assert [] == [p for p in ticket.promises if p.target is Target.REPORT], ending
        desk.out()
        later(desk, timedelta(days=2))
        assert not any("still working on your request" in text for text in to_lin(desk)), ending
    assert ticket.status is Status.CLOSED


def test_a_plain_answer_says_nothing_of_reports_where_there_is_no_incident(desk: MailDesk) -> None:
    desk.reply("Here you are.")
    (text,) = to_lin(desk)
    assert "hear from us again" not in text


def test_the_first_mail_is_there_in_every_language(desk: MailDesk) -> None:
    seen = set()
    for number, language in enumerate(LANGUAGES, 2):
        desk.mail(f"m{number}@customer.example", desk.address, "Please help.", f"Coins {number}")
        desk.reply(f"#language {language}\n#incident stolen", ticket=number)
        (mail,) = [m for m in desk.out(MailKind.WARNING) if m.rcpt.startswith(f"m{number}@")]
        seen.add(words_of(mail))
        assert f"#{number}" in words_of(mail), language
    assert len(LANGUAGES) == len(seen)
