"""Pictures named where the HTML had them."""

import time

import pytest

from intake.mail import inline
from intake.mail.parse import parse

PNG = b"\x89PNG\r\n\x1a\n"
PICTURE = b"--r\nContent-Type: image/png; name=shot.png\nContent-ID: <i1@x>\n%s\n" + PNG + b"\n"


def related(html: bytes, extra: bytes = b"", plain: bytes | None = None) -> bytes:
    raw = b"From: a@x.example\nContent-Type: multipart/related; boundary=r\n\n"
    if plain is None:
        raw += b"--r\nContent-Type: text/html; charset=utf-8\n\n" + html + b"\n"
    else:
        raw += b"--r\nContent-Type: multipart/alternative; boundary=a\n\n--a\n\n" + plain
        raw += b"\n--a\nContent-Type: text/html; charset=utf-8\n\n" + html + b"\n--a--\n"
    return raw + PICTURE % extra + b"--r--\n"


HTML = b'<p>before</p><img width=5 src="cid:i1@x" alt="x"><p>after</p>'
SHOWN = ["before", "", "[image: shot.png]", "", "after"]


def located(src: str, location: str, base: str = "") -> bytes:
    """Return a page saved as mail (RFC 2557): its picture is known by its address."""
    html = HTML.replace(b"cid:i1@x", src.encode())
    raw = related(html).replace(b"Content-ID: <i1@x>", b"Content-Location: " + location.encode())
    return raw.replace(b"charset=utf-8\n", b"charset=utf-8\nContent-Location: %s\n" % base.encode(), 1)


PLACES = [
    ("in HTML alone", related(HTML), SHOWN),
    ("single quotes", related(HTML.replace(b'"cid:i1@x"', b"'cid:i1@x'")), SHOWN),
    ("no quotes", related(HTML.replace(b'"cid:i1@x"', b"cid:i1@x")), SHOWN),
    ("an escaped id", related(HTML.replace(b"i1@x", b"i1%40x")), SHOWN),
    ("the file's name for an id", related(HTML.replace(b"i1@x", b"shot.png")), SHOWN),
    (
        "Outlook's text beside it",
        related(HTML, plain=b"before\n[cid:i1@x]\nafter"),
        ["before", "[image: shot.png]", "after"],
    ),
    (
        "a text that does not show it",
        related(HTML, plain=b"before\nafter"),
        ["before", "[image: shot.png]", "after"],
    ),
    (
        "a text unlike the HTML",
        related(HTML, plain=b"quite\nother"),
        ["quite", "other", "[image: shot.png]"],
    ),
    (
        "Gmail's own marker",
        related(HTML, plain=b"before\n[image: shot.png]\nafter"),
        ["before", "[image: shot.png]", "after"],
    ),
    ("the picture's address", located("http://x.example/a/p.png", "http://x.example/a/p.png"), SHOWN),
    (
        "an address folded and escaped",
        located(
            "http://x.example/a%20b.png?c=1&amp;d=2", "http://x.example/a b.png?c=1&d=2".replace(" ", "%20")
        ),
        SHOWN,
    ),
    ("both relative", located("img/p.png", "img/p.png"), SHOWN),
    (
        "relative to the page",
        located("img/p.png", "http://x.example/a/img/p.png", "http://x.example/a/index.html"),
        SHOWN,
    ),
    (
        "in full, of a picture given relative to the page",
        located("http://x.example/a/img/p.png", "img/p.png", "http://x.example/a/index.html"),
        SHOWN,
    ),
    ("a name of its own making", located("thismessage:/p.png", "thismessage:/p.png"), SHOWN),
    ("an address that is none", located("http://[", "http://["), SHOWN),
    (
        "another's address",
        located("http://y.example/p.png", "http://x.example/p.png"),
        ["before", "", "[x]", "", "after"],
    ),
    (
        "an id that no file has",
        related(HTML.replace(b"i1@x", b"other@x")),
        ["before", "", "[x]", "", "after"],
    ),
]


@pytest.mark.parametrize(("raw", "lines"), [r[1:] for r in PLACES], ids=[r[0] for r in PLACES])
def test_a_picture_is_named_in_its_place(raw, lines):
    message = parse(raw)
    assert lines == message.text.split("\n")
    assert lines == message.new_text.split("\n")


@pytest.mark.parametrize(
    "disposition", [b"", b"Content-Disposition: inline\n", b"Content-Disposition: attachment\n"]
)
def test_a_picture_that_is_shown_is_inline_whatever_it_calls_itself(disposition):
    assert [True] == [one.inline for one in parse(related(HTML, disposition)).attachments]


def test_the_html_itself_is_left_as_it_was():
    assert 'src="cid:i1@x"' in parse(related(HTML)).html


def test_a_name_cannot_become_markup():
    assert "[image: &lt;b>]" == inline.named_in_html('<img src="cid:a">', {"a": "<b>"})


@pytest.mark.parametrize("piece", ["<img ", "<img src=", '<img src="cid:', "src=cid:a "])
def test_time_grows_with_length_and_no_faster(piece):
    def seconds(times: int) -> float:
        html = "<img " + piece * times
        began = time.process_time()
        inline.places(html + "cid:")
        return time.process_time() - began

    once = max(seconds(2_000) for _ in range(2))
    assert seconds(16_000) < 24 * once + 0.05
