"""Readable text out of HTML and out of format=flowed."""

import time

import pytest
from each_case import each

from intake.mail.formats.html import from_html, unflow

HTML = {
    "paragraphs": ("<p>One</p><p>Two</p>", "One\n\nTwo"),
    "divs-and-breaks": ("<div>One<br>Two</div><div>Three</div>", "One\nTwo\nThree"),
    "white-space": ("a \n  b&nbsp;&nbsp;c\t<b> d</b>", "a b c d"),
    "a-list": ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
    "a-numbered-list": ("<ol><li>one<li>two</ol>", "1. one\n2. two"),
    "a-list-in-a-list": ("<ul><li>one<ol><li>two</ol></ul>", "- one\n  1. two"),
    "a-link": ('<a href="https://a.example/x">here</a>.', "here (https://a.example/x)."),
    "a-link-that-says-itself": ('<a href="https://a.example/">a.example</a>', "a.example"),
    "a-link-to-a-script": ('<a href="javascript:alert(1)">here</a>', "here"),
    "a-mail-address": ('<a href="mailto:a@b.example">a@b.example</a>', "a@b.example"),
    "a-table": ("<table><tr><td>a<td>b</tr><tr><td>c</td><td></td></tr></table>", "a | b\nc"),
    "a-quote": ("x<blockquote>q1<blockquote>q2</blockquote>q3</blockquote>y", "x\n> q1\n>> q2\n> q3\ny"),
    "gmails-indent": (
        'x<blockquote style="margin:0 0 0 40px;border:none;padding:0px">in</blockquote>y',
        "x\nin\ny",
    ),
    "an-indent-as-browsers-write-it": (
        '<BLOCKQUOTE STYLE="margin: 0px 0px 0px 40px; border: none; padding: 0px;">in</BLOCKQUOTE>y',
        "in\ny",
    ),
    "an-indent-in-a-quote-and-a-quote-in-an-indent": (
        '<blockquote>a<blockquote style="border:none">b</blockquote>c</blockquote>d'
        '<blockquote style="border:none">e<blockquote>f</blockquote>g</blockquote>h',
        "> a\n> b\n> c\nd\ne\n> f\ng\nh",
    ),
    "a-quote-as-word-writes-it": (
        '<blockquote style="border:none;border-left:solid #CCCCCC 1.0pt;padding:0in">q</blockquote>y',
        "> q\ny",
    ),
    "a-quote-that-says-so": (
        '<blockquote type="cite" style="border:none">q</blockquote>'
        '<blockquote class="gmail_quote" style="border:none">r</blockquote>y',
        "> q\n> r\ny",
    ),
    "more-ends-than-quotes": (
        '</blockquote><blockquote style="border:0">a</blockquote></blockquote>b',
        "a\nb",
    ),
    "preformatted": ("<pre>a\n  b</pre>c", "a\n  b\nc"),
    "entities": ("&lt;b&gt; &amp; &#20320;&#x597d; &unknown; &", "<b> & 你好 &unknown; &"),
    "less-than": ("1 < 2 and 3 <4", "1 < 2 and 3 <4"),
    "style-and-script": ("<style>p{}</style><script>if (a<b) x()</script>shown", "shown"),
    "a-head": ("<html><head><title>t</title><meta x></head><body>shown</body></html>", "shown"),
    "an-unclosed-head": ("<head><meta x><body>shown", "shown"),
    "a-comment": ("a<!-- hidden > -->b", "ab"),
    "an-unclosed-comment": ("a<!-- odd > b", "a b"),
    "outlook-conditions": ("<!--[if mso]><p>hidden</p><![endif]-->shown<![if !x]>!<![endif]>", "shown!"),
    "a-tracking-pixel": ('a<img src="https://t.example/p.gif" width="1" height="1" alt="x">b', "ab"),
    "an-image-with-a-text": ('<img src="cid:1" alt="The error">', "[The error]"),
    "an-attribute-with-a-bracket": (
        '<a title="a > b" href="https://x.example/">y</a>',
        "y (https://x.example/)",
    ),
    "a-tag-cut-off": ('shown<a href="https://x', "shown"),
    "control-characters": ("a\x00\x1b[31mb\x07", "a[31mb"),
    "invisible-characters": ("pre\u200b\u200c\u200b\ufeffheader", "preheader"),
    "chinese": ("<p>您好，</p><p>无法登录。</p>", "您好，\n\n无法登录。"),
    "nothing": ("", ""),
}


@each(("html", "expected"), HTML.values(), ids=HTML.keys())
def test_html_reads_as_text(html: str, expected: str) -> None:
    assert from_html(html) == expected


HOSTILE = {
    "comments": "<!--" * 100_000,
    "divs": "<div>" * 100_000,
    "ampersands": "&" * 200_000,
    "a-long-reference": "&#" + "9" * 100_000 + ";",
    "less-than": "<" * 500_000,
    "unclosed-tags": "<a " * 200_000,
    "odd-quotes": '<a ">' * 150_000,
    "attributes": "<a " + "x=1 " * 200_000 + ">",
    "quotes": "<blockquote>x" * 60_000,
    "lists": "<ul><li>x" * 60_000,
    "tables": "<table><tr><td>" * 40_000,
    "scripts": "<script>" * 60_000,
    "styles": "<style><p>" * 50_000,
    "drawings": "<svg>x" * 80_000,
    "links": '<a href="https://x.example/">y' * 20_000,
    "breaks": "<br>" * 150_000,
    "blanks": " " * 1_000_000,
    "lines-of-a-pre": "<pre>" + "\n" * 500_000,
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_html_ends_within_a_second(html: str) -> None:
    began = time.process_time()
    from_html(html)
    assert time.process_time() - began < 1.0


def test_an_ordinary_mail_costs_under_three_milliseconds() -> None:
    paragraph = (
        "<p style='margin:0'>Hello, the form says <b>error 5</b> when I press <i>send</i>&nbsp;twice.</p>"
    )
    html = f"<html><head><style>p {{ margin: 0 }}</style></head><body>{paragraph * 50}</body></html>"
    assert 4500 < len(html) < 5500
    took = []
    for _ in range(20):
        began = time.process_time()
        from_html(html)
        took.append(time.process_time() - began)
    assert min(took) < 0.003


FLOWED = {
    "joined": ("Hello \nworld\n", False, "Hello world\n"),
    "words-of-no-spaces": ("无法 \n登录", True, "无法登录"),
    "a-signature-stays": ("Bye\n-- \nAnn", False, "Bye\n-- \nAnn"),
    "depths-are-kept-apart": ("> one \n> two\n>> three \n> four", False, "> one two\n>> three \n> four"),
    "stuffed": (" From here\n >not a quote", False, "From here\n>not a quote"),
    "crlf": ("a \r\nb\r\n", False, "a b\n"),
    "a-soft-break-at-the-end": ("a ", False, "a "),
}


@pytest.mark.parametrize(("text", "delsp", "expected"), FLOWED.values(), ids=FLOWED.keys())
def test_flowed_lines_are_joined(text: str, delsp: bool, expected: str) -> None:
    assert unflow(text, delsp) == expected
