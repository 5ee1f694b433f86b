"""What becomes of mail that our own mail server marked as spam, rule by rule."""

import ast
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from factories import (
    ANNA,
    LIN,
    NOW,
    STRANGER,
    WEI,
    a_message,
    a_policy,
    a_ticket,
    agent_token,
    an_envelope,
    customer_token,
    found,
    some_facts,
)

from intake.desk import digest, lifecycle
from intake.desk.effects import (
    AddEntry,
    Amend,
    Finish,
    Mail,
    MailKind,
    OpenTicket,
    Outcome,
    SetStatus,
)
from intake.desk.facts import Facts
from intake.desk.policy import MailboxPolicy
from intake.desk.rules.passes import PassContext
from intake.desk.rules.table import conclude, decide
from intake.desk.sla_effects import SetPromises
from intake.desk.ticket import STATES, EntryKind, Status, Withheld

FLAG = "X-Spam-Flag: YES"
BOUGHT = replace(ANNA, notify="digest", digest_minutes=30)
SPAM = a_ticket(status=Status.CLOSED, closed_at=NOW - timedelta(hours=1), spam=True, assignee=None)
SUSPECT = replace(SPAM, withheld=Withheld.ACKNOWLEDGEMENT)
CLOSED = replace(SPAM, spam=False)
STRICT = {"support": MailboxPolicy("support", "support@desk.example", "support", "", "mx.desk.example")}


def decided(facts: Facts | None = None, archive: bool = False, **message: object) -> list:
    policy = message.pop("policy", a_policy())
    given = a_message(**{"spam": FLAG, **message})
    return decide(given, an_envelope(archive=archive), facts or some_facts(), policy)


def end(effects: list) -> Finish:
    return effects[-1]


def mails(effects: list) -> list[Mail]:
    return [one for one in effects if isinstance(one, Mail)]


def of(kind: type, effects: list) -> list:
    return [one for one in effects if isinstance(one, kind)]


def test_nobody_is_told_of_new_spam_and_nothing_is_promised() -> None:
    effects = decided()
    (opened,) = of(OpenTicket, effects)
    assert (Status.CLOSED, Withheld.ACKNOWLEDGEMENT) == (opened.status, opened.withheld)
    assert ([], []) == (mails(effects), of(SetPromises, effects))
    assert (Outcome.TICKETED, "spam") == (end(effects).outcome, end(effects).rule)
    assert FLAG in end(effects).reason
    assert [EntryKind.CUSTOMER, EntryKind.EVENT] == [one.kind for one in of(AddEntry, effects)]


def test_a_word_of_theft_in_spam_is_kept_with_its_priority_and_wakes_nobody() -> None:
    from intake.desk.triage.engine import TriagePolicy, words_of

    policy = a_policy(triage=TriagePolicy(security=words_of(["stolen"])))
    effects = decided(new_text="My coins were stolen", policy=policy)
    assert ("urgent", []) == (of(OpenTicket, effects)[0].priority, mails(effects))


def test_what_would_not_have_been_acknowledged_is_not_acknowledged_later_either() -> None:
    (opened,) = of(OpenTicket, decided(suppress="Precedence: bulk"))
    assert Withheld.NOTICES == opened.withheld


def test_many_mails_of_spam_are_no_flood() -> None:
    assert "spam" == end(decided(some_facts(tickets_address_hour=500, tickets_domain_hour=900))).rule


UNASKED = MailboxPolicy("support", "support@desk.example", quiet_spam=False)
NORMAL = {
    "a mailbox that does not ask": {"policy": a_policy(mailboxes={"support": UNASKED})},
    "no mark": {"spam": ""},
    "an agent who is proven": {"facts": some_facts(agent=ANNA, verified=True), "sender": ANNA.as_address},
}  # fmt: skip


@pytest.mark.parametrize("given", NORMAL.values(), ids=list(NORMAL))
def test_what_is_treated_like_any_mail(given: dict) -> None:
    effects = decided(**given)
    assert "new_ticket" == end(effects).rule
    assert mails(effects)


def test_whoever_forges_an_agents_address_in_spam_is_not_believed() -> None:
    effects = decided(some_facts(agent=ANNA), sender=ANNA.as_address, policy=a_policy(mailboxes=STRICT))
    assert ("spam", []) == (end(effects).rule, mails(effects))


KEPT_BY_OTHER_RULES = {
    "an agent's answer": (
        {"token": agent_token(), "by_token": found(), "token_agent": ANNA, "proof": "a signature"},
        {"sender": ANNA.as_address, "new_text": "Look under the sofa."},
        "agent_reply",
    ),
    "an agent's answer without proof": (
        {"token": agent_token(), "by_token": found(), "token_agent": ANNA},
        {"sender": STRANGER, "new_text": "Look under the sofa."},
        "unproven_agent",
    ),
    "a machine's": ({}, {"automatic": "it says so", "suppress": "it says so"}, "machine"),
    "the same mail again": ({"duplicate_of": 3}, {}, "duplicate"),
    "a participant's answer": ({"token": customer_token(), "by_token": found()}, {}, "follow_up"),
}


