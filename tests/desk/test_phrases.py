"""Seed phrases as people write them, in the ten lists of BIP-39; and ordinary texts, which hold none."""

import hashlib
import json
import random
import time
import unicodedata
from collections.abc import Callable, Sequence

import pytest
from canaries import PHRASE
from each_case import each
from seeds import phrase

from intake.desk.sensitive.folding import folded
from intake.desk.sensitive.lists import (
    chinese_simplified,
    chinese_traditional,
    czech,
    english,
    french,
    italian,
    japanese,
    korean,
    portuguese,
    spanish,
)
from intake.desk.sensitive.other_list import words_of
from intake.desk.sensitive.phrases import find_phrases
from intake.desk.sensitive.rarity import RARITY
from intake.desk.sensitive.scan import find

LISTS = {
    "chinese_simplified": words_of(chinese_simplified.LIST),
    "chinese_traditional": words_of(chinese_traditional.LIST),
    "czech": words_of(czech.LIST),
    "english": english.WORDS,
    "french": words_of(french.LIST),
    "italian": words_of(italian.LIST),
    "japanese": words_of(japanese.LIST),
    "korean": words_of(korean.LIST),
    "portuguese": words_of(portuguese.LIST),
    "spanish": words_of(spanish.LIST),
}
# SHA-256 of the published lists: a line a word, decomposed (NFKD).
PUBLISHED = {
    "chinese_simplified": "5c5942792bd8340cb8b27cd592f1015edf56a8c5b26276ee18a482428e7c5726",
    "chinese_traditional": "417b26b3d8500a4ae3d59717d7011952db6fc2fb84b807f3f94ac734e89c1b5f",
    "czech": "7e80e161c3e93d9554c2efb78d4e3cebf8fc727e9c52e03b83b94406bdcc95fc",
    "english": "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda",
    "french": "ebc3959ab7801a1df6bac4fa7d970652f1df76b683cd2f4003c941c63d517e59",
    "italian": "d392c49fdb700a24cd1fceb237c1f65dcc128f6b34a8aacb58b59384b5c648c2",
    "japanese": "2eed0aef492291e061633d7ad8117f1a2b03eb80a29d0e4e3117ac2528d05ffd",
    "korean": "9e95f86c167de88f450f0aaf89e87f6624a57f973c67b516e338e8e8b8897f60",
    "portuguese": "2685e9c194c82ae67e10ba59d9ea5345a23dc093e92276fc5361f6667d79cd3f",
    "spanish": "46846a5a0139d1e3cb77293e521c2865f7bcdb82c44e8d0a06a2cd0ecba48c0b",
}


@pytest.mark.parametrize("name", LISTS)
def test_the_words_are_those_of_the_published_list(name: str) -> None:
    text = "".join(f"{word}\n" for word in LISTS[name])

    assert PUBLISHED[name] == hashlib.sha256(unicodedata.normalize("NFKD", text).encode()).hexdigest()


def test_each_english_word_has_a_rarity_and_common_words_have_little() -> None:
    assert len(english.WORDS) == len(RARITY)
    assert sum(RARITY) / len(RARITY) > 4
    assert RARITY[english.WORDS.index("this")] < 0 < RARITY[english.WORDS.index("zebra")]


def numbered(words: Sequence[str], form: str, between: str = "\n") -> str:
    return between.join(form.format(number=number, word=word) for number, word in enumerate(words, 1))


def in_columns(words: Sequence[str], columns: int) -> str:
    rows = len(words) // columns
    return "\n".join(
        "   ".join(f"{row + rows * column + 1}. {words[row + rows * column]}" for column in range(columns))
        for row in range(rows)
    )


def mistyped(word: str) -> str:
    """Two letters the wrong way round; or another character, which is in no list."""
    return word[0] + word[2] + word[1] + word[3:] if len(word) > 2 else "囧"


def wide(word: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in word)


SHAPES: dict[str, Callable[[list[str]], str]] = {
    "in a line": " ".join,
    "with commas": ", ".join,
    "a word a line": "\n".join,
    "with dashes": " - ".join,
    "numbered lines": lambda words: numbered(words, "{number}. {word}"),
    "numbered in a line": lambda words: numbered(words, "{number}) {word}", " "),
    "numbers without a blank": lambda words: numbered(words, "{number}.{word}", " "),
    "Word 1:": lambda words: numbered(words, "Word {number}: {word}"),
    "第1个": lambda words: numbered(words, "第{number}个 {word}"),
    "第1个：": lambda words: numbered(words, "第{number}个：{word}", "，"),
    "quoted": lambda words: "\n".join(
        "> " + " ".join(words[start : start + 4]) for start in range(0, len(words), 4)
    ),
    "in capitals": lambda words: " ".join(words).upper(),
    "with capitals": lambda words: " ".join(words).title(),
    "a table": lambda words: numbered(words, "| {number} | {word} |"),
    "far apart": (" " * 30).join,
    "pretty JSON": lambda words: json.dumps({"mnemonic": words}, indent=8, ensure_ascii=False),
    "JSON in a line": lambda words: json.dumps(words, ensure_ascii=False),
    "two columns": lambda words: in_columns(words, 2),
    "three columns": lambda words: in_columns(words, 3),
    "and at the end": lambda words: ", ".join(words[:-1]) + ", and " + words[-1],
    "full width": lambda words: "　".join(map(wide, words)),
    "decomposed": lambda words: unicodedata.normalize("NFD", " ".join(words)),
    "ideographic blanks": "　".join,
    "soft hyphens": lambda words: " ".join(f"{word[:2]}\u00ad{word[2:]}" for word in words),
    "zero width": lambda words: " ".join("\u200b".join(word) for word in words),
    "a word mistyped": lambda words: " ".join([*words[:5], mistyped(words[5]), *words[6:]]),
    "a word missing": lambda words: " ".join(words[:5] + words[6:]),
    "after a question": lambda words: "please help find this word " + " ".join(words),
    "before a question": lambda words: f"my seed: {' '.join(words)} hello can you help me with this problem",
    "in Chinese": lambda words: f"我的助记词是：{' '.join(words)}，请帮我找回",
}


