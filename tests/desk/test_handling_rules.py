"""Rules that look at header fields, and what rules do with a mail: keep, close, silence, let in."""

import time
from typing import Any

import pytest
from factories import ANNA, LIN, a_message, a_policy, a_ticket, an_envelope, customer_token, found, some_facts

from intake.config.converters import BadValue
from intake.config.triage_keys import rule_of
from intake.desk.effects import Effect, Finish, Mail, MailKind, OpenTicket, Outcome
from intake.desk.message import Address
from intake.desk.rules.table import decide
from intake.desk.ticket import Status
from intake.desk.triage.engine import TriagePolicy
from intake.desk.triage.header_tests import header_test
from intake.mail.parse import parse

FIELDS = (
    ("auto-submitted", "auto-generated"),
    ("x-zabbix-severity", "High (4)"),
    ("received", "from a"),
    ("received", "from b.monitor.example"),
    ("x-shop", "Größe"),
)
ZABBIX = Address("zabbix@monitor.example", "Zabbix")


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("Auto-Submitted: auto-generated", True),
        ("auto-submitted: AUTO-GEN", True),
        ("Auto-Submitted: *", True),
        ("Auto-Submitted: no", False),
        ("X-Missing: *", False),
        ("Received: b.monitor", True),
        ("X-Zabbix-Severity: /^(high|disaster) /", True),
        ("X-Zabbix-Severity: /^low/", False),
        ("X-Shop: grosse", True),
        ("X-Shop: GRÖSSE", True),
        ("X-Shop: große", True),
    ],
)
def test_a_condition_on_a_header_field_holds_or_not(line: str, holds: bool) -> None:
    assert holds is header_test(line).holds(FIELDS)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("Auto-Submitted", "begins with no name"),
        ("Auto Submitted: x", "begins with no name"),
        (": x", "begins with no name"),
        ("Grüße: x", "begins with no name"),
        ("X-A:", "nothing stands behind the colon"),
        ("X-A: /(?=x)/", "cannot|known|look"),
    ],
)
def test_a_condition_that_cannot_be_read_says_why_and_what_to_write(line: str, says: str) -> None:
    with pytest.raises(BadValue, match=says) as caught:
        rule_of("one", {"header": line, "close": "yes"})
    assert "NAME: text" in caught.value.args[1]


def test_fields_are_unfolded_decoded_and_cut_when_a_mail_is_read() -> None:
    raw = (
        b"From: zabbix@monitor.example\r\nSubject: PROBLEM\r\nX-Folded: one\r\n two\r\n"
        b"X-Word: =?utf-8?q?Gr=C3=B6=C3=9Fe?=\r\nX-Long: " + b"a" * 5000 + b"\r\n\r\nDisk is full\r\n"
    )
    fields = dict(parse(raw).headers)
    assert ("one two", "Größe", "a" * 1000) == (fields["x-folded"], fields["x-word"], fields["x-long"])


def test_a_pattern_takes_no_longer_for_a_field_written_against_it() -> None:
    test = header_test("X-A: /a{1,40}b/")
    began = time.perf_counter()
    assert not test.holds([("x-a", "a" * 1000)] * 200)
    assert time.perf_counter() - began < 5


def decided(texts: dict[str, str], more: dict[str, Any] | None = None, **message: Any) -> list[Effect]:
    """What becomes of a mail from Zabbix where the desk has one rule."""
    policy = a_policy(triage=TriagePolicy((rule_of("monitoring", texts),)))
    values = {"sender": ZABBIX, "headers": FIELDS, **message}
    return decide(a_message(**values), an_envelope(), some_facts(**(more or {})), policy)


def end(effects: list[Effect]) -> Finish:
    assert isinstance(effects[-1], Finish)
    return effects[-1]


def mails(effects: list[Effect]) -> list[MailKind]:
    return [effect.kind for effect in effects if isinstance(effect, Mail)]


MACHINE = {
    "automatic": "it says Auto-Submitted: auto-generated",
    "suppress": "it says Auto-Submitted: auto-generated",
}
ALLOW = {"sender": "@monitor.example", "machine": "allow"}


def test_automatic_mail_that_a_rule_lets_in_opens_a_ticket_notifies_agents_and_is_never_answered() -> None:
    effects = decided(ALLOW, **MACHINE)
    assert (Outcome.TICKETED, "new_ticket") == (end(effects).outcome, end(effects).rule)
    assert [MailKind.NOTICE, MailKind.NOTICE] == mails(effects)
    assert "automatic email let in" in end(effects).reason
    opened = next(effect for effect in effects if isinstance(effect, OpenTicket))
    assert opened.quiet


