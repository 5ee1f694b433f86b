"""A text labelled iso-8859-1 or windows-1252 is in it, however short, unless it surely is something else."""

from email.header import Header
from urllib.parse import quote

import pytest
from each_case import each

from intake.mail.charsets import decode as charsets
from intake.mail.charsets import western
from intake.mail.parse import parse

F = b"From: Ann <a@x.example>\nTo: desk@y.example\nDate: Tue, 5 May 2026 10:00:00 +0200\n"
WRITTEN = [
    # German, one after the other and in a password
    "äöüÄÖÜß", "ÄÖÜ", "Mein Passwort ist ÄäÖö77", "ä ö ü ß", "ßßßß", "öäöäöä", "„ÄÖÜ“", "ÄÖÜäöüß€",
    # French
    "Test: àâäéèêëîïôùûüÿç", "ééééééé", "é è à ç ù", "êôîûâ ëïü", "ÇÇéÉ", "DÉJÀ VU", "«été»", "œuf, Œuvre",
    # of the North, and Icelandic
    "æøåÆØÅ", "åäöÅÄÖ", "ÅÅÅÅ", "øl", "áðéíóúýþæö", "ÞÓRÐUR",
    # Portuguese, Spanish, Italian, Dutch
    "ãõç", "çãõáéíóú", "ÁÉÍÓÚ áéíóú", "ñÑ¿¡", "¿Qué? ñandú", "Ñoño", "Coruña, España",
    "àèìòù", "ÀÈÌÒÙ", "ïëéö", "äéíóú",
    # of several, and a table of them
    "äöüßéàèñç", "Test äöü éèà ñ ç", "àáâãäåæçèéêëìíîï", "5 °C ±2 µm, x²",
]  # fmt: skip


@each("label", ["iso-8859-1", "windows-1252"])
@each("words", WRITTEN)
def test_a_right_western_label_is_believed(words: str, label: str) -> None:
    data = words.encode("cp1252")
    kind = f"Content-Type: text/plain; charset={label}\n\n".encode()
    assert words == parse(F + b"Subject: s\n" + kind + data + b"\n").text
    # In the subject, in words of code, and as the name of a file in the form of RFC 2231.
    subject = Header(words, "iso-8859-1" if data.isascii() or max(words) < "\u0100" else "cp1252").encode()
    assert words == parse(F + f"Subject: {subject}\n\nhello\n".encode()).subject
    named = f"Content-Disposition: attachment; filename*={label}''{quote(data)}.png\n"
    raw = F + b"Subject: s\nContent-Type: image/png\n" + named.encode() + b"\n\x89PNG\r\n\x1a\n"
    (file,) = parse(raw).attachments
    assert f"{words}.png" == file.claimed


@each("words", WRITTEN)
def test_a_raw_subject_is_read_by_a_right_western_label_of_the_text(words: str) -> None:
    raw = (
        F
        + b"Subject: "
        + words.encode("cp1252")
        + b"\nContent-Type: text/plain; charset=iso-8859-1\n\nhello\n"
    )
    assert words == parse(raw).subject


OTHERS = [
    ("Russian", "cp1251", "Здравствуйте, не работает вход"),
    ("Russian, three words", "cp1251", "Не работает вход"),
    ("Russian of old mailers", "koi8-r", "Забыл пароль, помогите"),
    ("Ukrainian", "cp1251", "Не можу увійти до гаманця"),
    ("Greek", "cp1253", "Δεν μπορώ να συνδεθώ"),
    ("Hebrew", "cp1255", "לא מצליח להתחבר לחשבון"),
    ("Arabic", "cp1256", "لا أستطيع تسجيل الدخول"),
    ("Thai", "cp874", "เข้าสู่ระบบไม่ได้"),
    ("Chinese", "gb18030", "密码错误"),
    ("Chinese of Taiwan", "big5", "無法登入我的帳號"),
    ("Japanese", "cp932", "ログインできません"),
    ("Japanese, a word of kana", "cp932", "アドレス"),
    ("Japanese of Unix", "euc-jp", "ログインできません"),
    ("Korean", "cp949", "로그인이 안 됩니다"),
    ("Polish", "iso8859-2", "Dzień dobry, nie mogę się zalogować"),
    ("Polish with letters of Spanish", "cp1250", "dzień dobry"),
    ("Turkish", "cp1254", "Merhaba, giriş yapamıyorum"),
    ("UTF-8", "utf-8", "äöüÄÖÜß"),
    ("UTF-8 of another script", "utf-8", "Не работает"),
]