def covers(before: str, written: str, words: Sequence[str]) -> bool:
    """Whether all that lies between the first and the last word of a phrase is found."""
    text = f"{before}\n{written}\nThanks."
    covered = set()
    for found in find_phrases(text):
        covered.update(range(found.start, found.end))
    plain, places = folded(text)
    first = plain.index(folded(words[0])[0], len(before))
    last = plain.rindex(folded(words[-1])[0]) + len(folded(words[-1])[0])
    return covered >= set(places[first:last])


def test_of_two_thousand_phrases_in_thirty_shapes_and_ten_lists_hardly_any_is_missed() -> None:
    chance = random.Random(18)
    missed = []
    for name, words in LISTS.items():
        for shape, write in SHAPES.items():
            for _ in range(7):
                secret = phrase(chance, words, chance.choice((12, 12, 12, 18, 24)))
                # A Chinese text of single characters is only told from a phrase where it names one.
                if not covers("我的助记词。" if "chinese" in name else "Hello.", write(secret), secret):
                    missed.append((name, shape))

    assert 30 == len(SHAPES)
    assert len(missed) <= 0.01 * 2_100, missed


@each("shape", SHAPES)
def test_an_english_phrase_is_hidden_whole_in_each_shape(shape: str) -> None:
    """Not a word of it may stay: with eleven of twelve the last is found in 128 tries."""
    chance = random.Random(shape)
    for _ in range(20):
        secret = phrase(chance, english.WORDS, 12)
        text = f"Hi!\n{SHAPES[shape](secret)}\nBye!"
        for found in reversed(find(text)):
            text = text[: found.start] + text[found.end :]
        left = unicodedata.normalize("NFKC", text).lower()
        assert [] == [word for word in secret if len(word) > 4 and word in left], text


ORDINARY = {
    "a manual": "open the app and select the settings page then choose update and wait until it is ready",
    "a list of fruit": "apple banana cherry lemon orange olive mango grape tomato potato",
    "Chinese": "我的助记词是不是就没有办法找回来了请问一下有没有别的办法可以把我的钱找回来",
    "spaced Chinese": "请 问 我 的 钱 包 为 什 么 打 不 开 了 ？ 我 已 经 试 过 很 多 次 了 。",
    "French": "Bonjour, je ne peux plus ouvrir mon application depuis hier soir",
    "Spanish": "Buenos días, desde ayer no puedo abrir la cartera y no sé dónde está el dinero que tenía",
    "Korean": "안녕하세요 어제부터 지갑이 열리지 않습니다 어떻게 해야 하나요 도와주세요 감사합니다",
    "Japanese": "こんにちは。きのうからアプリがひらきません。どうすればいいですか。おしえてください。",
    "window settings": "left top width height border color font size style layer index zoom",
}


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY.keys())
def test_an_ordinary_text_holds_no_phrase(text: str) -> None:
    assert [] == list(find_phrases(text))


def test_a_place_is_that_of_the_text_as_it_was_written() -> None:
    secret = "legal winner thank year wave sausage worth useful legal winner thank yellow"
    text = f"ｍｙ ﬁle\u00ad: {secret}."

    assert [text.index("legal"), text.index("yellow") + 6] == [find(text)[0].start, find(text)[0].end]


@pytest.mark.parametrize(
    "unit",
    [
        "abandon ",
        "zebra. ",
        "please. zebra ",
        "的 ",
        "第1个 的 ",
        "あいこくしん ",
        "ábaco zona ",
        "x abandon x ",
    ],
)
def test_the_time_grows_with_the_length_and_no_faster(unit: str) -> None:
    def took(length: int) -> float:
        text = (unit * (length // len(unit) + 1))[:length]

        def once() -> float:
            begun = time.process_time()
            list(find_phrases(text))
            return time.process_time() - begun

        return min(once() for _ in range(3))

    # Four times the text, with much room for a busy machine: quadratic would be sixteen.
    assert took(80_000) <= 10 * max(took(20_000), 0.005)


@pytest.mark.parametrize(
    "written",
    [
        "<ol><li>{}</li></ol>".format("</li><li>".join(PHRASE.split())),
        "".join(f'<tr><td width="4">{word}</td></tr>' for word in PHRASE.split()),
        f'<a href="https://x.example/{"+".join(PHRASE.split())}">there</a>',
        "<form>" + "".join(f'<input name="w" value="{word}" />' for word in PHRASE.split()) + "</form>",
        "".join(f"<input value={word} name=word{place}>" for place, word in enumerate(PHRASE.split())),
    ],
    ids=["a list", "a table", "a link", "a form", "a form without an end"],
)
def test_a_phrase_in_the_source_of_a_page_is_found_whole(written: str) -> None:
    covered = {place for found in find_phrases(written) for place in range(found.start, found.end)}
    assert {written.index("legal"), written.index("yellow")} <= covered
