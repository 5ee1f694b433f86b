# ruff: noqa: E501 (a case stays on the line of its name)
"""An agent's answer as HTML: what its text says and nothing else, and nothing that acts or loads."""

import re
import time

import pytest
from each_case import each

from intake.desk.message import Attachment
from intake.mail.outgoing.reply_html import MAX_HTML, answer

SHOT = Attachment("shot.png", "image/png", b"1", "shot@x", True)
LOGO = Attachment("logo.png", "image/png", b"2", "logo@x", True)
TOKEN = "aiaaaaamaaaaaakr4cezmq7k67t6mzwhbpawrf74qllq"

SAID = {
    "formatting": ("<p>Please <b>do</b> <i>it</i> <u>now</u>, <s>later</s> <code>x=1</code></p>", "Please do it now, later x=1",
        "<p>Please <b>do</b> <i>it</i> <u>now</u>, <s>later</s> <code>x=1</code></p>"),
    "a heading": ("<h2>Steps</h2><p>One</p>", "Steps\nOne", "<p><b>Steps</b></p><p>One</p>"),
    "a table": ("<table><tr><td>a</td><td>b</td></tr></table><p>ok</p>", "a | b\nok", "<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table><p>ok</p>"),
    "code": ("<pre>a = 1\nb = 2</pre>", "a = 1\nb = 2", "<pre>a = 1\nb = 2</pre>"),
    "numbers": ("<ol start=3><li>x</li><li>y</li></ol>", "3. x\n4. y", '<ol start="3"><li>x</li><li>y</li></ol>'),
    "styles and scripts go": ("<style>p{color:red}</style><p style='color:red' onclick=x() class=y id=z>Hi</p><script>alert(1)</script>", "Hi", "<p>Hi</p>"),
    "spans go, their words stay": ("<div><span lang=en><font color=red>Hi</font></span></div>", "Hi", "<div>Hi</div>"),
    "commands fall away": ("<div>#close</div><div>#assign Wei</div><div>Hello</div>", "Hello", "<div>Hello</div>"),
    "a quote falls away": ("<p>Hi</p><blockquote>old words</blockquote>", "Hi", "<p>Hi</p>"),
    "a quote above falls away": ("<blockquote>old words</blockquote><p>Hi</p>", "Hi", "<p>Hi</p>"),
    "a hidden remark falls away": ("<p>Hi</p><div style='display:none'>internal</div>", "Hi", "<p>Hi</p>"),
    "a comment falls away": ("<p>Hi<!-- internal --></p>", "Hi", "<p>Hi</p>"),
    "signs for letters": ("<p>a &lt; b &amp; c&nbsp;d</p>", "a < b & c d", "<p>a &lt; b &amp; c&nbsp;d</p>"),
    "an emoji alone": ("<div>\U0001f44d</div><div>----</div>", "\U0001f44d", "<div>\U0001f44d</div>"),
    "a bare link": ("<div>https://x.example/a</div><div>https://inside.example/</div>", "https://x.example/a", "<div>https://x.example/a</div>"),
    "a picture above the words": ('<div><img src="cid:shot@x"></div><div>See?</div>', "[image: shot.png]\nSee?", '<div><img src="cid:shot@x" alt="" style="max-width:100%"></div><div>See?</div>'),
    "lines of one paragraph": ("<p>one<br>two<br><br>three<br>-- <br>Anna</p>", "one\ntwo\n\nthree", "<p>one<br>two<br><br>three<br></p>"),
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_what_is_kept(name):
    html, text, expected = SAID[name]
    assert expected == answer(html, text, [SHOT, LOGO])[0]


NOTHING = {
    "words that the text does not have": ("<p>Hi internal</p>", "Hi"),
    "words that only the text has": ("<p>Hi</p>", "Hi there"),
    "another order": ("<p>two</p><p>one</p>", "one\ntwo"),
    "no HTML": ("", "Hi"),
    "no text": ("<p>Hi</p>", ""),
    "a reply address in a link": (f'<p><a href="mailto:help+{TOKEN}@desk.example">Hi</a></p>', "Hi"),
    "a reply address in a link, encoded": (
        f'<p><a href="mailto:help%2B{TOKEN}%40desk.example">Hi</a></p>',
        "Hi",
    ),
    "too long": ("<p>Hi</p>" + " " * MAX_HTML, "Hi"),
    "too deep": ("<div>" * 500 + "Hi" + "</div>" * 500, "Hi"),
    "too many lines": ("<p>x</p>" * 3000, "x\n" * 3000),
}


@pytest.mark.parametrize("name", NOTHING)
def test_where_there_is_no_html_the_text_stands_alone(name):
    html, text = NOTHING[name]
    assert "" == answer(html, text, [])[0]


# T26: from the threat list, each hidden in a line that is kept.
REMOTE = [
    '<img src="https://spy.example/x.png">', '<img src="//spy.example/x">', '<img src="data:image/png;base64,AA">',
    '<img srcset="https://spy.example/x 2x">', '<img src="cid:shot@x" srcset="https://spy.example/x">',
    '<img src="cid:other@x">', '<picture><source srcset="https://spy.example/x"></picture>',
    '<svg><image href="https://spy.example/x"/><animate attributeName=href to="https://spy.example"/></svg>',
    '<style>@import url(https://spy.example/x);</style>', '<div style="background:url(https://spy.example/x)"></div>',
    '<table background="https://spy.example/x"></table>', '<link rel=stylesheet href="https://spy.example/x">',
    '<iframe src="https://spy.example"></iframe>', '<object data="https://spy.example"></object>', '<embed src="https://spy.example">',
    '<video src="https://spy.example" poster="https://spy.example"></video>', '<audio src="https://spy.example"></audio>',
    '<form action="https://spy.example"><input name=x></form>', '<base href="https://spy.example">',
    '<meta http-equiv=refresh content="0;url=https://spy.example">', '<body background="https://spy.example">',
    '<a href="javascript:alert(1)">Hi</a>', '<a href="data:text/html,x">Hi</a>', '<a href="vbscript:x">Hi</a>', '<a href="cid:shot@x">Hi</a>',
    '<a href="file:///etc/passwd">Hi</a>', '<a href="\\\\spy.example\\x">Hi</a>', '<a ping="https://spy.example" href="https://ok.example">Hi</a>',
    '<input type=image src="https://spy.example">', '<math><mtext><img src="https://spy.example"></mtext></math>',
    '<noscript><img src="https://spy.example"></noscript>', '<template><img src="https://spy.example"></template>',
    '<!--[if mso]><v:image src="https://spy.example"/><![endif]-->', '<img src=x onerror="fetch(\'https://spy.example\')">',
]  # fmt: skip


@each("place", range(len(REMOTE)))
def test_t26_nothing_is_loaded_from_anywhere(place):
    made, _ = answer(f"<p>Hello {REMOTE[place]} Lin</p><p>Bye</p>", "Hello Lin\nBye", [SHOT])
    other, _ = answer(f"<p>Hello</p>{REMOTE[place]}<p>Hi</p>", "Hello\nHi", [SHOT])
    for html in (made, other):
        assert "spy.example" not in html
        assert None is re.search(r"(?i)(src|srcset|background|action|poster|data|ping)=\"(?!cid:)", html)
        assert None is re.search(
            r"(?i)javascript:|vbscript:|data:|file:|url\(|@import|<(svg|form|iframe|object)", html
        )


def test_pictures_of_what_was_cut_do_not_go_out():
    html = '<p>Hi <img src="cid:shot@x"></p><p>Anna <img src="cid:logo@x"></p>'
    made, files = answer(html, "Hi [image: shot.png]", [SHOT, LOGO])
    assert ['<p>Hi <img src="cid:shot@x" alt="" style="max-width:100%"></p>', ["shot.png"]] == [
        made,
        [one.name for one in files],
    ]
    assert files[0].inline


def test_files_that_stand_in_no_text_go_out():
    paper = Attachment("paper.pdf", "application/pdf", b"3", "", False)
    odd = Attachment("odd.svg", "image/svg+xml", b"4", "odd@x", True)
    made, files = answer('<p>Hi <img src="cid:odd@x"></p>', "Hi [image: odd.svg]", [paper, odd])
    # What no mail program shows safely is a file among the files.
    assert ("<p>Hi </p>", [("paper.pdf", False), ("odd.svg", False)]) == (
        made,
        [(one.name, one.inline) for one in files],
    )


def test_a_picture_without_html_to_show_it_is_a_file():
    _, files = answer('<p>Something else <img src="cid:shot@x"></p>', "Hi [image: shot.png]", [SHOT])
    assert [("shot.png", False)] == [(one.name, one.inline) for one in files]


def test_a_content_id_that_is_no_identifier_is_not_written_into_html():
    odd = Attachment("a.png", "image/png", b"1", 'a"onload="x', True)
    made, _ = answer("<p>Hi <img src='cid:a\"onload=\"x'></p>", "Hi [image: a.png]", [odd])
    assert "onload" not in made


HOSTILE = {
    "open tags": "<b>" * 60_000, "open tags, just allowed": "<b>" * 100 + "x<p>" * 19_000, "closing tags": "</b>" * 19_999,
    "angles": "<" * 20_000, "entities": "&amp" * 50_000, "quotes": '<a href="' * 15_000, "blank lines": "<br>" * 19_999,
    "blocks": "<div>" * 80_000, "blocks, just allowed": ("<div>" * 99 + "</div>" * 99) * 100, "letters": "<p>" + "a" * 250_000,
    "links": "https://a.example/ " * 13_000, "pictures": '<img src="cid:shot@x">' * 11_000, "brackets": "[image:" * 37_000,
    "lists": "<ul><li>" * 90 + "<li>x" * 15_000, "cells": "<table><tr>" + "<td>" * 19_000, "spaces": "<p>" + " " * 250_000 + "x",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_html_takes_no_longer_than_its_length(name):
    html = HOSTILE[name]
    answer(html[: len(html) // 8], "a", [SHOT])
    start = time.process_time()
    answer(html, "a" * 50_000, [SHOT])
    assert time.process_time() - start < 3