@pytest.mark.parametrize(
    ("facts", "message", "rule"), KEPT_BY_OTHER_RULES.values(), ids=list(KEPT_BY_OTHER_RULES)
)
def test_what_is_marked_and_yet_takes_its_usual_way(facts: dict, message: dict, rule: str) -> None:
    effects = decided(some_facts(**facts), **message)
    assert rule == end(effects).rule
    assert not of(OpenTicket, effects)


@pytest.mark.parametrize("ticket", [a_ticket(), CLOSED], ids=["pending", "closed"])
def test_a_participants_answer_is_told_of_with_a_warning(ticket) -> None:
    effects = decided(some_facts(token=customer_token(), by_token=found(ticket)))
    assert SetStatus(12, Status.OPEN) in effects
    notices = [one for one in mails(effects) if one.kind is MailKind.NOTICE]
    assert {"spam"} == {one.doubt for one in notices}
    assert "marked it as spam" in end(effects).reason


@pytest.mark.parametrize("ticket", [a_ticket(), CLOSED], ids=["pending", "closed"])
def test_a_strangers_answer_by_reply_token_is_told_of_with_a_warning(ticket) -> None:
    effects = decided(some_facts(token=customer_token(), by_token=found(ticket)), sender=STRANGER)
    assert SetStatus(12, Status.OPEN) in effects
    notices = [one for one in mails(effects) if one.kind is MailKind.NOTICE]
    assert {("spam", True)} == {(one.doubt, one.stranger) for one in notices}
    assert {MailKind.NOTICE} == {one.kind for one in mails(effects)}


@pytest.mark.parametrize("sender", [LIN, STRANGER], ids=["requester", "stranger"])
def test_a_late_answer_by_reply_token_is_a_new_ticket_with_a_warning(sender) -> None:
    old = replace(CLOSED, closed_at=NOW - timedelta(days=99))
    effects = decided(some_facts(token=customer_token(), by_token=found(old)), sender=sender)
    assert "new_ticket" == end(effects).rule
    notices = [one for one in mails(effects) if one.kind is MailKind.NOTICE]
    assert {"spam"} == {one.doubt for one in notices}
    assert "marked it as spam" in end(effects).reason


def test_what_a_person_marked_stays_silent_by_reply_token_too_and_later() -> None:
    for closed in (SPAM, replace(SPAM, closed_at=NOW - timedelta(days=99))):
        effects = decided(some_facts(token=customer_token(), by_token=found(closed)))
        assert ("spam", []) == (end(effects).rule, mails(effects))


def test_what_our_server_found_forged_is_the_greater_warning() -> None:
    effects = decided(some_facts(token=customer_token(), by_token=found(), refuted=True))
    assert {"refuted"} == {one.doubt for one in mails(effects) if one.kind is MailKind.NOTICE}


@pytest.mark.parametrize("ticket", [a_ticket(), CLOSED], ids=["pending", "closed"])
def test_a_strangers_spam_in_a_ticket_reopens_nothing_and_is_no_word_of_the_requesters_side(ticket) -> None:
    effects = decided(some_facts(by_stored_id=found(ticket)), sender=STRANGER)
    assert ([], [], []) == (mails(effects), of(SetStatus, effects), of(SetPromises, effects))
    assert [EntryKind.AUTOMATIC, EntryKind.EVENT] == [one.kind for one in of(AddEntry, effects)]
    assert (Outcome.APPENDED, "spam", 12) == (end(effects).outcome, end(effects).rule, end(effects).ticket)


SILENT = {
    "marked, to what a person marked": (SPAM, FLAG, False),
    "not marked, to what a person marked": (SPAM, "", False),
    "marked, to what the server marked": (SUSPECT, FLAG, False),
    "older than the desk": (SUSPECT, "", True),
}


@pytest.mark.parametrize(("ticket", "mark", "archive"), SILENT.values(), ids=list(SILENT))
def test_more_mail_to_spam_stays_there_silently(ticket, mark: str, archive: bool) -> None:
    effects = decided(some_facts(by_stored_id=found(ticket)), archive, spam=mark)
    assert [AddEntry, Finish] == [type(one) for one in effects]
    assert (Outcome.APPENDED, "spam") == (end(effects).outcome, end(effects).rule)


