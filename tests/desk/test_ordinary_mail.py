"""Two thousand open mails, of which none is a secret or meant for colleagues."""

from functools import cache

from factories import ANNA, LIN, WEI
from shared_corpora import CORPORA

from intake.desk.commands.asides import Circle, aside
from intake.desk.sensitive.labelled import find_labelled
from intake.desk.sensitive.numbers import find_numbers
from intake.desk.sensitive.phrases import find_phrases
from intake.desk.text.words import text_of, vocabulary
from intake.desk.ticket import Agent
from intake.desk.triage.shipped import SECURITY_WORDS
from intake.desk.triage.thefts import theft_told
from intake.mail.parse import parse

SECURITY = vocabulary(SECURITY_WORDS)
CIRCLE = Circle(
    (ANNA, WEI, Agent(3, "王小明", "xiaoming@staff.example", ("security",))), ("support",), ANNA, (LIN,)
)


@cache
def texts() -> dict[str, tuple[str, str]]:
    """Each mail's whole text and its new one, by the name of its file."""
    mails = {path.name: parse(path.read_bytes()) for path in sorted(CORPORA.rglob("*.eml"))}
    return {name: (mail.text, mail.new_text) for name, mail in mails.items() if mail.text.strip()}


def test_of_the_corpora_no_mail_of_a_person_would_be_held() -> None:
    new = {name: text for name, (_, text) in texts().items() if text.strip()}
    held = [f"{name}: {line}" for name, text in new.items() if (line := aside(text, CIRCLE))]

    assert len(new) > 100
    assert len(held) * 200 <= len(new), held


def test_hardly_a_mail_of_the_corpora_is_called_a_recovery_phrase() -> None:
    false = [name for name, (text, _) in texts().items() if next(find_phrases(text), None)]

    assert len(texts()) > 1_500
    assert len(false) <= 1, false


def test_hardly_a_mail_of_the_corpora_is_said_to_hold_a_card_a_password_or_a_code() -> None:
    false = [
        name
        for name, (text, _) in texts().items()
        if next(find_labelled(text), None) or any(not number.identity for number in find_numbers(text))
    ]

    assert len(false) <= 1, false
    # The account of a swindler: it is one.
    assert ["e49415f48c3b.eml"] == [
        name for name, (text, _) in texts().items() if next(find_numbers(text), None)
    ]


def test_of_the_corpora_no_mail_tells_of_a_theft_that_the_words_did_not_find() -> None:
    mails = [parse(path.read_bytes()) for path in sorted(CORPORA.rglob("*.eml"))]
    told = [mail.subject for mail in mails if theft_told(mail.subject, mail.text)]

    assert len(mails) > 1_500
    assert [] == [subject for subject in told if not SECURITY.find(text_of(subject))]
