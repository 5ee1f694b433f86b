"""Header fields read from bytes as mailers really write them."""

import time

import pytest
from each_case import each

from intake.mail import headers


def read(raw: bytes):
    fields, body = headers.read(raw, 0, len(raw))
    return fields, raw[body:]


READ = [
    ("lines and a body", b"A: 1\r\nB: 2\r\n\r\nbody", [("a", b"1"), ("b", b"2")], b"body"),
    ("folded", b"A: 1\n 2\n\t3\n\nx", [("a", b"1 2\t3")], b"x"),
    ("blanks before the colon", b"Subject : x\n\ny", [("subject", b"x")], b"y"),
    ("an mbox line", b"From a@b Sat Jan  1\nA: 1\n\nx", [("a", b"1")], b"x"),
    (
        "junk between fields",
        b"A: 1\njunk\nSubject: s\n\nx",
        [("a", b"1"), ("", b"junk"), ("subject", b"s")],
        b"x",
    ),
    ("the empty line forgotten", b"A: 1\nHello you\nbye\n", [("a", b"1")], b"Hello you\nbye\n"),
    ("no header", b"\nbody", [], b"body"),
    ("nothing but a header", b"A: 1", [("a", b"1")], b""),
    ("bytes that str.strip would eat", b"A: \xc3\xa0\n\n", [("a", b"\xc3\xa0")], b""),
]


@pytest.mark.parametrize(("raw", "fields", "body"), [r[1:] for r in READ], ids=[r[0] for r in READ])
def test_a_header_is_read(raw, fields, body):
    assert (fields, body) == read(raw)


DECODED = [
    ("plain", b"Hello", "", "Hello"),
    ("Q", b"=?utf-8?Q?Gr=C3=BC=C3=9Fe_aus?= Ulm", "", "Grüße aus Ulm"),
    ("B", b"=?gb2312?B?xPq6ww==?=", "", "您好"),
    ("a character cut in two words", b"=?utf-8?B?w4TD?= =?utf-8?B?nA==?=", "", "ÄÜ"),
    ("two charsets", b"=?iso-8859-1?q?=E4?= =?utf-8?q?=C3=A4?=", "", "ää"),
    ("text between words", b"=?utf-8?q?a?= b =?utf-8?q?c?=", "", "a b c"),
    ("no blank after a word", b"=?utf-8?q?a?=b", "", "ab"),
    ("blanks inside a word", b"=?utf-8?q?a b?=", "", "a b"),
    ("a word cut off in base64", b"=?utf-8?B?R3LDvMOf", "", "Grüß"),
    ("a word cut off within a sign", b"=?utf-8?Q?Gr=C3=BC=C3=9Fe=2", "", "Grüße"),
    ("a word without its end, and text", b"=?utf-8?Q?Gr=C3=BC=C3=9Fe aus Ulm", "", "Grüße aus Ulm"),
    ("a word with half an end", b"=?utf-8?Q?Gr=C3=BC=C3=9Fe?", "", "Grüße"),
    ("what only looks like a word", b"is it =?really?q?so", "", "is it =?really?q?so"),
    ("encoded twice", b"=?UTF-8?Q?=3D=3Futf-8=3FB=3FR3LDvMOfZQ=3D=3D=3F=3D?=", "", "Grüße"),
    (
        "encoded twice, in words",
        b"=?utf-8?B?PT91dGYtOD9RP0dyPUMz?=\n =?utf-8?B?PUJDP0E9?=",
        "",
        "=?utf-8?Q?Gr=C3=BC?A=",
    ),
    (
        "text that speaks of words",
        b"what =?utf-8?Q?=3D=3Futf-8=3FQ=3Fa=3F=3D?= is",
        "",
        "what =?utf-8?Q?a?= is",
    ),
    ("blanks around the encoding", b"=?utf-8 ? Q ?Gr=C3=BC=C3=9Fe?=", "", "Grüße"),
    ("a code cut in two words", b"=?utf-8?Q?a=C3=?= =?utf-8?Q?BC=2?= =?utf-8?Q?0b?=", "", "aü b"),
    ("base64 cut anywhere", b"=?utf-8?B?R3LD?= =?utf-8?B?v?= =?utf-8?B?MOfZQ==?=", "", "Grüße"),
    ("a language tag", b"=?utf-8*de?q?=C3=A4?=", "", "ä"),
    ("raw utf-8", "Grüße à".encode(), "", "Grüße à"),
    ("raw gb2312 with the body's charset", "您好请问".encode("gb2312"), "gb2312", "您好请问"),
    ("raw iso-2022-jp", "日本".encode("iso2022_jp"), "", "日本"),
    ("an encoded line break", b"=?utf-8?q?a=0D=0ABcc:_x?=", "", "a  Bcc: x"),
    ("controls and bidi controls", b"a\0b\x1b[1m\xe2\x80\xaec", "", "ab[1mc"),
    ("no word after all", b"=?what?", "", "=?what?"),
    ("an unknown encoding", b"=?utf-8?x?a?=", "", "=?utf-8?x?a?="),
    ("form feed and line separator", "a\fb\u2028c".encode(), "", "a b c"),
]


