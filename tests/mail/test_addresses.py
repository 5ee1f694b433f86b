"""Addresses as people, mailers and attackers write them."""

import time

import pytest
from each_case import each

from intake.desk.message import Address
from intake.mail import addresses

LISTS = [
    ("bare", b"bob@example.org", [("bob@example.org", "")]),
    ("with a name", b"Bob <bob@Example.ORG>", [("bob@example.org", "Bob")]),
    (
        "a comma first",
        b", <bob@example.org>, , ann@x.example",
        [("bob@example.org", ""), ("ann@x.example", "")],
    ),
    (
        "two without a comma",
        b"Bob B <bob@x.example> Ann A <ann@x.example>",
        [("bob@x.example", "Bob B"), ("ann@x.example", "Ann A")],
    ),
    (
        "blanks for commas",
        b"bob@x.example\tann@x.example  tom@x.example",
        [("bob@x.example", ""), ("ann@x.example", ""), ("tom@x.example", "")],
    ),
    (
        "a group that does not end",
        b"team:bob@x.example, ann@x.example",
        [("bob@x.example", ""), ("ann@x.example", "")],
    ),
    ("a comment in the address", b"Bob <bob@(work)x.example>", [("bob@x.example", "Bob")]),
    ("a route", b"Bob <@relay.example,@two.example:bob@x.example>", [("bob@x.example", "Bob")]),
    ("an angle in the name", b"> Bob < B <bob@x.example>", [("bob@x.example", "Bob < B")]),
    (
        "two brackets",
        b"Bob <<bob@x.example>>, ann@x.example",
        [("bob@x.example", "Bob"), ("ann@x.example", "")],
    ),
    (
        "square brackets",
        b"Bob [mailto:bob@x.example], ann@x.example",
        [("bob@x.example", "Bob"), ("ann@x.example", "")],
    ),
    ("entities", b"Bob &lt;bob@x.example&gt;", [("bob@x.example", "Bob")]),
    (
        "all of it encoded",
        b"=?utf-8?B?IkLDtmIiIDxib2JAeC5leGFtcGxlPg==?=, ann@x.example",
        [("bob@x.example", "Böb"), ("ann@x.example", "")],
    ),
    (
        "an encoded name with an address",
        b"=?utf-8?Q?a=40evil,_Bob?= <bob@x.example>",
        [("bob@x.example", "a@evil, Bob")],
    ),
    ("two at signs", b"bob@x.example@evil.example, ann@x.example", [("ann@x.example", "")]),
    ("quoted", b'"Bob, Inc." <bob@example.org>', [("bob@example.org", "Bob, Inc.")]),
    ("an unquoted comma", "Müller, Bob <b@x.example>".encode(), [("b@x.example", "Müller, Bob")]),
    ("brackets in the name", b"Max | [x] <k@x.example>", [("k@x.example", "Max | [x]")]),
    ("an at sign in the name", b"Service@Company <svc@x.example>", [("svc@x.example", "Service@Company")]),
    ("an address as the name", b"a@good.example <b@evil.example>", [("b@evil.example", "a@good.example")]),
    (
        "an encoded name that holds an address is a name",
        b"=?utf-8?Q?boss=40bank.example=2C?= <evil@x.example>",
        [("evil@x.example", "boss@bank.example,")],
    ),
    ("two", b"a@x.example, B <b@x.example>", [("a@x.example", ""), ("b@x.example", "B")]),
    ("semicolons", b"a@x.example; b@x.example", [("a@x.example", ""), ("b@x.example", "")]),
    (
        "one odd entry among good ones",
        b"a@x.example, <>, @, b@x.example",
        [("a@x.example", ""), ("b@x.example", "")],
    ),
    ("a group", b"Team: a@x.example, b@x.example;", [("a@x.example", ""), ("b@x.example", "")]),
    ("nobody", b"undisclosed-recipients:;", []),
    ("a comment as the name", b"bob@x.example (Bob B.)", [("bob@x.example", "Bob B.")]),
    ("an address as the comment", b"Bob (bob@x.example)", [("bob@x.example", "Bob")]),
    ("nested comments", b"bob@x.example (a (b) c)", [("bob@x.example", "a (b) c")]),
    ("a quoted local part", b'"a b"@x.example', [('"a b"@x.example', "")]),
    ("a dotted Japanese one", b"a..b.@docomo.example", [("a..b.@docomo.example", "")]),
    ("a Japanese one that begins with a dot", b"Mia <.a@docomo.example>", [(".a@docomo.example", "Mia")]),
    ("two dots before it", b"..a@docomo.example", [("..a@docomo.example", "")]),
    ("a dot behind the address", b"a@docomo.example.", [("a@docomo.example", "")]),
    ("blanks around the at sign", b"<bob @ x.example>", [("bob@x.example", "")]),
    ("an IDN", "bob@müller.example".encode(), [("bob@xn--mller-kva.example", "")]),
    ("a raw name in the body's charset", "Größe <a@x.example>".encode("latin-1"), [("a@x.example", "Größe")]),
    ("an open quote", b'"Bob <bob@x.example>', [("bob@x.example", "Bob")]),
    ("a line break in the address", b"<a\r\nBcc: evil@x.example>", []),
    ("a line break in the name", b"=?utf-8?q?a=0d=0aBcc:_z?= <a@x.example>", [("a@x.example", "a  Bcc: z")]),
    ("no address", b"Bob", []),
]


