"""An agent's token and our notification's words are found in every dress they may leave in."""

import base64
import time
from collections.abc import Callable

import pytest
from each_case import each
from factories import KEY, NOW

from intake.desk import tokens
from intake.desk.sensitive import leaks
from intake.desk.tokens import Purpose
from intake.mail.outgoing import compose

ACTING = (Purpose.AGENT, Purpose.CONFIRM, Purpose.COMMAND)
MARKER = "##- Please type your reply above this line -##"


def token(purpose: Purpose = Purpose.AGENT) -> str:
    return tokens.make(KEY, purpose, 12, 7, NOW)


def address(purpose: Purpose = Purpose.AGENT) -> str:
    return tokens.address("support@desk.example", token(purpose))


def broken(text: str, sign: str) -> str:
    """The text, broken in the middle of its token."""
    return text[:25] + sign + text[25:]


def b64(data: bytes) -> bytes:
    return base64.encodebytes(data)


DRESS: dict[str, Callable[[str], bytes]] = {
    "as it is": lambda one: one.encode(),
    "in capitals": lambda one: one.upper().encode(),
    "in UTF-16, as .msg has it": lambda one: b"\xd0\xcf\x11\xe0" + one.encode("utf-16-le"),
    "in UTF-16 of the other order": lambda one: one.encode("utf-16-be"),
    "broken by a soft line end": lambda one: broken(one, "=\r\n").encode(),
    "broken by a soft line end of Unix": lambda one: broken(one, "=\n").encode(),
    "folded": lambda one: broken(one, "\r\n ").encode(),
    "wrapped in a quote": lambda one: b"> " + broken(one, "\n> ").encode(),
    "in base64": lambda one: b64(b"Hello, this stands before it. " + one.encode()),
    "in base64 on one line": lambda one: base64.b64encode(b"x" * 40 + one.encode()),
    "in base64 within base64": lambda one: b64(b"Subject: x\n\n" + b64(b"xy" * 30 + one.encode())),
    "in UTF-16 in base64": lambda one: b64(one.encode("utf-16")),
    "in a header's encoded word": lambda one: b"Subject: =?utf-8?b?" + base64.b64encode(one.encode()) + b"?=",
    "in entities": lambda one: one.replace("+", "&#43;").replace("@", "&commat;").encode(),
    "broken by a tag": lambda one: broken(one, "<wbr>").encode(),
    "in a link": lambda one: one.replace("+", "%2B").replace("@", "%40").encode(),
    "in a link in a link": lambda one: one.replace("+", "%252B").encode(),
    "in quoted-printable": lambda one: one.replace("+", "=2B").replace("@", "=40").encode(),
    "in RTF": lambda one: one.replace("+", "\\'2b").encode(),
    "in JSON": lambda one: one.replace("+", "\\u002b").encode(),
    "in forms of full width": lambda one: one.replace("+", "＋").replace("@", "＠").encode(),
    "with a character that takes no room": lambda one: broken(one, "\u200b").encode(),
    "with a soft hyphen": lambda one: broken(one, "\u00ad").encode(),
}  # fmt: skip


@each("dress", DRESS.values(), ids=DRESS.keys())
@each("purpose", ACTING)
def test_a_token_is_found_in_every_dress(dress: Callable[[str], bytes], purpose: Purpose) -> None:
    for text in (address(purpose), f"mailto:{address(purpose)}?subject=x", f"ref:{token(purpose)}"):
        assert leaks.TOKEN == leaks.held(b"Hello Lin,\r\n" + dress(text) + b"\r\nBye", (KEY,))
    assert leaks.TOKEN == leaks.held(b"Hello Lin,\r\n" + dress(address(purpose)) + b"\r\nBye")


@pytest.mark.parametrize("purpose", ACTING)
def test_a_bare_token_is_known_by_its_key(purpose: Purpose) -> None:
    for form in (token(purpose), token(purpose).upper(), f"<ref.{token(purpose)}.1@desk.example>"):
        assert leaks.keyed(f"x {form} y".encode(), (b"o" * 32, KEY))
        assert leaks.TOKEN == leaks.held(form.encode(), (KEY,))


@each("dress", DRESS.values(), ids=DRESS.keys())
def test_the_line_our_notifications_begin_with_is_found(dress: Callable[[str], bytes]) -> None:
    assert leaks.WORDS == leaks.held(dress(MARKER))


def test_other_sentences_of_ours_are_found_when_they_are_named() -> None:
    ours = "Reply to this mail and your answer goes to the customer."
    text = b"> Reply to this mail and your\r\n> answer goes to *the customer*."
    assert leaks.WORDS == leaks.held(text, sentences=[leaks.squeezed(ours)])
    assert "" == leaks.held(text)


def test_a_file_is_looked_into_as_it_travels() -> None:
    from intake.desk.message import Attachment

    inner = compose.message(["Subject: x"], f"Look\n\n> {address()}", [], "=_i")
    outer = Attachment("a.eml", "message/rfc822", inner)
    raw = compose.message(["Subject: y"], "See the file, please.", [outer], "=_o")
    assert leaks.TOKEN == leaks.held(raw)
    named = Attachment(f"{address()}.txt", "text/plain", b"x")
    assert leaks.TOKEN == leaks.held(compose.message(["Subject: y"], "See.", [named], "=_o"))


FREE = {
    "a customer's own address": address(Purpose.CUSTOMER),
    "a link to the progress page": f"https://desk.example/t/{token(Purpose.PROGRESS)}",
    "prose without blanks": "ref: all is well and you may go on using the wallet as you did before today",
    "prose with a number": "Ref: AB2345 your order has been shipped today and will arrive tomorrow",
    "another one's reference": "ref:5gqwertyuiopasdfghjklzxcvbnmqwertyuiopasdfgh",
    "a hash": "a" * 64,
    "base64 of nothing": base64.b64encode(bytes(range(256)) * 4).decode(),
    "an address with a plus": "lin+news@customer.example",
    "our own signs": "##- something else -##",
}


@pytest.mark.parametrize("text", FREE.values(), ids=FREE.keys())
def test_what_is_no_secret_goes_out(text: str) -> None:
    assert "" == leaks.held(text.encode(), (KEY,))


HOSTILE = {
    "letters": b"aiaaaaab" * 250_000,
    "soft ends": b"=\r\n" * 600_000,
    "escapes": b"=2B%2B&#43;" * 90_000,
    "tags": b"<a" * 1_000_000,
    "base64 in base64": b64(b64(b64(b64(b64(b"abc" * 200_000))))),
    "broken base64": (b"AAAA" * 11 + b"!") * 40_000,
    "nothing": bytes(2_000_000),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_bytes_cost_little(data: bytes) -> None:
    began = time.process_time()
    leaks.held(data, (KEY,))
    assert time.process_time() - began < 3
