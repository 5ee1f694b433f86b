"""Pictures in data: addresses of an HTML page: files of the mail, in their place."""

import base64
import quopri
import re
import time

import pytest

from intake.mail.attached import MAX_ATTACHMENTS
from intake.mail.embedded import LEFT, UNREADABLE
from intake.mail.parse import parse

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
CODED = base64.b64encode(PNG).decode()
HEAD = "From: P <p@customer.example>\r\nTo: help@desk.example\r\nSubject: Screenshot\r\nMIME-Version: 1.0\r\n"


def page(html: str, more: str = "") -> bytes:
    body = f"<p>This is it:</p>{html}<p>What now?</p>{more}"
    return f"{HEAD}Content-Type: text/html; charset=utf-8\r\n\r\n{body}".encode()


def lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


def other(number: int) -> bytes:
    return PNG + b"%d" % number


# How a picture is written into a page, and what it is.
WRITTEN = {
    "as most do": (f'<img alt="shot" src="data:image/png;base64,{CODED}">', PNG),
    "without an alt": (f'<img src="data:image/png;base64,{CODED}">', PNG),
    "single quotes": (f"<img src='data:image/png;base64,{CODED}' alt=''>", PNG),
    "no quotes": (f"<IMG SRC=data:image/png;base64,{CODED}>", PNG),
    "capitals": (f'<IMG SRC="DATA:IMAGE/PNG;BASE64,{CODED}">', PNG),
    "in lines": ('<img src="data:image/png;base64,' + "\r\n ".join((CODED[:40], CODED[40:])) + '">', PNG),
    "percent signs": (
        f'<img src="data:image/png;base64,{CODED.replace("+", "%2B").replace("=", "%3D")}">',
        PNG,
    ),
    "entities": (
        f'<img src="data:image/png;base64,{CODED.replace("/", "&#47;").replace("=", "&#x3d;")}">',
        PNG,
    ),
    "of the alphabet for links": (
        f'<img src="data:image/png;base64,{CODED.replace("+", "-").replace("/", "_").rstrip("=")}">',
        PNG,
    ),
    "with a parameter": (f'<img src="data:image/png;name=a.png;base64,{CODED}">', PNG),
    "another type than it is": (f'<img src="data:image/jpeg;base64,{CODED}">', PNG),
    "no type": (f'<img src="data:;base64,{CODED}">', PNG),
    "Outlook's tag": (f'<v:imagedata src="data:image/png;base64,{CODED}" o:title="x"/>', PNG),
    "many attributes": (
        f'<img class="a b" style="width:9px" src="data:image/png;base64,{CODED}" width=900>',
        PNG,
    ),
    "a blank before it": (f'<img src=" data:image/png;base64,{CODED}">', PNG),
}


@pytest.mark.parametrize(("html", "content"), WRITTEN.values(), ids=WRITTEN)
def test_a_picture_in_the_page_is_a_file_in_its_place(html: str, content: bytes) -> None:
    message = parse(page(html))

    (file,) = message.attachments
    assert ("image.png", "image/png", content, True) == (
        file.name,
        file.media_type,
        file.content,
        file.inline,
    )
    assert ["This is it:", "[image: image.png]", "What now?"] == lines(message.text)
    assert f"cid:{file.content_id}" in message.html
    assert "base64" not in message.html
    assert ("no readable Date",) == message.defects


# Where else a page holds one; "C" is its base64.
ELSEWHERE = {
    "a background": '<div style="background:url(data:image/png;base64,C)">words</div>',
    "a background in single quotes": (
        "<p style=\"color:red; background-image: url('data:image/png;base64,C') no-repeat\">words</p>"
    ),
    "in entities": '<p style="background:url(&quot;data:image/png;base64,C&quot;);top:1px">words</p>',
    "a background of a table": '<table><tr><td background="data:image/png;base64,C">words</td></tr></table>',
    "a set of sizes": '<img srcset="data:image/png;base64,C 1x"><p>words</p>',
    "a size beside an address": '<img src="http://x.example/a.png" srcset="data:image/png;base64,C 2x">words',
    "a source": '<picture><source srcset="data:image/png;base64,C"></picture>words',
    "an object": '<object data="data:image/png;base64,C" type="image/png"></object>words',
    "a link": '<a href="data:image/png;base64,C">words</a>',
    "a link in capitals": "<A HREF=DATA:IMAGE/PNG;BASE64,C>words</A>",
    "a film's first picture": '<video poster="data:image/png;base64,C"></video>words',
    "a button": '<input type="image" src="data:image/png;base64,C">words',
}


