"""Each kind of mail that is known to break parsers, one row each: what is read of it."""

import base64
import quopri

import pytest
from each_case import each

from intake.mail.parse import parse

F = b"From: a@x.example\nSubject: s\n"
MIXED = F + b"Content-Type: multipart/mixed; boundary=b\n"
TEXT = "Grüße aus Köln, schöne Maße"
CHINESE = "您好，我的订单还没有收到"
JAPANESE = "お世話になっております"


def part(text: bytes, kind: bytes = b"text/plain; charset=utf-8", more: bytes = b"") -> bytes:
    return b"--b\nContent-Type: " + kind + b"\n" + more + b"\n" + text + b"\n"


def encoded(text: str, charset: str, label: str = "") -> bytes:
    return F + f"Content-Type: text/plain; charset={label or charset}\n\n".encode() + text.encode(charset)


UU = b"begin 644 a.txt\n#86)C\n`\nend\n"
B64 = b"Content-Transfer-Encoding: base64\n"
QP = b"Content-Transfer-Encoding: quoted-printable\n"
NESTED = (
    b"--b\nContent-Type: multipart/related; boundary=c\n\n--c\nContent-Type: multipart/alternative; boundary=d\n\n"
    b"--d\n\nplain\n--d\nContent-Type: text/html\n\n<p>plain</p>\n--d--\n--c\n"
    b"Content-Type: image/png; name=i.png\n\n\x89PNG\r\n\x1a\n\n--c--\n--b\nContent-Type: application/pdf; name=d.pdf\n\n"
    b"%PDF-1\n--b--\n"
)
INNER = b"From: c@x.example\nSubject: inner\n\ninside\n"

# ruff: noqa: E501
# name, raw, text, names of files
STRUCTURE = [
    ("nested multiparts", MIXED + b"\n" + NESTED, "plain", ["i.png", "d.pdf"]),
    (
        "a mail forwarded as attachment",
        MIXED + b"\n" + part(b"see") + part(INNER, b"message/rfc822") + b"--b--\n",
        "see",
        ["inner.eml"],
    ),
    (
        "a forwarded multipart with the same boundary",
        MIXED + b"\n" + part(b"see") + part(INNER, b"message/rfc822; name=f.eml") + b"--b--",
        "see",
        ["f.eml"],
    ),
    ("no boundary parameter", F + b"Content-Type: multipart/mixed\n\n--b\n\nhello\n--b--\n", "--b\n\nhello\n--b--", []),
    (
        "a wrong boundary parameter",
        F + b"Content-Type: multipart/mixed; boundary=other\n\n" + part(b"hello") + b"--b--\n",
        "hello",
        [],
    ),
    ("no closing boundary", MIXED + b"\n" + part(b"hello"), "hello", []),
    ("a boundary in quotes with blanks", MIXED.replace(b"=b\n", b'= "b"\n') + b"\n" + part(b"x") + b"--b--", "x", []),
    ("damaged base64", F + B64 + b"\naGV!sb\x00G8\n", "hello", []),
    ("base64 with blank lines", F + B64 + b"\naGVs\n\nbG8=\n\n", "hello", []),
    ("damaged quoted-printable", F + QP + b"\na=\n b =C3=A4 =ZZ =3\n", "a b ä =ZZ =3", []),
    ("a soft break at the end", F + QP + b"\nhello=", "hello", []),
    ("uuencode in a text", F + b"\nsee\n\n" + UU + b"bye\n", "see\n\nbye", ["a.txt"]),
    ("uuencode and nothing else", F + b"\n" + UU, "", ["a.txt"]),
    (
        "uuencode as transfer encoding",
        MIXED + b"\n" + part(b"hi") + part(UU, b"text/csv; name=a.csv", b"Content-Transfer-Encoding: x-uuencode\n"),
        "hi",
        ["a.csv"],
    ),
    ("a byte order mark before the header", b"\xef\xbb\xbf" + F + b"\nhello", "hello", []),
    ("a byte order mark before the text", F + b"\n\xef\xbb\xbfhello", "hello", []),
    ("CR alone at line ends", (F + b"\nhello\nyou").replace(b"\n", b"\r"), "hello\nyou", []),
    ("CRLF", (F + b"\nhello\nyou").replace(b"\n", b"\r\n"), "hello\nyou", []),
    ("CR CR LF", (F + b"\nhello").replace(b"\n", b"\r\r\n"), "hello", []),
    ("an attached text keeps apart", MIXED + b"\n" + part(b"one") + part(b"log", b"text/plain; name=a.log"), "one", ["a.log"]),
    ("two texts are one", MIXED + b"\n" + part(b"one") + part(b"two") + b"--b--", "one\ntwo", []),
    ("html called just html", F + b"Content-Type: html\n\n<p>hello</p>", "hello", []),
    ("a type without a slash", F + b"Content-Type: text\n\nhello", "hello", []),
    ("an unknown multipart", F + b"Content-Type: multipart/x-new; boundary=b\n\n" + part(b"x") + b"--b--", "x", []),
]  # fmt: skip


