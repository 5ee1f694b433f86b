"""Words that can be compared, in any language."""

import pytest

from intake.desk.text import words as desk_words
from intake.desk.text.words import LONGEST_WORD, asked, phrase, text_of, vocabulary, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, World_2", ["hello", "world", "2"]),
        ("İSTANBUL Ångström Straße", ["istanbul", "angstrom", "strasse"]),
        ("Đồng tiền bị mất", ["dong", "tien", "bi", "mat"]),
        ("Украли всё, й и", ["украли", "все", "и", "и"]),
        ("被盗了", ["被盗", "盗了", "了", "被", "盗"]),
        ("iPhone丢了", ["iphone", "丢了", "了", "丢"]),
        ("ＡＢＣ１２", ["abc12"]),
        ("한국어 지갑", ["한국", "국어", "어", "지갑", "갑", "한", "국", "지"]),
        ("パスワード", ["パス", "スワ", "ワー", "ード", "ド", "パ", "ス", "ワ", "ー"]),
        ("नमस्ते", ["नमस्ते"]),
        ("𠮷野", ["𠮷野", "野", "𠮷"]),
        ("", []),
        ("…!?", []),
    ],
)
def test_a_text_is_cut_into_words(text: str, expected: list[str]) -> None:
    assert expected == words(text)


def test_a_word_that_is_none_is_cut_off() -> None:
    assert ["a" * LONGEST_WORD] == words("A" * 5000)
    assert ["я" * LONGEST_WORD] == words("Я" * 5000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("被盗 wallet", [(["被盗"], False), (["wallet"], False)]),
        ("助记词", [(["助记", "记词"], False)]),
        ('"private key" x', [(["private", "key"], False), (["x"], False)]),
        ("wal*", [(["wal"], True)]),
        ("盗", [(["盗"], False)]),
        ("ann@x.example", [(["ann", "x", "example"], False)]),
        ('" " ?!', []),
        ('"unclosed quote', [(["unclosed"], False), (["quote"], False)]),
    ],
)
def test_what_is_asked_for(text: str, expected: list[tuple[list[str], bool]]) -> None:
    assert expected == asked(text)


@pytest.mark.parametrize("text", ["被盗", "助记词在哪里", "ログインできない", "지갑 분실", "ที่อยู่"])
def test_every_piece_of_a_text_is_found_in_it(text: str) -> None:
    whole = f" {' '.join(words(text))} "
    for start in range(len(text)):
        for end in range(start + 2, len(text) + 1):
            piece = text[start:end]
            if piece.isascii() or " " in piece:
                continue
            assert f" {' '.join(phrase(piece))} " in whole, piece


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("My coins were STOLEN!", "stolen"),
        ("the key is private", ""),
        ("Private\nKey", "private key"),
        ("我的币被盗了", "被盗"),
        ("Вчера украли всё", "украл*"),
        ("it is phishing", "phish*"),
        ("ESCROQUERIES", "escroquerie*"),
        ("nothing of it", ""),
        ("stolenness", ""),
        ("全黑", "黑"),
        ("黑屏", "黑"),
        ("", ""),
    ],
)
def test_words_of_a_rule_are_found(text: str, found: str) -> None:
    given = ["stolen", "黑", "private key", "被盗", "украл*", "phish*", "escroquerie*"]
    assert found == vocabulary(given).find(text_of(text))


def test_a_phrase_does_not_reach_from_the_subject_into_the_text() -> None:
    looked_for = vocabulary(["private key"])
    assert "" == looked_for.find(text_of("My private", "key is lost"))
    assert "private key" == looked_for.find(text_of("My", "private key is lost"))


def test_folding_is_the_same_whichever_way_a_letter_is_made() -> None:
    assert desk_words.fold("é") == desk_words.fold("e\u0301")
    assert desk_words.fold("Ё") == desk_words.fold("\u0415\u0308")
    assert desk_words.fold("각") == desk_words.fold("\u1100\u1161\u11a8")


@pytest.mark.parametrize("text", ["提币 Über order", "order " * 2000])
def test_a_text_is_cut_the_same_each_time_whatever_is_done_with_its_words(text: str) -> None:
    before = words(text)
    kept = tuple(before)
    before.append("another")
    assert kept == tuple(words(text))
    assert set(kept) >= set(text_of(text).known)


def test_traditional_and_simplified_letters_are_one_for_search_and_for_triage_words() -> None:
    assert words("转账没到账") == words("轉賬沒到賬")
    assert "转账" == vocabulary(["转账"]).find(text_of("我的轉賬沒有到"))
    assert "轉帳" == vocabulary(["轉帳"]).find(text_of("我的转帐没有到"))
