"""Charsets: what mail calls them, what it means, and what happens when the label lies."""

import sys

import pytest
from each_case import each

from intake.mail.charsets import decode as charsets

CHINESE = "您好，我的订单还没有收到，请尽快处理。谢谢！"
JAPANESE = "お世話になっております。ログインできません。"
RUSSIAN = "Здравствуйте, я не могу войти в систему, помогите пожалуйста"
GERMAN = "Grüße aus München: die Größe stimmt nicht"
POLISH = "Dzień dobry, nie mogę się zalogować. Proszę o pomoc"
TURKISH = "Merhaba, teşekkür ederim ama bu hesap benim için yok"
SPANISH = "El análisis no encontró nada en este mensaje. "

DECODED = [
    ("gb2312 as labelled", CHINESE.encode("gb2312"), "gb2312", CHINESE),
    ("gbk under the label gb2312", "朱镕基".encode("gbk"), "gb2312", "朱镕基"),
    ("a quoted label with a language", GERMAN.encode("latin-1"), '"iso-8859-1*de"', GERMAN),
    ("a label followed by junk", GERMAN.encode("latin-1"), "iso-8859-1 (Latin)", GERMAN),
    ("windows-1252 under the label latin-1", b"\x93quoted\x94 \x80 5", "iso-8859-1", "“quoted” € 5"),
    ("a hole of windows-1252", b"a\x81b\xe4", "windows-1252", "a\x81bä"),
    ("utf-8 under the label us-ascii", GERMAN.encode(), "us-ascii", GERMAN),
    ("utf-8 under the label latin-1", GERMAN.encode(), "iso-8859-1", GERMAN),
    ("utf-8 with a byte order mark", b"\xef\xbb\xbf" + GERMAN.encode(), "utf-8", GERMAN),
    ("latin-1 under the label utf-8", GERMAN.encode("latin-1"), "utf-8", GERMAN),
    ("gb2312 under the label latin-1", CHINESE.encode("gb2312"), "iso-8859-1", CHINESE),
    ("gb2312 without a label", CHINESE.encode("gb2312"), "", CHINESE),
    ("koi8-r without a label", RUSSIAN.encode("koi8-r"), "unknown-8bit", RUSSIAN),
    ("iso-2022-jp", JAPANESE.encode("iso2022_jp"), "iso-2022-jp", JAPANESE),
    ("iso-2022-jp without a label", JAPANESE.encode("iso2022_jp"), "", JAPANESE),
    ("shift_jis with vendor characters", "①株式会社".encode("cp932"), "Shift_JIS", "①株式会社"),
    ("hz", b"~{<:Ky2;S{~}.", "hz-gb-2312", "己所不欲."),
    ("utf-7", b"+APw-ber", "unicode-1-1-utf-7", "über"),
    ("ks_c_5601-1987", "안녕하세요".encode("cp949"), "ks_c_5601-1987", "안녕하세요"),
    ("windows-874", "ขอบคุณ".encode("cp874"), "windows-874", "ขอบคุณ"),
    ("iso-8859-8-i", "תודה".encode("cp1255"), "iso-8859-8-i", "תודה"),
    ("x-mac-cyrillic", "Привет".encode("mac_cyrillic"), "x-mac-cyrillic", "Привет"),
    ("utf-16 with its mark", "héllo".encode("utf-16"), "utf-16", "héllo"),
    ("utf-16 with its mark and no label", "你好".encode("utf-16"), "", "你好"),
    ("utf-16 with its mark under another label", RUSSIAN.encode("utf-16"), "windows-1251", RUSSIAN),
    ("utf-16 without mark and label", GERMAN.encode("utf-16-le"), "", GERMAN),
    ("utf-16 of the other order, under utf-8", GERMAN.encode("utf-16-be"), "utf-8", GERMAN),
    ("utf-16 of the other order, under its own label", "Hello".encode("utf-16-be"), "utf-16", "Hello"),
    ("utf-16 that lost half of its last character", GERMAN.encode("utf-16-le")[:-1], "utf-16", GERMAN[:-1]),
    ("utf-32 with its mark and no label", "你好".encode("utf-32"), "", "你好"),
    ("ascii under the label utf-16", b"My order is missing.", "utf-16", "My order is missing."),
    ("utf-8 under the label unicode", GERMAN.encode(), "unicode", GERMAN),
    ("a zero byte in a text", b"abc\0def, and more of it", "utf-8", "abc\0def, and more of it"),
    ("a mark and no text behind it", b"\xff\xfe\x00\xd8\x00\xd8", "latin-1", "ÿþ\0Ø\0Ø"),
    ("ascii under any label", b"plain", "koi8-r", "plain"),
    ("a charset nobody knows", GERMAN.encode(), "x-nonsense", GERMAN),
    ("a codec that is no charset", b"uryyb", "rot13", "uryyb"),
    ("another that would run on the bytes", b"abc-", "punycode", "abc-"),
    ("utf-8 under the label koi8-r", RUSSIAN.encode(), "koi8-r", RUSSIAN),
    ("utf-8 under the label windows-1251", RUSSIAN.encode(), "windows-1251", RUSSIAN),
    ("utf-8 under the label iso-8859-2", POLISH.encode(), "iso-8859-2", POLISH),
    ("utf-8 under the label gb2312", CHINESE.encode(), "gb2312", CHINESE),
    ("utf-8 under the label shift_jis", JAPANESE.encode(), "shift_jis", JAPANESE),
    ("one letter that two charsets have", "é".encode(), "koi8-r", "é".encode().decode("koi8-r")),
    ("gbk that happens to be utf-8", "勇".encode("gbk") * 4, "gbk", "勇勇勇勇"),
    ("Polish under the label latin-1", POLISH.encode("iso8859_2"), "iso-8859-1", POLISH),
    ("Polish of Windows under the label latin-1", POLISH.encode("cp1250"), "iso-8859-1", POLISH),
    (
        "Polish with one letter, without a label",
        "nie dotarło, proszę".encode("cp1250"),
        "",
        "nie dotarło, proszę",
    ),
    ("Turkish with one letter of its own", TURKISH.encode("cp1254"), "iso-8859-1", TURKISH),
    (
        "Spanish, whose letters Polish has too",
        "El año pasado no llegó mi camión".encode("latin-1"),
        "iso-8859-1",
        "El año pasado no llegó mi camión",
    ),
    (
        "French with one letter that Polish has too",
        "Je ne peux pas, même avec la tête".encode("latin-1"),
        "iso-8859-1",
        "Je ne peux pas, même avec la tête",
    ),
    (
        "French, short and without a label",
        "façon problème je ne peux pas".encode("latin-1"),
        "",
        "façon problème je ne peux pas",
    ),
    ("an ornament of signs", "·¸¸·´¯`·¸¸·´¯`·¸¸· News".encode("latin-1"), "", "·¸¸·´¯`·¸¸·´¯`·¸¸· News"),
    (
        "utf-8 with a scanner's line in latin-1",
        (SPANISH * 5).encode() + b"Informaci\xf3n de NOD32",
        "utf-8",
        SPANISH * 5 + "Información de NOD32",
    ),
    (
        "utf-8 with half a character of Chinese",
        (CHINESE * 5).encode() + b"a\xe4b",
        "utf-8",
        CHINESE * 5 + "a\ufffdb",
    ),
    (
        "a text cut in the middle of a character",
        CHINESE.encode("gb2312")[:-1],
        "gb2312",
        CHINESE[:-1] + "\ufffd",
    ),
]