@each(("raw", "text", "names"), [r[1:] for r in STRUCTURE], ids=[r[0] for r in STRUCTURE])
def test_structure(raw, text, names):
    message = parse(raw)
    assert text == message.text
    assert names == [one.name for one in message.attachments]
    assert "a@x.example" == (message.sender.mailbox if message.sender else "")


CHARSETS = [
    ("gb2312 that is gbk", encoded("朱镕基您好", "gbk", "gb2312"), "朱镕基您好"),
    ("gb2312 that is gb18030", encoded("㐀" + CHINESE, "gb18030", "gb2312"), "㐀" + CHINESE),
    ("ks_c_5601 that is cp949", encoded("똠방각하", "cp949", "ks_c_5601-1987"), "똠방각하"),
    ("euc-kr that is cp949", encoded("똠방각하", "cp949", "euc-kr"), "똠방각하"),
    ("latin-1 that is windows-1252", encoded("“5 €” …", "cp1252", "iso-8859-1"), "“5 €” …"),
    ("latin-1 that is utf-8", encoded(TEXT, "utf-8", "iso-8859-1"), TEXT),
    ("latin-1 that is Chinese", encoded("iPhone " + CHINESE, "gbk", "iso-8859-1"), "iPhone " + CHINESE),
    ("latin-1 that is Turkish", encoded("Giriş yapamıyorum, şifre yanlış", "cp1254", "iso-8859-1"),
     "Giriş yapamıyorum, şifre yanlış"),
    ("latin-1 that is Icelandic stays", encoded("Það er gaman að þú ert hér, í öðru húsi", "latin-1"),
     "Það er gaman að þú ert hér, í öðru húsi"),
    ("latin-1 that is Spanish stays", encoded("¿Qué pasó? ¡Adiós, señor!", "latin-1"), "¿Qué pasó? ¡Adiós, señor!"),
    ("latin-1 with signs stays", encoded("100 m², ±5 °C, 20 µm, 3×4 ½", "latin-1"), "100 m², ±5 °C, 20 µm, 3×4 ½"),
    ("us-ascii that is utf-8", encoded(TEXT, "utf-8", "us-ascii"), TEXT),
    ("utf-8 that is latin-1", encoded(TEXT, "latin-1", "utf-8"), TEXT),
    ("iso-2022-jp", encoded(JAPANESE, "iso2022_jp", "iso-2022-jp"), JAPANESE),
    ("iso-2022-jp with half-width kana", encoded("ｱｲｳ" + JAPANESE, "iso2022_jp_ext", "iso-2022-jp"), "ｱｲｳ" + JAPANESE),
    ("iso-2022-jp with vendor characters", F + b"Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B-!-j\x1b(B",
     "①㈱"),
    ("iso-2022-jp without a label", F + b"\n" + JAPANESE.encode("iso2022_jp"), JAPANESE),
    ("iso-2022-kr", encoded("안녕하세요", "iso2022_kr", "iso-2022-kr"), "안녕하세요"),
    ("shift_jis that is cp932", encoded("①株式会社ﾃｽﾄ～", "cp932", "shift_jis"), "①株式会社ﾃｽﾄ～"),
    ("big5 with Hong Kong's characters", encoded("我哋喺度㗎", "big5hkscs", "big5"), "我哋喺度㗎"),
    ("big5-hkscs", encoded("唔該晒喎", "big5hkscs", "big5-hkscs"), "唔該晒喎"),
    ("koi8-r", encoded("Здравствуйте", "koi8-r"), "Здравствуйте"),
    ("koi8-u", encoded("Дякую, їжак", "koi8-u"), "Дякую, їжак"),
    ("hz", F + b"Content-Type: text/plain; charset=hz-gb-2312\n\n~{<:Ky2;S{~}.", "己所不欲."),
    ("utf-7 as labelled", F + b"Content-Type: text/plain; charset=utf-7\n\n+APw-ber", "über"),
    ("utf-7 that nobody declared stays as it is", F + b"\n+ADw-script+AD4-", "+ADw-script+AD4-"),
    ("broken utf-7 stays as it is", F + b"Content-Type: text/plain; charset=utf-7\n\n+AP+AP 1+1=2 +", "+AP+AP 1+1=2 +"),
    ("gbk without a label", F + b"\n" + CHINESE.encode("gbk"), CHINESE),
    ("big5 without a label", F + b"\n" + "您好，我的訂單還沒有收到，請儘快處理".encode("big5"), "您好，我的訂單還沒有收到，請儘快處理"),
    ("shift_jis without a label", F + b"\n" + "ログインできませんよろしく".encode("cp932"), "ログインできませんよろしく"),
    ("euc-jp without a label", F + b"\n" + "よろしくなって商品".encode("euc-jp"), "よろしくなって商品"),
    ("euc-kr without a label", F + b"\n" + "안녕하세요 로그인이 안 됩니다".encode("euc-kr"), "안녕하세요 로그인이 안 됩니다"),
    ("windows-1251 without a label", F + b"\n" + "Здравствуйте, заказ ещё не пришёл".encode("cp1251"),
     "Здравствуйте, заказ ещё не пришёл"),
    ("French without a label", F + b"\n" + "Bonjour, déjà reçu à côté du problème".encode("latin-1"),
     "Bonjour, déjà reçu à côté du problème"),
    ("Greek without a label", F + b"\n" + "Δεν μπορώ να συνδεθώ η παραγγελία μου".encode("cp1253"),
     "Δεν μπορώ να συνδεθώ η παραγγελία μου"),
]  # fmt: skip


