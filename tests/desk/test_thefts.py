"""Thefts told in ordinary words, and the word by which an answer asks for help at once."""

import json
import time
from pathlib import Path

import pytest

from intake.desk.text.words import text_of, vocabulary
from intake.desk.triage.asking import QUESTIONS, urgent_word, without_question
from intake.desk.triage.shipped import SECURITY_WORDS
from intake.desk.triage.thefts import MOST_READ, theft_told

HERE = Path(__file__).parent
# By part, then by language: `made_with` are those that the tables were made with, `apart` those of reports
# that were read afterwards.
TOLD = json.loads((HERE / "thefts_told.json").read_text(encoding="utf-8"))
NOT = json.loads((HERE / "thefts_not.json").read_text(encoding="utf-8"))
SECURITY = vocabulary(SECURITY_WORDS)


def every(texts: dict[str, list[str]]) -> list[str]:
    return [text for some in texts.values() for text in some]


def by_a_word(text: str) -> bool:
    return bool(SECURITY.find(text_of(text)))


def test_of_the_thefts_that_the_tables_were_made_with_hardly_one_is_missed() -> None:
    texts = every(TOLD["made_with"])
    missed = [text for text in texts if not (by_a_word(text) or theft_told("", text))]

    assert len(texts) >= 180
    assert len(missed) <= 2, missed
    # They are told without the words that were there before.
    assert sum(map(by_a_word, texts)) <= 9


def test_of_thefts_read_afterwards_more_than_half_are_found() -> None:
    texts = every(TOLD["apart"])
    found = [text for text in texts if by_a_word(text) or theft_told("", text)]

    assert len(texts) >= 28
    assert len(found) >= 16
    assert sum(map(by_a_word, texts)) <= 1


@pytest.mark.parametrize("part", ["made_with", "apart"])
def test_an_ordinary_request_is_no_theft(part: str) -> None:
    texts = every(NOT[part])

    assert {} == {text: told for text in texts if (told := theft_told("", text))}
    assert len(every(NOT["made_with"]) + every(NOT["apart"])) >= 250


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("There is a transfer. I did not make it.", True),
        ("There is a transfer. " + "All is well with the app. " * 10 + "I did not make it.", False),
        ("My USDT is gone", True),
        ("MY USDT IS GONE!!!", True),
        ("My USDT is gone since the update", False),
        ("我的USDT不见了", True),
        ("我的ＵＳＤＴ不見了", True),
        ("更新以后我的USDT不见了", False),
        ("x" * MOST_READ + " my USDT is gone", False),
        ("", False),
    ],
)
def test_what_tells_of_a_theft(text: str, told: bool) -> None:
    assert told == bool(theft_told("", text))


def test_the_subject_tells_as_well() -> None:
    assert "my … money … gone" == theft_told("All my coins are gone", "Please help.")


@pytest.mark.parametrize(
    "piece",
    [
        "someone ",
        "my money ",
        "有人自动",
        "transfer did not ",
        "被 ",
        "кто то ",
        "the money is out of address ",
    ],
)
def test_a_hostile_text_takes_no_longer(piece: str) -> None:
    theft_told("", piece)
    began = time.process_time()
    theft_told("", (piece * 10_000)[:100_000])

    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("URGENT", "URGENT"),
        ("URGENT!!! They are at it.", "URGENT"),
        ("It is URGENT.", "URGENT"),
        ("“URGENT”", "URGENT"),
        ("紧急", "紧急"),
        ("紧急！我的钱", "紧急"),
        ("緊急", "緊急"),
        ("urgent", ""),
        ("Urgent", ""),
        ("INSURGENT", ""),
        ("URGENTLY", ""),
        ("NON-URGENT", ""),
        ("不紧急", ""),
        ("这不是紧急的事", ""),
        ("紧急联系人怎么改？", ""),
        ("", ""),
    ],
)
def test_the_word_that_asks_for_help(text: str, word: str) -> None:
    assert word == urgent_word(text)


@pytest.mark.parametrize("language", QUESTIONS)
def test_our_own_sentence_is_not_the_word_however_it_is_quoted(language: str) -> None:
    sentence = QUESTIONS[language]
    at = sentence.find(" ", len(sentence) // 2) if " " in sentence else len(sentence) // 2
    broken = f"{sentence[:at]}\n{sentence[at:]}"
    wrapped = "\r\n".join(sentence.split(" "))

    for text in (sentence, broken, wrapped, f"Thank you.\n\n{sentence}\n{sentence}"):
        assert "" == urgent_word(text)
        assert "" == theft_told("", without_question(text))
    assert urgent_word(f"{sentence}\nURGENT")