@pytest.mark.parametrize(("codec", "words"), [row[1:] for row in OTHERS], ids=[row[0] for row in OTHERS])
def test_a_wrong_western_label_is_still_overruled(codec: str, words: str) -> None:
    for label in ("iso-8859-1", "windows-1252"):
        assert words == charsets.decode(words.encode(codec), label)


def test_what_is_of_one_language_is_told_by_all_its_letters_and_no_sign_inside() -> None:
    assert western.of_one_language("äöü".encode("cp1252"))
    assert not western.of_one_language("äñ".encode("cp1252"))
    assert not western.of_one_language("ä¼".encode("cp1252"))
    assert western.of_one_language(b"plain")


GREETINGS = {
    "cp1251": ["Привет", "Нет", "Добрый день", "ПРИВЕТ", "ТЕСТ", "Не могу войти", "Дякую", "тест 5"],
    "koi8_r": ["Добрый день", "привет!"],
    "cp1253": ["Γειά", "δοκιμή", "ΕΛΛΑΔΑ", "Όχι"],
    "cp1255": ["שלום", "עזרה", "שלום רב"],
    "cp1256": ["شكرا", "مساعدة", "نعم", "عندي مشكلة"],
}


@each(("codec", "words"), [(codec, words) for codec, all_words in GREETINGS.items() for words in all_words])
def test_a_greeting_in_another_script_under_a_western_label_is_read(codec: str, words: str) -> None:
    assert words == charsets.decode(words.encode(codec), "iso-8859-1")


WHOLE = [
    ("cp1251", "Да"), ("koi8_r", "Да"), ("cp1251", "не"), ("cp1251", "Так."), ("cp1253", "ναι"),
    ("iso8859_7", "Όχι"), ("cp1255", "כן"), ("cp1255", "לא"), ("cp1256", "لا"), ("cp1256", "نعم"),
    ("cp1250", "Čau"), ("iso8859_2", "Čau!"), ("cp1250", "Ahoj, čau"), ("cp1250", "Děkuji"),
    ("iso8859_2", "Ďakujem"), ("cp1250", "Cześć"), ("iso8859_2", "Dzięki"), ("cp1250", "Dobrý deň"),
    ("cp1250", "Mulţumesc"), ("cp1254", "İyi günler"), ("cp1254", "Günaydın"),
    ("cp1254", "iyi akşamlar"), ("cp1257", "Ačiū"),
]  # fmt: skip


@each("label", ["iso-8859-1", "windows-1252"])
@each(("codec", "words"), WHOLE)
def test_a_word_that_is_a_whole_mail_is_read_under_a_western_label(
    codec: str, words: str, label: str
) -> None:
    assert words == charsets.decode(words.encode(codec), label)
    assert f"{words}\r\n" == charsets.decode(f"{words}\r\n".encode(codec), label)


WESTERN = [
    "äöü", "ÄÖÜ", "é", "éè", "ïë", "ïé", "áéí", "Ça va", "Où", "Öl", "Þór", "Ær", "Né", "Sí", "Être",
    "Ýr", "prosím", "Dobrý", "año", "für", "L'été à Nîmes", "Çok", "Dürer", "àè", "èé", "îô", "âê",
    "åäö", "æøå", "ãõ", "ñ", "Günter", "Mein Äà",
]  # fmt: skip


@each("label", ["iso-8859-1", "windows-1252"])
@each(
    "words",
    WESTERN,
)
def test_a_western_word_is_no_greeting_in_another_charset(words: str, label: str) -> None:
    assert words == charsets.decode(words.encode("cp1252"), label)