@pytest.mark.parametrize("html", ELSEWHERE.values(), ids=ELSEWHERE)
def test_one_that_is_shown_in_another_way_is_a_file_too(html: str) -> None:
    message = parse(page(re.sub(r"(?<=,)C\b", lambda _: CODED, html)))
    assert [("image.png", PNG)] == [(file.name, file.content) for file in message.attachments]
    assert 1 == message.text.count("[image: image.png]")
    assert "words" in message.text
    assert "base64" not in message.html


def test_a_link_around_the_same_picture_shows_it_once() -> None:
    address = f"data:image/png;base64,{CODED}"
    message = parse(page(f'<a href="{address}"><img src="{address}" srcset="{address} 2x"></a>'))
    assert ["image.png"] == [file.name for file in message.attachments]
    assert ["This is it:", "[image: image.png]", "What now?"] == lines(message.text)


@pytest.mark.parametrize(
    ("html", "defect"),
    [
        ('<a href="data:application/pdf;base64,JVBERi0xLjQK">the bill</a>', LEFT),
        ('<a href="data:image/png;base64,!!!!aGVsbG8=">the bill</a>', UNREADABLE),
        ('<p style="background:url(data:image/png;base64,aGVsbG8=)">the bill</p>', UNREADABLE),
    ],
)
def test_what_is_no_picture_there_is_told(html: str, defect: str) -> None:
    message = parse(page(html))
    assert () == message.attachments
    assert defect in message.defects
    assert "the bill" in message.text


@pytest.mark.parametrize(
    "words",
    [
        f"write url(data:image/png;base64,{CODED}) into it",
        f'href="data:image/png;base64,{CODED}" does not work',
        "Kundendata:image/png",
    ],
)
def test_words_about_one_stay(words: str) -> None:
    message = parse(page(f"<p>{words}</p>"))
    assert () == message.attachments
    assert " ".join(words.split()) in " ".join(message.text.split())


def test_one_that_stands_there_twice_is_one_file() -> None:
    shown = f'<img src="data:image/png;base64,{CODED}">'
    message = parse(page(f"{shown}<p>and</p>{shown}"))
    assert ["image.png"] == [file.name for file in message.attachments]
    assert 2 == message.text.count("[image: image.png]")


def test_several_have_names_of_their_own() -> None:
    shown = [f'<img src="data:image/png;base64,{base64.b64encode(other(n)).decode()}">' for n in range(3)]
    message = parse(page("<p>x</p>".join(shown)))
    assert [("image.png", other(0)), ("image-2.png", other(1)), ("image-3.png", other(2))] == [
        (file.name, file.content) for file in message.attachments
    ]
    assert message.text.index("[image: image-2.png]") < message.text.index("[image: image-3.png]")


def test_one_that_is_attached_as_well_is_one_file() -> None:
    raw = (
        f"{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
        f'<p>See</p><img src="data:image/png;base64,{CODED}">\r\n--b\r\n'
        "Content-Type: image/png; name=shot.png\r\nContent-Transfer-Encoding: base64\r\n"
        f"\r\n{CODED}\r\n--b--\r\n"
    )
    message = parse(raw.encode())
    assert ["shot.png"] == [file.name for file in message.attachments]
    assert "[image: shot.png]" in message.text


def test_beside_a_plain_text_it_stands_below_the_line_above_it() -> None:
    raw = (
        f"{HEAD}Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\n"
        "This is it:\r\n\r\nWhat now?\r\n"
        f'--b\r\nContent-Type: text/html\r\n\r\n<p>This is it:</p><img src="data:image/png;base64,{CODED}">'
        "<p>What now?</p>\r\n--b--\r\n"
    )
    assert ["This is it:", "[image: image.png]", "What now?"] == lines(parse(raw.encode()).text)


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64"])
def test_a_large_one_hides_no_word_behind_it(encoding: str) -> None:
    large = PNG + bytes(range(256)) * 4000
    html = f'<p>Before</p><img src="data:image/png;base64,{base64.b64encode(large).decode()}"><p>Behind</p>'
    body = quopri.encodestring(html.encode()) if encoding[0] == "q" else base64.encodebytes(html.encode())
    raw = f"{HEAD}Content-Type: text/html\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + body
    message = parse(raw)
    assert [large] == [file.content for file in message.attachments]
    assert ["Before", "[image: image.png]", "Behind"] == lines(message.text)
    assert len(message.html) < 200