@pytest.mark.parametrize(
    "texts",
    [
        {"sender": "@other.example", "machine": "allow"},
        {"sender": "@monitor.example", "header": "X-Missing: *", "machine": "allow"},
        {"sender": "@monitor.example", "verified": "yes", "machine": "allow"},
        {"sender": "@monitor.example", "priority": "high"},
    ],
)
def test_automatic_mail_that_no_rule_lets_in_is_kept_as_ever(texts: dict[str, str]) -> None:
    effects = decided(texts, **MACHINE)
    assert (Outcome.AUTOMATIC, "machine") == (end(effects).outcome, end(effects).rule)
    assert [] == mails(effects)


def test_more_of_a_machine_in_its_ticket_notifies_and_says_by_which_rule() -> None:
    ticket = a_ticket(requester=ZABBIX, quiet=True)
    effects = decided(ALLOW, {"by_stored_id": found(ticket)}, **MACHINE)
    assert Outcome.APPENDED is end(effects).outcome
    assert [MailKind.NOTICE] == mails(effects)
    assert "allowed by rule monitoring" in end(effects).reason


def test_a_rule_quarantines_what_would_open_a_ticket_and_names_itself_and_its_reason() -> None:
    effects = decided({"header": "X-Zabbix-Severity: *", "quarantine": "test alarms"})
    assert [
        Finish(Outcome.QUARANTINED, None, "held", "quarantined by rule monitoring: test alarms")
    ] == effects
    assert (
        "by rule monitoring" == end(decided({"sender": "@monitor.example", "quarantine": "yes"})).reason[12:]
    )


def test_an_answer_in_a_ticket_is_not_quarantined() -> None:
    token = {"token": customer_token(), "by_token": found(a_ticket())}
    assert (
        Outcome.APPENDED is end(decided({"sender": "@monitor.example", "quarantine": "yes"}, token)).outcome
    )


def test_what_a_person_put_back_is_processed_whatever_the_rule_says() -> None:
    policy = a_policy(
        triage=TriagePolicy((rule_of("x", {"sender": "@customer.example", "quarantine": "yes"}),))
    )
    effects = decide(a_message(), an_envelope(released=True), some_facts(), policy)
    assert Outcome.TICKETED is end(effects).outcome


def test_a_rule_that_closes_opens_a_closed_ticket_of_which_nobody_hears() -> None:
    effects = decided({"sender": "@monitor.example", "close": "yes"})
    opened = next(effect for effect in effects if isinstance(effect, OpenTicket))
    assert (Status.CLOSED, True) == (opened.status, opened.quiet)
    assert [] == mails(effects)
    assert "closed at once" in end(effects).reason


def test_a_quiet_rule_notifies_agents_and_acknowledges_nothing() -> None:
    effects = decided({"sender": "@monitor.example", "quiet": "yes"})
    assert [MailKind.NOTICE, MailKind.NOTICE] == mails(effects)
    assert "not acknowledged: rule monitoring says so" in end(effects).reason


@pytest.mark.parametrize("action", ["quarantine", "close", "quiet"])
def test_a_rule_that_would_catch_an_agents_mail_only_sorts_it(action: str) -> None:
    texts = {"sender": "@staff.example", action: "yes", "category": "account"}
    policy = a_policy(triage=TriagePolicy((rule_of("broad", texts),)))
    facts = some_facts(agent=ANNA, agents=(ANNA,))
    effects = decide(a_message(sender=ANNA.as_address), an_envelope(), facts, policy)
    without = decide(a_message(sender=ANNA.as_address), an_envelope(), facts, a_policy())
    assert mails(without) == mails(effects)
    assert end(without).outcome is end(effects).outcome is not Outcome.QUARANTINED


@pytest.mark.parametrize("known", [{"admin": "Lea@lead.example"}, {"on_call": "lea@lead.example"}])
@pytest.mark.parametrize("action", ["quarantine", "close", "quiet"])
def test_a_rule_that_would_catch_a_leads_mail_only_sorts_it(action: str, known: Any) -> None:
    policy = a_policy(
        triage=TriagePolicy((rule_of("broad", {"sender": "@lead.example", action: "yes"}),)), **known
    )
    message, facts = a_message(sender=Address("lea@lead.example")), some_facts(agents=(ANNA,))
    effects = decide(message, an_envelope(), facts, policy)
    assert mails(decide(message, an_envelope(), facts, a_policy(**known))) == mails(effects)
    assert Outcome.TICKETED is end(effects).outcome
    assert "only sorted" in end(effects).reason


def test_a_rule_lets_in_no_automatic_mail_of_an_agents() -> None:
    policy = a_policy(triage=TriagePolicy((rule_of("x", {"sender": "@staff.example", "machine": "allow"}),)))
    facts = some_facts(agent=ANNA, agents=(ANNA,))
    effects = decide(a_message(sender=ANNA.as_address, **MACHINE), an_envelope(), facts, policy)
    assert Outcome.AUTOMATIC is end(effects).outcome


def test_the_customer_is_answered_as_ever_where_no_rule_fits() -> None:
    effects = decided({"sender": "@monitor.example", "quiet": "yes"}, sender=LIN)
    assert MailKind.ACKNOWLEDGEMENT in mails(effects)
