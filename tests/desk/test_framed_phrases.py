"""Seed phrases in a frame of other words, glued together, spelled, and with several words mistyped."""

import random
from collections.abc import Callable, Sequence

from seeds import phrase

from intake.desk.sensitive.lists import english
from intake.desk.sensitive.phrases import find_phrases
from intake.desk.sensitive.scan import find

ORDINALS = [
    *(
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
    ),
    *("twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth"),
    *("nineteenth", "twentieth", "twenty-first", "twenty-second", "twenty-third", "twenty-fourth"),
]
NUMBERS = [
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
    *("twenty-one", "twenty-two", "twenty-three", "twenty-four"),
]
GLOSSES = [
    "to leave a thing",
    "a bird",
    "not here",
    "very large",
    "for the kitchen",
    "of my father",
    "(maybe)",
]


def each(words: Sequence[str], form: str, between: str = "\n") -> str:
    return between.join(
        form.format(
            word=word,
            number=number + 1,
            ordinal=ORDINALS[number],
            named=NUMBERS[number].title(),
            gloss=GLOSSES[number % len(GLOSSES)],
        )
        for number, word in enumerate(words)
    )


def in_rows(words: Sequence[str], form: str, wide: int = 4) -> str:
    rows = [words[start : start + wide] for start in range(0, len(words), wide)]
    return each([" ".join(row) for row in rows], form)


SHAPES: dict[str, Callable[[list[str]], str]] = {
    "first: x, second: y": lambda words: each(words, "{ordinal}: {word}", ", "),
    "First word is x": lambda words: each(words, "{ordinal} word is {word}").title(),
    "One: x": lambda words: each(words, "{named}: {word}"),
    "one x two y": lambda words: each(words, "{named} {word}", " "),
    "a German frame": lambda words: each(words, "Wort Nummer {number} lautet {word}"),
    "rows that speak": lambda words: in_rows(words, "Row {number} says {word} ok"),
    "a chat, a word a line": lambda words: each(words, "[30.11.26, 18:{number}:11] Lin: {word}"),
    "a chat, four words a line": lambda words: in_rows(words, "[30.11.26, 18:{number}:11] Lin: {word}"),
    "a Chinese gloss": lambda words: each(words, "{number}. {word} 放弃的意思"),
    "a gloss of one word": lambda words: each(words, "{number}. {word} (maybe)"),
    "a gloss of several": lambda words: each(words, "{number}. {word} - {gloss}"),
    "then": ", then ".join,
    "in camel case": lambda words: "".join(word.title() for word in words),
    "glued together": "".join,
    "spelled": lambda words: "   ".join(" ".join(word) for word in words),
    "spelled with dashes": lambda words: " ".join("-".join(word) for word in words),
    "two words mistyped": lambda words: " ".join(
        [words[0], words[1][:-2] + words[1][-1], *words[2:7], words[7] + "e", *words[8:]]
    ),
}


def left_of(text: str) -> str:
    for secret in reversed(find(text)):
        text = text[: secret.start] + text[secret.end :]
    return text.lower()


def test_of_the_words_of_a_phrase_in_a_frame_no_half_is_left() -> None:
    """With six of twelve hidden nobody finds the rest; of five hundred, one in a hundred may be missed."""
    chance = random.Random(33)
    missed = []
    for shape, write in SHAPES.items():
        for length in (12, 24):
            for _ in range(15):
                secret = phrase(chance, english.WORDS, length)
                left = left_of(f"Hello, my recovery phrase is this:\n{write(secret)}\nThanks, Lin")
                letters = "".join(filter(str.isalpha, left))
                if sum(len(word) > 3 and word in letters for word in secret) > length // 4:
                    missed.append((shape, length))

    assert len(missed) <= 0.01 * len(SHAPES) * 30, missed


ORDINARY = {
    "steps": "1. open the app 2. choose settings 3. press update 4. wait a minute 5. close it 6. open it"
    " 7. type your name 8. press next 9. select a country 10. finish 11. restart 12. enjoy the new version",
    "a list to buy": "first: milk, second: bread, third: eggs, fourth: cheese, fifth: rice, sixth: tea,"
    " seventh: soap, eighth: salt, ninth: oil, tenth: fish, eleventh: beans, twelfth: flour",
    "a chat": "\n".join(
        f"[30.11.26, 18:0{number}:11] Lin: {said}"
        for number, said in enumerate(
            ["hello", "it does not open", "why", "I tried twice", "please help me", "ok"]
        )
    ),
    "a log": "\n".join(
        f"12:0{number} error: the wallet could not load block {number}" for number in range(9)
    ),
    "a hashtag": "#thisisthebestdayofmylifewithallmyfriendsandfamilyinthesun",
    "spelled": "My name is S a m a n t h a  B r o o k f i e l d, please note it so.",
    "settings": '{"left": 1, "top": 2, "width": 3, "height": 4, "border": 5, "color": "red", "font": "x"}',
}


def test_ordinary_lists_chats_and_logs_hold_no_phrase() -> None:
    for name, text in ORDINARY.items():
        assert [] == list(find_phrases(text)), name