# What is no picture for a person: nothing breaks, no file is made, and every word stays.
HOSTILE = {
    "no base64": '<img alt="shot" src="data:image/png;base64,!!!! what? !!!!">',
    "base64 of a text": '<img src="data:image/png;base64,aGVsbG8gd29ybGQ=">',
    "nothing": '<img src="data:">',
    "no comma": '<img src="data:image/png;base64">',
    "no data": '<img src="data:image/png;base64,">',
    "a page": f'<img src="data:text/html;base64,{base64.b64encode(b"<script>alert(1)</script>").decode()}">',
    "a page in letters": '<img src="data:text/html,<script>alert(1)</script>">',
    "a script": '<img src="data:text/javascript,alert(1)">',
    "a page called a picture": '<img src="data:image/svg+xml;base64,PGh0bWw+PC9odG1sPg==">',
    "a program": f'<img src="data:image/png;base64,{base64.b64encode(b"MZ" + bytes(900)).decode()}">',
    "an open quote": f'<b>x</b><img src="data:image/png;base64,{CODED}',
    "a dot": f'<img width="1" height="1" src="data:image/png;base64,{CODED}">',
    "what keeps a place free": f'<img src="data:image/gif;base64,{base64.b64encode(GIF).decode()}">',
    "letters beyond ASCII": '<img src="data:image/png;base64,äöü日本">',
    "odd entities": '<img src="data:image/png;base64,&#99999999999999999999;&bogus;&#x0;">',
    "odd percent signs": '<img src="data:image/png;base64,%%%G1%">',
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_picture_is_no_file_and_harms_nothing(html: str) -> None:
    message = parse(page(html, "<p>end</p>"))
    assert () == message.attachments
    assert "This is it:" in message.text
    if "open" not in html and not html.endswith(CODED):
        assert "What now?" in message.text
        assert "data:" not in message.html
    assert "alert" not in message.text
    assert not [one for one in message.defects if one.startswith("refused")]


def test_what_could_not_be_read_is_told() -> None:
    assert "a picture within the HTML could not be read" in parse(page(HOSTILE["no base64"])).defects
    assert "[shot]" in parse(page(HOSTILE["no base64"])).text


@pytest.mark.parametrize(
    "data",
    [
        ";base64," + base64.b64encode(SVG).decode(),
        ",%3Csvg xmlns=%22http://www.w3.org/2000/svg%22%3E%3C/svg%3E",
        ";utf8,<svg xmlns='http://www.w3.org/2000/svg'></svg>",
    ],
)
def test_a_drawing_is_a_file_as_an_attached_one_is_and_never_shown(data: str) -> None:
    (file,) = parse(page(f'<img src="data:image/svg+xml{data}">')).attachments
    assert ("image.svg", "image/svg+xml") == (file.name, file.media_type)


def test_no_more_of_them_are_kept_than_of_other_files() -> None:
    shown = [f'<img src="data:image/png;base64,{base64.b64encode(other(n)).decode()}">' for n in range(300)]
    message = parse(page("".join(shown)))
    assert MAX_ATTACHMENTS == len(message.attachments)
    assert f"only the first {MAX_ATTACHMENTS} files were kept apart" in message.defects


@pytest.mark.parametrize(
    "unit",
    [
        '<img src="data:',
        "<img src='data:",
        "<img src=data:",
        '<img src="data:image/png;base64,AAAA">',
        "<img " + "a" * 3990 + ' src="data:',
        "<img src='data:" + '<img src="data:',
        "<img" + " src=" * 500,
        '<a href="data:image',
        '<a href="data:image/png;base64,AAAA">',
        "data:image<a " + "url(" * 900,
        "<a" + " href=data:" * 300 + "data:image",
        '<p style="background:url(data:image/png;base64,AAAA',
        '<img src="data:,%%%%%%&&&&&&&&&#;',
    ],
)
def test_the_cost_grows_with_the_size_alone(unit: str) -> None:
    took = []
    for size in (2**18, 2**21):
        raw = page(unit * (size // len(unit)))
        began = time.process_time()
        parse(raw)
        took.append(time.process_time() - began)
    assert took[1] < 3 * 8 * took[0] + 0.2
