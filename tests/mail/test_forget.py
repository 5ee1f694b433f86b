"""Taking a person out of the header of somebody else's mail, and nothing else of it."""

import pytest

from intake.mail.forget import is_from, names, without_person

WHO = "ann@customer.example"
BODY = b"\r\n\r\nHello Ann <ann@customer.example>,\r\n> quoted\r\n"
FROM, ANN = b"From: bob@x.example\r\n", b"Ann Lee <ann@customer.example>"
CARL = b"Carl <carl@x.example>"
# The header, and what is still there.
HEADS = {
    "beside others": (FROM + b"Cc: Ann Lee <Ann@Customer.example>, " + CARL, CARL),
    "folded": (FROM + b"To: carl@x.example,\r\n\tAnn Lee\r\n <ann@customer.example>", b"carl@x.example"),
    "alone": (FROM + b"Cc: " + ANN + b"\r\nSubject: Hi", b"Subject: Hi"),
    "an encoded name": (
        b"Cc: =?utf-8?Q?Ann_Lee?= <ann@customer.example>, =?utf-8?B?5p2O?= <li@x.example>",
        b"<li@x.example>",
    ),
    "a group": (b"To: friends: " + ANN + b", carl@x.example;", b"carl@x.example"),
    "a comment": (b"To: ann@customer.example (Ann Lee), carl@x.example", b"carl@x.example"),
    "a trace": (b"Received: by b for <ann@customer.example>; now\r\n" + FROM, b"for <erased@erased.invalid>"),
    "broken": (b'Cc: "Ann <ann@customer.example> carl@x.example', b""),
    "bare line ends": (b"From: bob@x.example\nCc: ann@customer.example, carl@x.example", b"carl@x.example"),
    "a longer one": (b"Cc: " + ANN + b", joann@customer.example", b"joann@customer.example"),
}


@pytest.mark.parametrize("name", HEADS)
def test_who_is_erased_is_in_no_field_and_the_rest_stays(name: str) -> None:
    head, kept = HEADS[name]
    body = BODY.replace(b"\r\n", b"\n") if b"\r\n" not in head and b"\n" in head else BODY
    made = without_person(head + body, WHO, "message 7")
    assert made is not None
    top, bottom = made[: -len(body)], made[-len(body) :]
    assert body == bottom
    assert not names(top, WHO)
    assert (b"Ann" not in top) or name == "broken"
    assert kept in top
    assert b"X-Intake-Erased: message 7" in top


@pytest.mark.parametrize(
    "raw", [b"", b"\r\n\r\n", b"From: bob@x.example" + BODY, b"To: joann@customer.example.org.x" + BODY[:8]]
)
def test_a_mail_that_names_nobody_stays_as_it_is(raw: bytes) -> None:
    assert without_person(raw, WHO, "m") is None


@pytest.mark.parametrize(
    ("raw", "own"),
    [
        (b"From: Ann <ANN@customer.example>\r\n\r\n", True),
        (b"Subject: x\r\nFrom: Ann\r\n <ann@customer.example>\r\n\r\n", True),
        (b"From: bob@x.example\r\nCc: ann@customer.example\r\n\r\n", False),
        (b"From: bob@x.example\r\n\r\nFrom: ann@customer.example\r\n", False),
    ],
)
def test_whose_a_mail_says_it_is(raw: bytes, own: bool) -> None:
    assert own is is_from(raw, WHO)
