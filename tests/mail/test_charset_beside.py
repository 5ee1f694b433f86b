"""A text without a label is read by the label beside it, and each of its lines by who wrote it."""

import base64

import pytest
from each_case import each

from intake.mail.charsets import decode as charsets
from intake.mail.charsets import plausible, twice
from intake.mail.parse import parse

# ruff: noqa: E501
F = b"From: Ann <a@x.example>\nTo: desk@y.example\nDate: Tue, 5 May 2026 10:00:00 +0200\n"

BESIDE = [
    ("big5", "big5", "無法登入"),
    ("windows-1255", "cp1255", "לא עובד"),
    ("windows-1257", "cp1257", "užsakymas dar neatvyko"),
    ("iso-8859-13", "iso8859-13", "Labdien, nevaru pieslēgties"),
    ("iso-8859-4", "iso8859-4", "nevaru pieslēgties, lūdzu palīdziet"),
    ("gb2312", "gb18030", "已关闭"),
    ("gb2312", "gb18030", "账号密码请快递"),
    ("iso-8859-2", "iso8859-2", "Přihlášení nefunguje"),
    ("windows-1253", "cp1253", "δεν"),
    ("iso-8859-1", "cp1252", "Grüße, ähnlich"),
    ("koi8-r", "koi8-r", "вход"),
    ("shift_jis", "cp932", "注文"),
    ("ks_c_5601-1987", "cp949", "주문"),
]
IDS = [f"{row[0]} {row[2]}" for row in BESIDE]


def word(words: str, label: str, codec: str) -> bytes:
    return b"=?" + label.encode() + b"?B?" + base64.b64encode(words.encode(codec)) + b"?="


@pytest.mark.parametrize(("label", "codec", "words"), BESIDE, ids=IDS)
def test_a_body_without_a_label_is_read_by_that_of_its_subject(label: str, codec: str, words: str) -> None:
    raw = (
        F + b"Subject: " + word(words, label, codec) + b"\nContent-Type: text/plain\n\n" + words.encode(codec)
    )
    assert (words, words) == ((message := parse(raw)).subject, message.text)
    assert words == parse(raw.replace(b"Content-Type: text/plain\n", b"")).text


@pytest.mark.parametrize(("label", "codec", "words"), BESIDE, ids=IDS)
def test_a_body_without_a_label_is_read_by_that_of_its_container(label: str, codec: str, words: str) -> None:
    kind = b"Content-Type: multipart/mixed; charset=" + label.encode() + b"; boundary=B\n\n"
    part = b"--B\nContent-Type: text/plain\n\n" + words.encode(codec) + b"\n--B--\n"
    assert words == parse(F + b"Subject: x\n" + kind + part).text
    nested = b"Content-Type: multipart/mixed; boundary=O\n\n--O\n" + kind + part + b"--O--\n"
    assert words == parse(F + b"Subject: x\n" + nested).text


@pytest.mark.parametrize(("label", "codec", "words"), BESIDE, ids=IDS)
def test_a_body_without_a_label_is_read_by_that_of_its_author(label: str, codec: str, words: str) -> None:
    raw = F.replace(b"Ann", word(words, label, codec)) + b"Subject: x\n\n" + words.encode(codec)
    message = parse(raw)
    assert (words, words) == (message.text, message.sender.name)


NOT_ASKED = [
    ("a body with its own label", "gb2312", "; charset=windows-1251", "cp1251", "Не работает вход"),
    ("UTF-8", "windows-1251", "", "utf-8", "Не работает вход"),
    (
        "a body in another charset than the subject's",
        "iso-8859-1",
        "",
        "cp1251",
        "Здравствуйте, не работает вход",
    ),
    ("Latin-1 below a subject in Chinese", "gb2312", "", "cp1252", "Größe für Bücher, schöne Grüße"),
    ("a subject in UTF-8", "utf-8", "", "cp1251", "Здравствуйте, не работает вход"),
    ("a charset that nobody knows", "x-nonsense", "", "cp1251", "Здравствуйте, не работает вход"),
]


@pytest.mark.parametrize(
    ("subject", "label", "codec", "words"), [row[1:] for row in NOT_ASKED], ids=[row[0] for row in NOT_ASKED]
)
def test_the_label_beside_is_a_hint_alone(subject: str, label: str, codec: str, words: str) -> None:
    head = F + f"Subject: =?{subject}?Q?x=20y?=\nContent-Type: text/plain{label}\n\n".encode()
    assert words == parse(head + words.encode(codec)).text


TELLING = [("Chinese, read as Thai", "gb18030", "已关闭"), ("Korean, read as Thai", "cp949", "로그인이 안 됩니다"),
           ("Big5 of signs and letters", "big5", "無法登入"), ("Thai", "cp874", "เข้าระบบไม่ได้"),
           ("Thai with a number", "cp874", "สั่งซื้อ ๑๒ ชิ้น")]  # fmt: skip


@pytest.mark.parametrize(("codec", "words"), [row[1:] for row in TELLING], ids=[row[0] for row in TELLING])
def test_short_words_without_any_label_are_told_by_their_letters(codec: str, words: str) -> None:
    assert words == charsets.decode(words.encode(codec))