@each(("raw", "text"), [r[1:] for r in CHARSETS], ids=[r[0] for r in CHARSETS])
@each("how", ["as it is", "base64", "quoted-printable"])
def test_charsets(raw, text, how):
    if how != "as it is":
        head, _, body = raw.partition(b"\n\n")
        body = base64.encodebytes(body) if how == "base64" else quopri.encodestring(body)
        raw = head + f"\nContent-Transfer-Encoding: {how}\n\n".encode() + body
    assert text == parse(raw).text


def subject(value: bytes) -> str:
    return parse(
        b"From: a@x.example\nSubject: " + value + b"\nContent-Type: text/plain; charset=gb2312\n\nhi"
    ).subject


SUBJECTS = [
    ("8-bit utf-8", "Grüße".encode(), "Grüße"),
    ("8-bit in the body's charset", "您好请问订单".encode("gbk"), "您好请问订单"),
    ("words that cut a character in two", b"=?utf-8?B?w4TD?=\n =?utf-8?B?nA==?=", "ÄÜ"),
    ("words without a blank between", b"=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"),
    ("blanks inside a word", b"=?utf-8?Q?Gr=C3=BC=C3=9Fe aus Ulm?=", "Grüße aus Ulm"),
    ("a word folded in its middle", b"=?utf-8?Q?Gr=C3=BC=C3=9Fe\n aus?=", "Grüße aus"),
    ("a word longer than 75 characters", b"=?utf-8?Q?" + b"=C3=A4" * 60 + b"?=", "ä" * 60),
    ("a word in quotes", b'"=?utf-8?Q?=C3=A4?="', '"ä"'),
    ("base64 without padding", b"=?utf-8?B?w6Q?=", "ä"),
    ("lower-case letters for the encoding", b"=?UTF-8?b?w6Q=?=", "ä"),
    ("an underscore is a blank", b"=?utf-8?q?a_b?=", "a b"),
    ("a question mark inside Q", b"=?utf-8?Q?Wie?_=C3=A4?=", "Wie? ä"),
    ("gb2312 that is gbk", b"=?gb2312?B?" + base64.b64encode("朱镕基".encode("gbk")) + b"?=", "朱镕基"),
    ("a label nobody knows", b"=?x-nope?Q?=C3=A4?=", "ä"),
    ("no end", b"=?utf-8?Q?abc", "abc"),
    ("an empty word", b"=?utf-8?Q??= x", "x"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), [r[1:] for r in SUBJECTS], ids=[r[0] for r in SUBJECTS])
def test_header_words(value, text):
    assert text == subject(value)


NAMES = [
    ("RFC 2231", b"filename*=gb18030''%C4%FA%BA%C3.png", "您好.png"),
    ("RFC 2231 in pieces, a character cut", b"filename*0*=utf-8''%E6%82; filename*1*=%A8.png", "您.png"),
    ("pieces out of order", b"filename*1=b.png; filename*0=a", "ab.png"),
    ("pieces without a charset", b"filename*0=lang; filename*1=er.png", "langer.png"),
    ("no charset named", b"filename*=''%C3%A4.png", "ä.png"),
    ("RFC 2047 in quotes", b'filename="=?utf-8?B?w6Q=?=.png"', "ä.png"),
    ("8 bits", 'filename="ä.png"'.encode(), "ä.png"),
    ("no quotes and blanks", b"filename=my file.png", "my file.png"),
]


@pytest.mark.parametrize(("value", "name"), [r[1:] for r in NAMES], ids=[r[0] for r in NAMES])
def test_names_of_files(value, name):
    raw = (
        MIXED
        + b"\n"
        + part(b"\x89PNG\r\n\x1a\n", b"image/png", b"Content-Disposition: attachment; " + value + b"\n")
    )
    assert [name] == [one.name for one in parse(raw).attachments]


def test_a_mail_of_the_utf8_world():
    raw = "From: Zoë <zoë@bücher.example>\nTo: δοκιμή@παράδειγμα.example\nSubject: Größe\n\nja".encode()
    message = parse(raw)
    assert message.sender is not None
    assert ("zoë@xn--bcher-kva.example", "Zoë") == (message.sender.mailbox, message.sender.name)
    assert ["δοκιμή@xn--hxajbheg2az3al.example"] == [one.mailbox for one in message.to]


def test_a_text_too_long_to_be_shown_is_kept_whole():
    body = b"line of words\n" * 40_000
    message = parse(F + b"\n" + body)
    assert len(message.text) <= 256 * 1024
    assert message.text.startswith("line of words")
    assert [body] == [one.content for one in message.attachments]
    assert [True] == ["kept whole as a file" in one for one in message.defects if "shown in part" in one]
