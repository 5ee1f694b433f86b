"""Who is asked how it went, who is not, and what an answer does."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from each_case import each
from factories import (
    ANNA,
    DESK_ADDRESS,
    LIN,
    NOW,
    WEI,
    a_message,
    a_policy,
    a_ticket,
    an_envelope,
    found,
    some_facts,
)

from intake.desk import surveys
from intake.desk.effects import AddEntry, Finish, Mail, MailKind, SetStatus
from intake.desk.message import Address, Attachment
from intake.desk.policy import MailboxPolicy, SurveyPolicy
from intake.desk.rules.table import decide
from intake.desk.survey_effects import AskSurvey, RecordScore
from intake.desk.surveys import Answer, Candidate
from intake.desk.ticket import EntryKind, Status
from intake.desk.tokens import Purpose, Token

# NOW is a Sunday; by the end of Friday 24 business hours have passed since Wednesday morning.
CLOSED = datetime(2026, 11, 18, 8, 0, tzinfo=NOW.tzinfo)
CLOSING = surveys.closing_of(CLOSED)


def closed(**changes: Any) -> Any:
    return a_ticket(**{"status": Status.CLOSED, "closed_at": CLOSED, **changes})


def a_candidate(**changes: Any) -> Candidate:
    return Candidate(**{"ticket": closed(), "answered": True, "written": True, **changes})


def due(*candidates: Candidate, sent: int = 0, now: datetime = NOW, **policy: Any) -> list[Any]:
    return surveys.due_surveys(candidates, sent, a_policy(**policy), now)


def test_a_closed_ticket_is_asked_about_once_its_delay_is_over() -> None:
    asked, mail = due(a_candidate())

    assert AskSurvey(12, CLOSING) == asked
    assert (MailKind.SURVEY, LIN, f"survey:12:{CLOSING}") == (mail.kind, mail.to, mail.dedupe)
    assert mail.kind.at_most_once
    assert mail.kind.automatic


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ticket": closed(spam=True)}, "spam"),
        ({"ticket": closed(merged_into=7)}, "merged into #7"),
        ({"ticket": closed(survey_off=True)}, "switched off for this ticket"),
        ({"barred": "a flood"}, "a flood"),
        ({"written": False}, "automatic"),
        ({"answered": False}, "never answered"),
        ({"undeliverable": True}, "mail came back"),
        ({"last_asked": NOW - timedelta(days=29, hours=23)}, "asked lately"),
        ({"ticket": closed(requester=Address(DESK_ADDRESS))}, "nobody to ask"),
        ({"ticket": closed(requester=Address(""))}, "nobody to ask"),
    ],
)
def test_who_is_never_asked_and_why(change: dict[str, Any], reason: str) -> None:
    assert [AskSurvey(12, CLOSING, reason)] == due(a_candidate(**change))


def test_a_mailbox_that_does_not_acknowledge_does_not_ask() -> None:
    silent = {"support": MailboxPolicy("support", DESK_ADDRESS, acknowledge=False)}
    assert [AskSurvey(12, CLOSING, "mailbox is silent")] == due(a_candidate(), mailboxes=silent)


@pytest.mark.parametrize(
    "wait",
    [
        {"ticket": closed(status=Status.OPEN, closed_at=None)},
        {"ticket": closed(closed_at=CLOSED + timedelta(hours=2))},
        {"automatic_last_hour": 3},
        {"automatic_last_day": 10},
    ],
    ids=["reopened meanwhile", "delay not over", "enough this hour", "enough today"],
)
def test_who_is_not_asked_now_and_looked_at_again(wait: dict[str, Any]) -> None:
    assert [] == due(a_candidate(**wait))


def test_the_last_hour_of_the_delay_is_the_first_of_monday() -> None:
    late = a_candidate(ticket=closed(closed_at=CLOSED + timedelta(hours=2)))
    monday = NOW.replace(day=23, hour=10, minute=0)

    assert [] == due(late, now=monday - timedelta(seconds=1))
    assert 2 == len(due(late, now=monday))


def test_the_desks_ceiling_leaves_the_others_for_later() -> None:
    people = [Address(f"p{number}@x.example") for number in range(4)]
    several = [a_candidate(ticket=closed(id=n, requester=one)) for n, one in enumerate(people, 1)]

    assert [1, 2] == [e.ticket for e in due(*several, sent=298) if isinstance(e, Mail)]
    assert [] == due(*several, sent=300)


def test_two_tickets_of_one_person_make_one_mail() -> None:
    other = closed(id=13, requester=Address(LIN.mailbox.upper(), "Lin"))
    effects = due(a_candidate(), a_candidate(ticket=other))

    assert [12] == [e.ticket for e in effects if isinstance(e, Mail)]
    assert AskSurvey(13, CLOSING, "asked lately") in effects


def test_after_thirty_days_a_person_may_be_asked_again() -> None:
    assert 2 == len(due(a_candidate(last_asked=NOW - timedelta(days=30))))


@each(
    ("text", "read"),
    [
        ("5", (5, "", "")),
        ("\n 1 \n", (1, "", "")),
        ("４", (4, "", "")),
        ("3.", (3, "", "")),
        ("2/5", (2, "", "")),
        ("5。", (5, "", "")),
        ("5!", (5, "", "")),
        ("4\n\nAnna was kind.", (4, "", "Anna was kind.")),
        ("5 stars", (5, "", "")),
        ("4 out of 5", (4, "", "")),
        ("5 Sterne!", (5, "", "")),
        ("5分", (5, "", "")),
        ("5\ufe0f\u20e3", (5, "", "")),
        ("⭐⭐⭐⭐⭐", (5, "", "")),
        ("★★☆☆☆", (2, "", "")),
        ("5 - great work", (5, "great work", "")),
        ("5 = Very good", (5, "Very good", "")),
        ("1 - Still broken\n\nPlease help", (1, "Still broken", "Please help")),
        ("5，非常满意", (5, "非常满意", "")),
        ("Very good, 5", (5, "Very good", "")),
        ("非常满意，5分", (5, "非常满意", "")),
        ("4 - but where is my refund?", (4, "", "but where is my refund?")),
        (f"4 - {'it is long ' * 9}", (4, "", ("it is long " * 9).strip())),
        ("0", None),
        ("6", None),
        ("55", None),
        ("5.3", None),
        ("5, 4, 3", None),
        ("I give\n5", None),
        ("-1", None),
        ("1-5", None),
        ("", None),
        ("5 of my coins are late", None),
        ("3 days and no answer", None),
        ("Missing coins: 5", None),
        ("Version 2, 5", None),
        ("⭐⭐⭐⭐⭐⭐", None),
    ],
)
def test_a_number_or_stars_in_the_first_line_are_a_score(
    text: str, read: tuple[int, str, str] | None
) -> None:
    assert read == surveys.read_score(text)


def answered(score: int, ticket: Any = None, earlier: Answer | None = None, **survey: Any) -> list[Any]:
    policy = a_policy(survey=SurveyPolicy(**survey))
    return surveys.answered(
        ticket or closed(), CLOSING, Answer(score, "Slow."), (ANNA, WEI), policy, "key", earlier
    )


def test_a_good_answer_is_recorded_and_nobody_is_told() -> None:
    record, entry = answered(3)

    assert RecordScore(12, CLOSING, 3, "Slow.") == record
    assert (EntryKind.EVENT, "Survey: 3 of 5. The requester wrote: Slow.") == (entry.kind, entry.text)


def test_a_poor_answer_alerts_each_agent_once_a_closing() -> None:
    told = [e for e in answered(2) + answered(1) if isinstance(e, Mail)]

    assert {MailKind.ALERT} == {mail.kind for mail in told}
    assert {ANNA.address, WEI.address} == {mail.to.mailbox for mail in told}
    assert 2 == len({mail.dedupe for mail in told})
    assert "Survey: 2 of 5. The requester wrote: Slow." == told[0].text


def test_a_poor_answer_reopens_where_that_is_wanted() -> None:
    effects = answered(1, poor_action="reopen")

    assert SetStatus(12, Status.OPEN) in effects
    assert [MailKind.STATUS, MailKind.ALERT, MailKind.ALERT] == [
        e.kind for e in effects if isinstance(e, Mail)
    ]
    open_again = answered(1, a_ticket(status=Status.OPEN), poor_action="reopen")
    assert [] == [e for e in open_again if isinstance(e, SetStatus)]


def test_a_poor_answer_does_nothing_more_where_that_is_wanted() -> None:
    assert [RecordScore, AddEntry] == [type(e) for e in answered(1, poor_action="nothing")]
    assert [RecordScore, AddEntry] == [type(e) for e in answered(1, poor=0)]


def test_the_same_answer_again_changes_nothing_and_another_one_does() -> None:
    assert [] == answered(4, earlier=Answer(4, "Slow."))
    assert RecordScore(12, CLOSING, 4, "Slow.") == answered(4, earlier=Answer(5, "Slow."))[0]


@pytest.mark.parametrize("score", [0, 6, -1])
def test_what_is_no_score_is_refused(score: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 5"):
        answered(score)


# -- the answer by mail --------------------------------------------------------------


def by_mail(text: str, purpose: Purpose = Purpose.SURVEY, **message: Any) -> list[Any]:
    token = Token(purpose, 12, CLOSING, NOW + timedelta(days=9))
    facts = some_facts(token=token, by_token=found(closed()))
    policy = a_policy()
    return decide(a_message(new_text=text, text=text, **message), an_envelope(), facts, policy)


def test_a_number_by_mail_is_a_score_and_reopens_nothing() -> None:
    record, entry, thanks, finish = by_mail("5")

    # The desk's config says whether they go out; they do not unless it does.
    assert (MailKind.STATUS, "thanks") == (thanks.kind, thanks.event)
    assert RecordScore(12, CLOSING, 5) == record
    assert (EntryKind.EVENT, True) == (entry.kind, entry.from_message)
    assert ("survey_answer", 12, "5 of 5") == (finish.rule, finish.ticket, finish.reason)


@pytest.mark.parametrize(
    ("text", "score", "comment"),
    [
        ("5 - great work", 5, "great work"),
        ("Very good, 5", 5, "Very good"),
        ("5 stars", 5, ""),
        ("⭐⭐⭐⭐⭐", 5, ""),
        ("非常满意，5分", 5, "非常满意"),
    ],
)
def test_praise_around_the_number_opens_no_ticket_again(text: str, score: int, comment: str) -> None:
    effects = by_mail(text)

    assert RecordScore(12, CLOSING, score, comment) == effects[0]
    assert [] == [e for e in effects if isinstance(e, SetStatus)]
    assert [EntryKind.EVENT] == [e.kind for e in effects if isinstance(e, AddEntry)]
    assert "survey_answer" == next(e.rule for e in effects if isinstance(e, Finish))


def test_a_question_beside_the_number_reaches_a_person() -> None:
    effects = by_mail("4 - but where is my refund?")

    assert RecordScore(12, CLOSING, 4) == effects[0]
    assert SetStatus(12, Status.OPEN) in effects


def test_a_poor_number_by_mail_alerts() -> None:
    assert [MailKind.ALERT, MailKind.STATUS] == [e.kind for e in by_mail("1") if isinstance(e, Mail)]


@pytest.mark.parametrize(
    ("text", "files"),
    [("4\nBut now it fails again.", ()), ("4", (Attachment("a.png", "image/png", b"x"),))],
    ids=["more text", "a file"],
)
def test_what_stands_below_the_number_is_a_follow_up(text: str, files: Any) -> None:
    effects = by_mail(text, attachments=files)
    customer = [e for e in effects if isinstance(e, AddEntry) and e.kind is EntryKind.CUSTOMER]

    assert RecordScore(12, CLOSING, 4) == effects[0]
    assert [text.partition("\n")[2]] == [e.text for e in customer]
    assert SetStatus(12, Status.OPEN) in effects
    assert "follow_up" == next(e.rule for e in effects if isinstance(e, Finish))
    assert 1 == len([e for e in effects if isinstance(e, AddEntry) and e.from_message])


def test_words_without_a_number_are_a_follow_up() -> None:
    effects = by_mail("It still fails.")

    assert [] == [e for e in effects if isinstance(e, RecordScore)]
    assert "follow_up" == next(e.rule for e in effects if isinstance(e, Finish))


def test_a_number_to_any_other_address_is_no_score() -> None:
    effects = by_mail("5", Purpose.CUSTOMER)
    assert [] == [e for e in effects if isinstance(e, RecordScore)]


def test_a_machine_has_no_opinion() -> None:
    effects = by_mail("5", automatic="it says so")
    assert [] == [e for e in effects if isinstance(e, RecordScore)]
