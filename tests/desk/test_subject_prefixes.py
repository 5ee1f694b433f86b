"""What mail programs put before a subject: one table, and what each reader of subjects makes of it."""

import time
from itertools import chain

import pytest
from each_case import each

from intake.desk.text.subject_prefixes import FORWARDS, NAMES, REPLIES, is_forward, unprefixed
from intake.mail.anonymise import known_words
from intake.mail.machines import automatic_words
from intake.mail.outgoing.compose import bare_subject
from intake.mail.quotes.forwards import plain_subject

ANSWERED = sorted(set(chain.from_iterable(REPLIES.values())))
PASSED_ON = sorted(set(chain.from_iterable(FORWARDS.values())))
FORMS = ("{}: Login", "{} : Login", "{}：Login", "{}[2]: Login", "[{}]: Login", "  {}: Login ")


@each("form", FORMS)
@each("word", [*ANSWERED, *PASSED_ON])
def test_a_subject_loses_every_prefix_in_any_form_and_case(word: str, form: str) -> None:
    for written in {word, word.upper(), word.capitalize()}:
        if len(written) != len(word):
            # "ı" and its like have more letters in capitals.
            continue
        assert "Login" == unprefixed(form.format(written)) == plain_subject(form.format(written))
        assert "Login" == unprefixed(form.format(written).replace("Login", f"{written}: Login"))


@each("word", ANSWERED)
def test_our_answer_carries_no_prefix_of_an_answer_in_any_language(word: str) -> None:
    assert "Login" == bare_subject(f"{word}: Login") == bare_subject(f"{word}[3]: Re: Login")


@each("word", PASSED_ON)
def test_a_forward_says_so_in_every_language_before_or_after_an_answer(word: str) -> None:
    assert is_forward(f"{word}: Login")
    assert is_forward(f"Re: {word}: Login")
    assert is_forward(f"AW: Antw: {word}: Login")


@each("word", sorted(set(ANSWERED) - set(PASSED_ON)))
def test_an_answer_is_no_forward(word: str) -> None:
    assert not is_forward(f"{word}: Login")


@each("word", sorted(set(ANSWERED) - NAMES))
def test_a_machine_may_answer_in_every_language(word: str) -> None:
    assert automatic_words.SUBJECTS.match(f"Autoreply {word}: Login")
    assert automatic_words.BEFORE_ANSWER.match(f"Urlaub: {word}: Login")


@each("word", sorted({*ANSWERED, *PASSED_ON} - NAMES))
def test_a_prefix_stays_in_a_copy_that_is_fit_to_share(word: str) -> None:
    assert known_words._CODES.search(f"{word}: Login")


@pytest.mark.parametrize("word", sorted(NAMES))
def test_what_is_also_a_name_does_not_stay_in_it(word: str) -> None:
    assert known_words._CODES.search(f"{word.capitalize()}: thank you") is None
    assert word not in known_words._by_word()


@pytest.mark.parametrize(
    "subject",
    ["Regarding: re-entry", "Frage: Login", "x Re: y", "Refund", "I am lost: help", "Present: 2", ""],
)
def test_a_subject_of_words_alone_stays(subject: str) -> None:
    assert subject == unprefixed(subject)
    assert not is_forward(subject)


def test_prefixes_without_end_take_linear_time() -> None:
    started = time.process_time()
    assert "" == unprefixed("Re: Fwd[2]: " * 20_000)
    assert time.process_time() - started < 2
