"""Markdown of articles: no HTML passes, and a link leads to us or where the admin allows it."""

import re
import time

from intake.web import markdown

HOSTS = frozenset({"explorer.example", "help.desk.example"})


PAGES = {slug: f"/help/en/{slug}" for slug in ("two", "deposit-missing")}


def test_links_lead_to_articles_and_allowed_hosts_alone() -> None:
    cases = {
        "two.md": "/help/en/two",
        "two": "/help/en/two",
        "./two.zh-Hans.md": "/help/en/two",
        "deposit-missing.zh-Hans.md#steps": "/help/en/deposit-missing",
        "unknown.md": "",
        "https://explorer.example/tx": "https://explorer.example/tx",
        "https://EXPLORER.example/tx": "https://EXPLORER.example/tx",
        "http://explorer.example/tx": "",
        "https://tx.explorer.example/": "https://tx.explorer.example/",
        "https://evil.example\\\\.explorer.example/": "",
        "https://explorer.example@evil.example/": "",
        "https://user@explorer.example/": "",
        "https://explorer.example.evil.example/": "",
        "https://evil.example/": "",
        "//explorer.example/": "",
        "///explorer.example/": "",
        "/\\explorer.example": "",
        "https:\\\\explorer.example": "",
        "https:/explorer.example": "",
        "https:explorer.example": "",
        "/t/secret": "",
        "../two": "",
        "javascript:alert(1)": "",
        "JaVaScRiPt:alert(1)": "",
        "data:text/html,x": "",
        "mailto:a@b.example": "",
        "https://[::1": "",
        "": "",
    }
    wrong = {}
    for link, leads in cases.items():
        html = str(markdown.rendered(f"See [this](<{link}>) now.", PAGES, HOSTS))
        there = html.partition('href="')[2].partition('"')[0]
        # The words are there in any case.
        if there != leads or "this" not in html or ("href" in html) != bool(leads):
            wrong[link] = html
    assert {} == wrong


def test_no_html_and_no_picture_passes() -> None:
    hostile = [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "![x](https://explorer.example/pixel.png)",
        '[x](https://explorer.example/ "onmouseover=alert(1)")',
        "<style>*{display:none}</style>",
        "<https://evil.example>",
        "[a]: javascript:alert(1)\n\n[a]",
        "<a href='//evil.example'>x</a>",
        "<!-- --!><script>alert(1)</script>",
        "<svg><p><style><g title='</style><img src onerror=alert(1)>'>",
    ]
    wrong = {}
    for text in hostile:
        html = str(markdown.rendered(text, PAGES, HOSTS))
        tags = set(re.findall(r"<(/?[^\s>]+)", html)) - {"p", "/p", "a", "/a"}
        if (
            tags
            or re.search(r"<[^>]*\b(?:title|on\w+|src)=", html)
            or "evil" in "".join(re.findall(r"<[^>]*>", html))
        ):
            wrong[text] = html
    assert {} == wrong


def test_headings_are_below_the_title_and_lists_keep_their_numbers() -> None:
    html = str(markdown.rendered("# One\n\n##### Five\n\n3. a\n4. **b**", PAGES, HOSTS))
    assert "<h2>One</h2>" in html
    assert "<h4>Five</h4>" in html
    assert '<ol start="3">' in html
    assert "a b c" == markdown.plain("a **b**\n[c](two.md)")


def test_the_longest_article_takes_no_time() -> None:
    began = time.process_time()
    for text in (
        "[" * 65_536,
        "*a " * 20_000,
        "> " * 30_000 + "x",
        "`" * 65_536,
        "[a](" * 16_000,
        "- " * 30_000,
    ):
        markdown.rendered(text, PAGES, HOSTS)
    assert time.process_time() - began < 10