@each(("raw", "expected"), [r[1:] for r in LISTS], ids=[r[0] for r in LISTS])
def test_a_list_is_read(raw, expected):
    assert [Address(*one) for one in expected] == list(addresses.parse_list(raw, "iso-8859-1"))


def test_a_list_ends_at_its_limit():
    raw = b", ".join(b"u%d@x.example" % n for n in range(addresses.MAX_ADDRESSES + 1))
    assert addresses.MAX_ADDRESSES == len(addresses.parse_list(raw))


@pytest.mark.parametrize(
    ("raw", "mailbox"),
    [
        (b"Bob <bob@x.example", "bob@x.example"),
        (b"[bob] mailto:bob@x.example!", "bob@x.example!"),
        (b"write to <<bob@x.example>> please", "bob@x.example"),
    ],
)
def test_a_single_odd_mailbox_is_found_somehow(raw, mailbox):
    found = addresses.parse_one(raw)
    assert found is not None
    assert mailbox == found.mailbox


GUESSED = [
    ("plain", b"a@x.example", False),
    ("named", b"Bob <a@x.example>", False),
    ("quoted name", b'"Dr. Bob, MD" <a@x.example>', False),
    ("encoded name", b"=?utf-8?q?M=C3=BCller?= <a@x.example>", False),
    ("comment", b"a@x.example (Bob)", False),
    ("group", b"team: a@x.example;", False),
    ("address beyond ASCII", "Bob <bób@x.example>".encode(), False),
    ("mailto in brackets", b"e@other.example [mailto:a@x.example]", True),
    ("entities", b"Bob &lt;a@x.example&gt;", True),
    ("all in encoded words", b"=?utf-8?q?a=40x=2Eexample?=", True),
    ("name and address in encoded words", b"=?utf-8?q?Bob_=3Ca=40x.example=3E?=", True),
    ("in a comment alone", b"(a@x.example) nobody", True),
    ("two domains", b"a@x.example@other.example", True),
    ("nothing", b"nobody", True),
]


@pytest.mark.parametrize(("raw", "guessed"), [r[1:] for r in GUESSED], ids=[r[0] for r in GUESSED])
def test_it_is_known_whether_an_address_was_guessed(raw, guessed):
    assert guessed == addresses.guessed(raw)


@pytest.mark.parametrize(
    "piece",
    [b"=?utf-8?q?a?=,", b";a=b", b"&lt;", b'"a",', b" ,", b"(a @ b),", b"(a),", b"(@)a;", b"a:;", b"<a>,"],
)
def test_a_list_without_an_address_costs_no_more_than_its_length(piece):
    taken = []
    for size in (4_000, 16_000):
        raw = (piece * size)[:size]
        began = time.process_time()
        addresses.parse_list(raw)
        taken.append(time.process_time() - began)
    # Four times the size; what joined all words at each comma took sixteen times as long, up to 10 s.
    assert taken[1] < 10 * taken[0] + 0.1


@pytest.mark.parametrize(
    "raw", [b"", b"nobody", b"@", b"a@", b"@x", b"<", b'"@"', b"(" * 500, b"\\" * 500, b"@," * 500]
)
def test_what_is_no_address_is_none(raw):
    assert addresses.parse_one(raw) is None


@pytest.mark.parametrize(
    "text",
    ["a@x.example\nb", "a b@x.example", "a@x example", "a\x00@x", "a@b@c", "a@" + "x" * 300, "a@x,b@y"],
    ids=repr,
)
def test_a_mailbox_can_never_end_a_command_or_a_header(text):
    assert not set(addresses.mailbox(text)) & set(" \t\r\n\0,")