@pytest.mark.parametrize("words", ["·¸¸·´¯`·¸¸·´¯`·¸¸·", "20 °C, 5 µm", "§ 5 and ±2", "°C °F"])
def test_signs_of_latin_1_are_no_big5(words: str) -> None:
    assert words == charsets.decode(words.encode("cp1252"))
    assert not plausible.big5(words.encode("cp1252"))


def test_a_vowel_that_stands_alone_is_no_thai() -> None:
    assert 0 == plausible.not_thai("เข้าระบบไม่ได้ กรุณาช่วยด้วย น้ำ")
    assert plausible.not_thai("าันุฑี") > plausible.SUSPICIOUS


TWICE = ["Vielen Dank für die Grüße", "Größe", "Не работает вход", "您好，无法登录", "São João não", "l’été – “déjà”",
         "Dzień dobry, proszę", "prix 5 € à Nîmes", "ログイン"]  # fmt: skip


@each("label", ["; charset=utf-8", "; charset=iso-8859-1", ""])
@each("middle", ["latin-1", "cp1252"])
@each("words", TWICE)
def test_text_encoded_twice_in_utf8_is_read_as_it_was(words: str, middle: str, label: str) -> None:
    # Where Windows-1252 has no letter, programs take the byte's own number.
    letters = [bytes((one,)).decode(middle, "ignore") or chr(one) for one in words.encode()]
    data = "".join(letters).encode()
    raw = (
        F + b"Subject: =?utf-8?B?" + base64.b64encode(data) + b"?=\nContent-Type: text/plain" + label.encode()
    )
    assert (words, words) == ((message := parse(raw + b"\n\n" + data)).text, message.subject)


FEW = [
    "äöü", "éè", "Test ü", "Hallo Test äöü", "Das macht 20 €, bitte", "€ 20", "£5", "20 °", "§ 5", "Hello – world", "Hello 😀", "👍",
    "Hello… “you”", "prix à 5 euros", "À demain", "o que é?", "Hello.\u00a0 How are you", "Merci\u00a0!", "• one\n• two",
]  # fmt: skip


@each("middle", ["latin-1", "cp1252"])
@each("words", FEW)
def test_few_letters_encoded_twice_are_read_where_people_write_such(words: str, middle: str) -> None:
    letters = [bytes((one,)).decode(middle, "ignore") or chr(one) for one in words.encode()]
    for label in ("utf-8", "iso-8859-1", ""):
        assert words == charsets.decode("".join(letters).encode(), label)


@pytest.mark.parametrize("words", ["ß", "Å", "–", "test – ß"])
def test_a_control_beside_such_a_letter_is_nobodys_sample(words: str) -> None:
    assert words == charsets.decode(words.encode().decode("latin-1").encode(), "utf-8")


ONCE = [
    "it shows â‚¬ instead of the euro", "I see â€“ everywhere", "What is Ã¤Ã¶Ã¼ ?", "Ã¼", "why Ã¼ ?", "my name has Ã¶ please fix",
    "statt 20 â‚¬", "ðŸ˜€ appears", "I get â€™ in the text", "Ã© Ã¨ appear", "In the mail: Ã¤", "Ã¤ and Ã¶ in the subject",
    "it shows fÃ¼r instead of für", "Expected: für\nGot: fÃ¼r", "the sign Ã¼ alone", "SÃO PAULO, NÃO", "Ã", "Â° is odd",
    "naïve Â", "«Â»", "für die Grüße", "Âme et Êtes",
]  # fmt: skip


@each("words", ONCE)
def test_text_that_speaks_of_such_letters_stays(words: str) -> None:
    assert words == charsets.decode(words.encode(), "utf-8") == twice.repaired(words.encode(), words)


QUOTE = "> 您好，本公司在全国各大城市设立分公司，实力雄厚，有独立税务专业人员，欢迎来电咨询。\n> 联系人：黄经理，业务合作请来信。"
ANSWERS = [
    ("Icelandic", "Góðan dag, þetta er ekki fyrir mig. Ég bað ekki um þetta bréf og vil ekki fá það aftur."),
    ("German", "Bitte keine Werbung mehr, das höre ich nicht gern.\nSchöne Grüße aus Köln"),
    ("French", "Je n'ai rien demandé, arrêtez."),
    ("Portuguese", "Não quero mais isto, por favor não insistam."),
]


@pytest.mark.parametrize("label", ["; charset=iso-8859-1", ""])
@pytest.mark.parametrize("words", [row[1] for row in ANSWERS], ids=[row[0] for row in ANSWERS])
def test_an_answer_in_latin_1_above_raw_chinese_keeps_its_letters(words: str, label: str) -> None:
    data = words.encode("latin-1") + b"\n\n" + QUOTE.encode("gb18030")
    raw = F + b"Subject: Re: x\nContent-Type: text/plain" + label.encode() + b"\n\n" + data
    assert f"{words}\n\n{QUOTE}" == parse(raw).text
    below = QUOTE.encode("gb18030") + b"\n\n" + words.encode("latin-1")
    assert f"{QUOTE}\n\n{words}" == charsets.decode(below, "iso-8859-1")


def test_lines_of_one_charset_stay_in_it() -> None:
    for codec, words in [
        ("gb18030", QUOTE + "\nA 级\n  API 接口 test\n级"),
        ("cp1251", "Здравствуйте, не работает вход в кабинет\nAPI в работе\nа и в"),
    ]:
        assert words == charsets.decode(words.encode(codec), "iso-8859-1")
