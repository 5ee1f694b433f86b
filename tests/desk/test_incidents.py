"""How incidents are asked for, and when reports on them are due: without a store."""

from dataclasses import replace
from datetime import timedelta

from factories import LIN, NOW, a_policy, a_ticket

from intake.desk import lifecycle
from intake.desk.commands.grammar import Refused
from intake.desk.commands.incidents import read_kind, read_step
from intake.desk.effects import AddEntry, Mail, MailKind, SetStatus
from intake.desk.incident import reports
from intake.desk.incident.changes import StartIncident
from intake.desk.incident.kinds import STEPS, IncidentKind
from intake.desk.sla_clocks import with_promises
from intake.desk.sla_effects import SetPromises
from intake.desk.sla_ladder import due_steps
from intake.desk.sla_target import PromiseState, Target
from intake.desk.ticket import EntryKind, Status

KINDS = {
    "stolen": "stolen",
    "Stolen.": "stolen",
    "theft": "stolen",
    "被盗": "stolen",
    "盗難": "stolen",
    "phishing": "phishing",
    "утечка": "leak",
    "betrug": "fraud",
    "结束": "end",
    "scam": "",
    "": "",
}
STEP_LINES = {
    "revoke": "revoke done",
    "revoke done": "revoke done",
    "revoke 完成": "revoke done",
    "police no they declined": "police no they declined",
    "police open": "police open",
    "police no": "",
    "police perhaps": "",
    "": "",
}


def _read(reader, text: str) -> str:
    try:
        return str(reader(text))
    except Refused:
        return ""


def test_kinds_and_steps_are_read_in_the_languages_of_agents() -> None:
    wrong = [text for text, kind in KINDS.items() if _read(read_kind, text) != kind]
    wrong += [text for text, step in STEP_LINES.items() if _read(read_step, text) != step]
    assert [] == wrong


def test_a_report_is_due_every_twelve_hours_for_three_days_and_then_once_a_day() -> None:
    spans = {0: 12, 12: 12, 71: 12, 72: 24, 500: 24}
    wrong = {
        hours: reports.every(NOW, NOW + timedelta(hours=hours))
        for hours, span in spans.items()
        if reports.every(NOW, NOW + timedelta(hours=hours)) != timedelta(hours=span)
    }
    assert {} == wrong


def test_two_mails_of_our_own_in_a_row_stand_for_reports_and_then_somebody_is_paged() -> None:
    promise, actions = reports.first(NOW), []
    for number in range(1, 5):
        now = NOW + number * reports.SOON
        level = reports.level_of((), promise)
        assert level is not None
        actions.append([rule.action.value for rule, _ in due_steps(promise, level, now)])
        promise = reports.after_miss(promise, now)
    assert [["remind", "lead", "report"]] * 2 + [["remind", "lead", "page"]] * 2 == actions
    assert reports.MOST_MISSED == reports.missed(promise)
    assert PromiseState.BROKEN is reports.ended(promise, NOW).state
    assert 0 == reports.missed(reports.after_word(promise, NOW))


def test_waiting_for_the_requester_stops_no_report_and_an_answer_says_when_the_next_comes() -> None:
    steps = STEPS[IncidentKind.STOLEN]
    started = with_promises(
        [StartIncident(12, IncidentKind.STOLEN, "Anna", steps)], {12: a_ticket()}, a_policy(), NOW
    )
    (made,) = [effect for effect in started if isinstance(effect, SetPromises)]
    (promise,) = [one for one in made.promises if one.target is Target.REPORT]
    assert NOW + reports.SOON == promise.due
    ticket = a_ticket(promises=(replace(promise, id=3),))
    reply = Mail(MailKind.RELAY, 12, LIN, "r")
    later = NOW + timedelta(hours=1)
    answered = with_promises(
        [AddEntry(12, EntryKind.REPLY, LIN, "x"), SetStatus(12, Status.PENDING), reply],
        {12: ticket},
        a_policy(),
        later,
    )
    (mail,) = [effect for effect in answered if isinstance(effect, Mail)]
    assert later + reports.SOON == mail.due
    (changed,) = [effect for effect in answered if isinstance(effect, SetPromises)]
    states = [(one.state, one.due) for one in changed.promises if one.target is Target.REPORT]
    assert [(PromiseState.KEPT, promise.due), (PromiseState.RUNNING, later + reports.SOON)] == states
    closed = with_promises(lifecycle.close(ticket, "Anna", "k"), {12: ticket}, a_policy(), later)
    (ended,) = [effect for effect in closed if isinstance(effect, SetPromises)]
    assert [PromiseState.DROPPED] == [one.state for one in ended.promises if one.target is Target.REPORT]
