"""Texts that are pumped up to keep a desk busy: the work for one grows with its length, and is done once."""

import random
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from pump import Clock, PumpedDesk

from intake.desk.sensitive import checksums, scan
from intake.desk.sensitive.finds import MOST_NOTED, finds_in
from intake.desk.sensitive.lists import english, french, japanese, korean
from intake.desk.sensitive.other_list import words_of
from intake.desk.sensitive.phrases import find_phrases
from intake.desk.sensitive.rarity import RARITY
from intake.desk.sensitive.remembered import MOST_TEXTS, Remembered

CHANCE = random.Random(5)
SMALL, LARGE = 5_000, 20_000
COMMON = [word for word, rarity in zip(english.WORDS, RARITY, strict=True) if rarity < 1]


def drawn(words: list[str] | tuple[str, ...], between: str = " ") -> str:
    return between.join(CHANCE.choice(words) for _ in range(LARGE // 3)) + between


PUMPED = {
    "a word again and again": "abandon ",
    "two words by turns": "abandon zebra ",
    "numbered": "1. abandon 2. zebra ",
    "a sentence each": "please. zebra ",
    "a stranger between": "x abandon x ",
    "the list in order": " ".join(english.WORDS) + " ",
    "words drawn": drawn(english.WORDS),
    "strangers among them": drawn(english.WORDS, " zebra apple cube fog xylo "),
    "common words": drawn(COMMON),
    "Chinese characters apart": "的 一 是 在 不 了 有 和 人 这 ",
    "Chinese after the word for a phrase": "助记词的一是在不了有和人这中大",
    "numbered in Chinese": "第1个 的 ",
    "Japanese": drawn(words_of(japanese.LIST)),
    "Korean": drawn(words_of(korean.LIST)),
    "French": drawn(words_of(french.LIST)),
    "digits": "4111 ",
    "cards": "4111111111111111 ",
    "hex": "ab" * 32 + " ",
    "keys": "5K",
    "passwords": "password: a1b2c3d4 ",
    "the word for a password": "password: ",
    "plain words": "lorem ipsum dolor ",
}


def calls(do: Callable[[str], Any], text: str) -> int:
    """How many functions are called, of Python and of C: the work, whatever else the machine does."""
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event.endswith("call")

    sys.setprofile(note)
    try:
        do(text)
    finally:
        sys.setprofile(None)
    return count


def looked(text: str) -> None:
    list(scan._looked_for(text))


def test_the_work_grows_with_the_length_of_a_pumped_text_and_no_faster() -> None:
    for name, unit in PUMPED.items():
        small, large = (calls(looked, (unit * (most // len(unit) + 1))[:most]) for most in (SMALL, LARGE))
        assert large <= 5 * small + 500, name
        assert large <= 20 * LARGE, name


def test_no_text_has_more_checksums_computed_than_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    computed = 0

    def adds_up(values: Any) -> bool:
        nonlocal computed
        computed += 1
        return right(values)

    right = checksums.adds_up
    monkeypatch.setattr(checksums, "adds_up", adds_up)
    for name, unit in PUMPED.items():
        computed = 0
        list(find_phrases((unit * (30_000 // len(unit) + 1))[:30_000]))
        assert computed <= checksums.MOST_TRIES, name
        if "again" in name or "turns" in name:
            assert computed == 0, name


def test_a_phrase_behind_a_text_that_used_up_all_checksums_is_hidden_all_the_same() -> None:
    secret = "zebra puzzle acoustic velvet gadget muffin orbit walnut saddle tuna lizard hockey"
    text = f"{' '.join(english.WORDS * 2)}\nxylo qqq qqq\nmy words are {secret} qqq qqq"

    shown = scan.hidden(text)

    assert "[hidden: seed phrase]" in shown
    assert not set(secret.split()) & set(shown.split())


def test_of_a_flood_of_secrets_all_are_hidden_a_hundred_noted_and_what_opens_a_wallet_first() -> None:
    cards = " x ".join(
        number + str(next(last for last in range(10) if _luhn(f"{number}{last}")))
        for number in (f"4111{place:011}" for place in range(300))
    )
    text = f"{cards}\nlegal winner thank year wave sausage worth useful legal winner thank yellow"

    finds = finds_in(text, "text")

    assert [MOST_NOTED, "seed phrase"] == [len(finds), finds[0].kind]
    assert "4111" not in scan.hidden(text).replace(
        "[hidden: card number …", ""
    ) or "legal" not in scan.hidden(text)
    assert 301 == scan.hidden(text).count("[hidden: ")


def _luhn(number: str) -> bool:
    digits = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(number))]
    return sum(digit - 9 if digit > 9 else digit for digit in digits) % 10 == 0


def test_a_text_is_looked_through_once_however_often_it_is_asked_for() -> None:
    asked: list[str] = []

    def look(text: str) -> tuple[int, ...]:
        asked.append(text)
        return (len(text),)

    known = Remembered(look)
    long = "a" * 20_000
    assert [(20_000,)] * 3 == [known.of(long), known.of("a" * 20_000), known.of(long)]
    assert 1 == len(asked)
    for number in range(3 * MOST_TEXTS):
        known.of(str(number))
        known.of(long)
    assert [long] == [text for text in asked if text == long], "what is asked for is not forgotten"
    known.of("0")
    assert ["0", "0"] == [text for text in asked if text == "0"], "what nobody asks for is"


@pytest.mark.parametrize("unit", ["abandon ", "lorem ipsum dolor "])
def test_a_mail_is_looked_through_once_and_not_while_the_database_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unit: str
) -> None:
    desk = PumpedDesk(tmp_path, "desk.example", Clock())
    locked: list[bool] = []
    searched = find_phrases

    def spied(text: str) -> Any:
        if len(text) > 5_000:
            frame, names = sys._getframe(), set()
            while frame.f_back:
                frame = frame.f_back
                names.add(frame.f_code.co_name)
            locked.append("_decide_all" in names)
        return searched(text)

    monkeypatch.setattr(scan, "find_phrases", spied)
    line = (unit * 200)[:900].strip() + "\r\n"
    desk.write("lin@customer.example", f"It does not open ({unit})", line * 20)
    desk.close()

    assert [False] == locked