@each(("raw", "hint", "text"), [r[1:] for r in DECODED], ids=[r[0] for r in DECODED])
def test_a_value_is_decoded_to_one_clean_line(raw, hint, text):
    assert text == headers.decode(raw, hint)


PARAMETERS = [
    ("plain", b'text/plain; charset="utf-8"; Format=flowed', {"charset": "utf-8", "format": "flowed"}),
    ("RFC 2231", b"attachment; filename*=utf-8''%E4%BD%A0.png", {"filename": "你.png"}),
    (
        "RFC 2231 in pieces",
        b"a/b; name*0*=iso-8859-1''Gr%FC; name*1=ss; name*2*=e%2Etxt",
        {"name": "Grüsse.txt"},
    ),
    ("an empty first piece", b"a/b; name*0*=utf-8''; name*1*=a%20b.png", {"name": "a b.png"}),
    ("both forms", b"a/b; filename=\"?.txt\"; filename*=utf-8''%C3%A4.txt", {"filename": "ä.txt"}),
    ("RFC 2047, which is not allowed", b'a/b; name="=?gb2312?B?xPq6ww==?=.txt"', {"name": "您好.txt"}),
    ("raw bytes", 'a/b; name="Grüße.txt"'.encode(), {"name": "Grüße.txt"}),
    ("a semicolon inside quotes", b'a/b; name="a;b.txt"; x=1', {"name": "a;b.txt", "x": "1"}),
    ("escaped quotes", rb'a/b; name="a\"b"', {"name": 'a"b'}),
    ("an open quote", b'a/b; name="a.txt', {"name": "a.txt"}),
    ("a boundary keeps its bytes", b'a/b; boundary="=?x?= a"', {"boundary": "=?x?= a"}),
]


@pytest.mark.parametrize(("raw", "params"), [r[1:] for r in PARAMETERS], ids=[r[0] for r in PARAMETERS])
def test_parameters_are_read(raw, params):
    assert params == headers.parameters(raw)[1]


def test_the_first_field_of_a_name_counts():
    fields, _ = read(b"From: a@x.example\nFrom: b@x.example\n\n")
    assert b"a@x.example" == headers.first(fields, "from")
    assert 2 == len(headers.every(fields, "from"))


@pytest.mark.parametrize(
    "value", [b"=?", b"=?utf-8?q?", b"=?a?b?=", b'; a="', b"; a*0*=", b";;", b"%", b"\x1b$B"], ids=repr
)
def test_time_grows_with_length_and_no_faster(value):
    def seconds(times: int) -> float:
        raw = b"text/plain" + value * times
        began = time.process_time()
        headers.decode(raw)
        headers.parameters(raw)
        return time.process_time() - began

    once = max(seconds(4_000) for _ in range(2))
    # Eight times as much; a quadratic reader would take 64 times as long.
    assert seconds(32_000) < 24 * once + 0.05