def test_a_mail_that_is_not_marked_brings_back_what_only_the_server_took_for_spam() -> None:
    effects = decided(some_facts(by_stored_id=found(SUSPECT)), spam="")
    assert Amend(12, {"spam": False, "withheld": Withheld.NOTHING}) in effects
    assert SetStatus(12, Status.NEW) in effects
    assert [MailKind.ACKNOWLEDGEMENT, MailKind.NOTICE] == [one.kind for one in mails(effects)]
    assert [NOW] == [one.waiting_since for one in of(SetPromises, effects)]


def test_after_the_days_of_reopening_it_is_a_ticket_of_its_own() -> None:
    old = replace(SPAM, closed_at=NOW - timedelta(days=99))
    assert "new_ticket" == end(decided(some_facts(by_stored_id=found(old)), spam="")).rule
    assert "spam" == end(decided(some_facts(by_stored_id=found(old)))).rule


REOPENED = {
    "by hand": lambda: lifecycle.reopen(SPAM, "Anna", "key"),
    "by an answer": lambda: lifecycle.reply(SPAM, ANNA, "Look under the sofa.", "key", a_policy()),
    "by a bad survey": lambda: lifecycle.reopen(SPAM, "a poor survey answer", "key", waits=True),
}


@pytest.mark.parametrize("made", REOPENED.values(), ids=list(REOPENED))
def test_a_ticket_that_is_worked_on_again_is_no_spam_and_its_deadlines_run(made) -> None:
    effects = conclude(made(), PassContext(some_facts(others=(SPAM,)), a_policy()))
    assert 1 == effects.count(Amend(12, {"spam": False, "withheld": Withheld.NOTHING}))
    assert 1 == len(of(SetPromises, effects))


@pytest.mark.parametrize(
    "made", [lambda: lifecycle.close(SPAM, "Anna", "key"), lambda: [SetStatus(12, Status.CLOSED)]]
)
def test_what_stays_closed_stays_spam(made) -> None:
    effects = conclude(made(), PassContext(some_facts(others=(SPAM,)), a_policy()))
    assert [] == of(Amend, effects)


def test_every_state_is_one_of_those_that_are_shown() -> None:
    shown = [a_ticket(status=status).state for status in Status]
    assert list(STATES) == [*shown, SPAM.state]


ROOT = Path(__file__).resolve().parents[2]
WORD = re.compile(r"[\"'](\w+)[\"']\s*:")


def test_whatever_says_something_of_each_state_knows_them_all() -> None:
    """Tables by state in the code, and in the templates of every language."""
    tables = {}
    for path in sorted((ROOT / "intake").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                keys = [ast.unparse(key).strip("\"'") for key in node.keys if key]
                tables[f"{path}:{node.lineno}"] = {"spam" if key == "SPAM" else key for key in keys}
    for path in sorted((ROOT / "templates").rglob("*.j2")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for table in re.findall(r"\{(?:\"\w+\": \"[^\"]*\",? ?)+\}", line):
                tables[f"{path}:{number}"] = set(WORD.findall(table))
    # The states of other desks are theirs.
    ours = {place: keys for place, keys in tables.items() if "/imports/converters/" not in place}
    of_states = {place: keys for place, keys in ours.items() if {"pending", "closed"} <= keys}
    assert 14 == len(of_states)
    assert {} == {place: keys for place, keys in of_states.items() if keys != set(STATES)}


# -- the digest ----------------------------------------------------------------------------------


def test_spam_is_told_of_in_one_line_a_day_though_there_is_no_news() -> None:
    effects = digest.digest(BOUGHT, NOW - timedelta(hours=20), [], NOW, a_policy(), 3)
    (mail,) = mails(effects)
    assert mail.table is not None
    assert "Kept as spam since 2026-11-21, nobody was notified: 3 tickets." in mail.table.below[0]
    assert ("", ()) == (mail.table.title, mail.table.rows)
    assert [] == digest.digest(BOUGHT, NOW - timedelta(hours=20), [], NOW, a_policy(), 0)


DAYS = {
    "the first ever": (None, timedelta(minutes=30), timedelta(hours=12)),
    "the first of the day": (timedelta(hours=20), timedelta(hours=20), timedelta(hours=36)),
    "the second of the day": (timedelta(hours=2), timedelta(hours=2), None),
    "after a weekend": (timedelta(days=3), timedelta(days=3), timedelta(days=3, hours=12)),
}


@pytest.mark.parametrize(("last", "since", "counted"), DAYS.values(), ids=list(DAYS))
def test_no_spam_is_left_out_between_two_digests_that_tell_of_it(last, since, counted) -> None:
    agent = replace(BOUGHT, digest_at=NOW - last if last else None)
    day = digest.spam_day(agent, NOW - since, NOW, a_policy())
    assert (NOW - counted if counted else None) == day


def test_spam_is_nobodys_notice_on_or_off_duty() -> None:
    facts = some_facts(team=(BOUGHT, WEI), agents=(BOUGHT, WEI))
    assert [] == mails(decided(facts, sender=LIN))
