"""A secret in a mail as it came is hidden in whatever way its letters travel, and nothing else changes."""

import base64
import quopri
import time
from collections.abc import Callable
from email.header import Header
from email.message import EmailMessage

import pytest
from canaries import CARD, PHRASE, WIF, leaks
from each_case import each

from intake.desk.wire_secrets import hidden_on_the_wire

HTML = f"<p>{PHRASE}</p>"


def named(name: str) -> str:
    mail = EmailMessage()
    mail.add_attachment(b"x", maintype="text", subtype="plain", filename=name)
    return mail.as_string()


def b64(text: str) -> str:
    return base64.encodebytes(text.encode()).decode()


DRESSES: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "in lines of quoted-printable": lambda text: quopri.encodestring(
        f"It is hereby told to all of you: {text}, and that is all".encode()
    ).decode(),
    "broken by soft line ends everywhere": lambda text: text.replace("a", "a=\r\n").replace("1 1", "1=\n 1"),
    "blanks as codes": lambda text: text.replace(" ", "=20"),
    "letters as codes": lambda text: text.replace("e", "=65").replace("1", "=31"),
    "blanks as in links": lambda text: text.replace(" ", "%20"),
    "a file's name": named,
    "a long subject": lambda text: Header(f"é {text}", "iso-8859-1", header_name="Subject").encode(),
    "a long subject in base64": lambda text: f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?=",
    "in base64": lambda text: b64(f"Hello. {text}. Bye"),
    "in base64 of one line": lambda text: base64.b64encode(f"Hello. {text}.".encode()).decode(),
    "in UTF-16 in base64": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
}


@each("secret", [PHRASE, WIF, CARD], ids=("phrase", "key", "card"))
@each("dress", DRESSES.values(), ids=DRESSES.keys())
def test_a_secret_is_hidden_in_every_dress(dress: Callable[[str], str], secret: str) -> None:
    shown = hidden_on_the_wire(f"Subject: before\n\nabove\n{dress(secret)}\nbelow\n")

    assert "[hidden: " in shown
    assert [] == leaks(shown)
    assert shown.startswith("Subject: before\n\nabove\n")
    assert shown.endswith("below\n")


@pytest.mark.parametrize(
    "text",
    [
        "Caf=C3=A9 =\n and 100%25 of it",
        b64("nothing to see here, " * 20),
        "a=b&c=%41;\n x*0=y",
        "",
        "=",
        "=?x?q?a?=",
    ],
)
def test_what_holds_none_is_shown_as_it_came(text: str) -> None:
    assert text == hidden_on_the_wire(text)


@pytest.mark.parametrize(
    "piece", ["=\n", "%41", "?= =?a?q?", ";\n a*0=", "A" * 16 + "\n", "=?a?b?AAAA", "legal "]
)
def test_hostile_text_costs_little(piece: str) -> None:
    text = piece * (300_000 // len(piece))
    begun = time.process_time()
    hidden_on_the_wire(text)
    assert 3 > time.process_time() - begun
