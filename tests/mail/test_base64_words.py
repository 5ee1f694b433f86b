"""Words and names under the label of base64, and a word right below it."""

import base64
import time

import pytest
from each_case import each

from intake.mail import base64_words, transfer
from intake.mail.parse import parse

# ruff: noqa: E501
CODECS = ("utf-8", "iso-8859-1", "windows-1251", "gb2312", "koi8-r", "us-ascii")
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"


def text(label: str, body: bytes) -> str:
    head = f"From: a@x.example\nSubject: s\nContent-Type: text/plain; charset={label}\nContent-Transfer-Encoding: base64\n\n"
    return parse(head.encode() + body).text


@each("label", CODECS)
@each(
    "words",
    ["Ok", "OK", "No", "Yes", "MetaMask", "TrustWallet", "PayPal", "YouTube", "JohnSmith", "McDonald", JWT],
)
def test_words_and_names_under_the_label_of_base64_stay(words: str, label: str) -> None:
    assert words == text(label, words.encode() + b"\n")


BASE64 = [
    ("windows-1251", "cp1251", "Здравствуйте, не работает вход в кабинет"),
    ("iso-8859-1", "cp1252", "Grüße aus München, es geht nicht"),
    ("koi8-r", "koi8-r", "Не могу войти в кошелек с утра"),
    ("iso-8859-2", "iso8859-2", "Dzień dobry, proszę o pomoc"),
    ("windows-1251", "cp1251", "Не могу войти в кошелек с утра, помогите пожалуйста. " * 4 + "Иван"),
    ("gb2312", "gb18030", "您好，我的钱包打不开"),
]


@each("word", ["hello", "Thanks", "Okay", "MetaMask", "OK", "Regards"])
@each(("label", "codec", "words"), BASE64)
def test_a_word_right_below_base64_is_no_noise(label: str, codec: str, words: str, word: str) -> None:
    body = base64.encodebytes(words.encode(codec)) + word.encode() + b"\n"
    assert words == text(label, body) == text(label, body.replace(b"\n", b"\r\n"))


SHORT = [
    ("windows-1251", "cp1251", "Да Нет Привет Иван тест вход ОК Аня деньги код"),
    ("iso-8859-1", "cp1252", "äöü é Grüße Öl Ça où São Käse Hi Test Ok"),
    ("koi8-r", "koi8-r", "да нет Спасибо пароль"),
    ("gb2312", "gb18030", "你好 钱包 登录 测试"),
    ("utf-8", "utf-8", "да äöü 你好 Hi ok işləmir bilmirəm Necə!"),
]


@pytest.mark.parametrize(("label", "codec", "words"), SHORT)
def test_short_words_in_base64_are_decoded_as_before(label: str, codec: str, words: str) -> None:
    for word in words.split():
        assert word == text(label, base64.encodebytes(word.encode(codec)))


@pytest.mark.parametrize("piece", [b"a", b"a\n", b"Aa", b"eyJ", b"eyJaaaaaaaa.", b" ", b"aaaa\n"])
def test_it_costs_no_more_than_its_length(piece: bytes) -> None:
    body = piece * (1_000_000 // len(piece))
    began = time.process_time()
    answers = (
        base64_words.is_none(body),
        base64_words.without_word_below(body),
        transfer.text(body, b"base64", "cp1251"),
    )
    assert all(answer is not None for answer in answers)
    assert time.process_time() - began < 1


OTHERS = [
    ("cp1251", "Здравствуйте, не могу войти в свой кабинет, помогите пожалуйста. "),
    ("cp1253", "Δεν μπορώ να συνδεθώ στο πορτοφόλι, παρακαλώ βοηθήστε με. "),
    ("cp1252", "Je n'arrive pas à me connecter à mon compte, merci de m'aider dès que possible. "),
    ("gb18030", "您好，我的钱包打不开了，请帮我看看是怎么回事，谢谢。"),
    ("iso2022_jp", "ログインできません。注文の確認をお願いします。"),
]


@each("label", ["", "; charset=utf-8"])
@each("times", [1, 3])
@each(("codec", "words"), OTHERS)
def test_base64_in_another_charset_than_it_says_is_decoded(
    codec: str, words: str, times: int, label: str
) -> None:
    body = base64.encodebytes((words * times).encode(codec))
    head = f"From: a@x.example\nSubject: s\nContent-Type: text/plain{label}\nContent-Transfer-Encoding: base64\n\n"
    assert (words * times).strip() == parse(head.encode() + body).text.strip()