@each(("data", "label", "text"), [r[1:] for r in DECODED], ids=[r[0] for r in DECODED])
def test_bytes_become_the_text_that_was_written(data, label, text):
    assert text == charsets.decode(data, label)


def test_a_hint_is_used_when_a_header_is_raw_and_not_utf8():
    assert "Größe" == charsets.decode("Größe".encode("latin-1"), "", "iso-8859-1")
    assert "заказ" == charsets.decode("заказ".encode("koi8-r"), "", "koi8-r")
    assert "заказ" == charsets.decode("заказ".encode(), "", "koi8-r")


def test_a_header_without_a_label_is_read_as_the_text_below_it():
    from intake.mail.parse import parse

    subject, text = "账号密码请快递", "您好，我的订单还没有收到，请尽快处理，谢谢你们的帮助。"
    raw = (
        b"From: a@x.example\r\nSubject: " + subject.encode("gbk") + b"\r\n\r\n" + text.encode("gbk") + b"\r\n"
    )
    assert (subject, text) == (parse(raw).subject, parse(raw).text)


@pytest.mark.parametrize("label", ["nope", "undefined", "idna", "\0", "base64", "zlib", "?" * 500, "utf-8\n"])
def test_no_label_and_no_bytes_raise(label):
    for data in (b"", b"\xff\xfe\x00", bytes(range(256)), b"\x1b$B\xff", b"~{\xff", b"+AP"):
        assert isinstance(charsets.decode(data, label), str)


# Without a label: what its words or its characters tell beyond doubt, the detector is not asked for.
TELLING = [
    (
        "French among English",
        "Please ask at the café in Orléans about the order, they have my address.",
        "cp1252",
    ),
    ("German", "Ich kann mich nicht anmelden, bitte prüfen Sie die Größe. Vielen Dank!", "cp1252"),
    ("Turkish", "Merhaba, siparişim hâlâ gelmedi, bana yardım edebilir misiniz? Teşekkürler.", "cp1254"),
    ("Polish", "Dzień dobry, proszę o pomoc, nie mogę się zalogować. Dziękuję bardzo.", "iso8859_2"),
    ("Chinese", "你们好，我上个月在网上买的打印机现在不能用了，请问这个问题应该怎么解决？谢谢。", "gb18030"),
]
OTHERS = [
    ("Lithuanian, whose letters are Turkish ones", "užsakymas dar neatvyko, prašau patikrinti.", "cp1257"),
    (
        "a Russian name among English",
        "Please forward it to Мария Иванова Петровна in Moscow, she asked",
        "cp1251",
    ),
    (
        "Korean",
        "안녕하세요 로그인이 안 됩니다 주문한 상품이 아직 도착하지 않았습니다 확인 부탁드립니다",
        "cp949",
    ),
    ("traditional Chinese", "您好，我的訂單還沒有收到，請儘快處理，謝謝你們的幫助。", "big5hkscs"),
]


@pytest.mark.parametrize(("text", "codec"), [r[1:] for r in TELLING], ids=[r[0] for r in TELLING])
def test_what_tells_itself_is_read_without_the_detector(text, codec, monkeypatch):
    monkeypatch.setitem(sys.modules, "chardet", None)  # its import would fail
    assert text == charsets.decode(text.encode(codec))


@pytest.mark.parametrize(("text", "codec"), [r[1:] for r in OTHERS], ids=[r[0] for r in OTHERS])
def test_what_only_resembles_it_is_still_read_right(text, codec):
    assert text == charsets.decode(text.encode(codec))
