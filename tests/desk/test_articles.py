"""Articles as files: their head, their faults with lines, names, languages, and what the linter says."""

from datetime import date

from intake.desk.knowledge import choice
from intake.desk.knowledge.article import (
    MOST_FILE,
    Article,
    Audience,
    Automatic,
    Change,
    Kind,
    Reading,
    Source,
    digest,
    named,
    read,
)
from intake.desk.knowledge.checking import Place, Rules, check, problems
from intake.desk.knowledge.links import plain

WHOLE = """---
title: My deposit has not arrived
also: coins not credited; top-up missing；没到账
category: Transaction
# A remark.
automatic: allowed
review: 2027-03-01
see: wrong-network, memo-missing
source: ZH-hans@1f3a9c
change: minor
kind: case
audience: agents
ticket: #12
---

Look up the hash in a **block explorer**
first: it says where it went.

## Step by step

Then wait.
"""
RULES = Rules(("transaction", "account"), frozenset({"desk.example"}), date(2026, 11, 30))


def test_an_article_is_read_whole_and_every_value_is_a_text() -> None:
    reading = read("deposit-missing", "en", WHOLE)
    assert () == reading.faults
    item = reading.article
    assert "My deposit has not arrived" == item.title
    assert ("coins not credited", "top-up missing", "没到账") == item.also
    assert ("transaction", ("wrong-network", "memo-missing")) == (item.category, item.see)
    assert (Automatic.ALLOWED, Change.MINOR, Kind.CASE, Audience.AGENTS) == (
        item.automatic,
        item.change,
        item.kind,
        item.audience,
    )
    assert (date(2027, 3, 1), Source("zh-Hans", "1f3a9c"), 12) == (item.review_by, item.source, item.ticket)
    assert "Look up the hash in a **block explorer** first: it says where it went." == item.short
    assert "## Step by step\n\nThen wait." == item.body
    assert not item.public
    assert item.sha256 == digest(WHOLE.replace("\n", "\r\n"))
    assert item.as_source == f"en@{item.sha256[:12]}"
    bare = read("a", "en", "---\ntitle: T\n---\nShort.").article
    assert (Automatic.SUGGEST, Change.MAJOR, Kind.ANSWER, Audience.PUBLIC) == (
        bare.automatic,
        bare.change,
        bare.kind,
        bare.audience,
    )


def test_what_is_wrong_with_a_file_is_said_all_at_once_with_its_lines() -> None:
    head = "---\ntitle: T\n{}\n---\nShort.\n"
    cases = {
        "no head": ("Hello.\n", [(1, "the first line is not ---")]),
        "empty": ("", [(1, "the first line is not ---"), (1, "there is no first paragraph")]),
        "an open head": ("---\ntitle: T\nShort.\n", [(1, "no line --- ends the head")]),
        "no colon": (head.format("also coins"), [(3, "a key, a colon")]),
        "an unknown key": (head.format("author: me"), [(3, "there is no key `author`")]),
        "a key twice": (head.format("title: U"), [(3, "`title` stands there twice")]),
        "a wrong word": (head.format("automatic: yes"), [(3, "`automatic` is one of never")]),
        "no date": (head.format("review: soon"), [(3, "`review` is a date")]),
        "no such day": (head.format("review: 2027-02-30"), [(3, "`review` is a date")]),
        "no source": (head.format("source: 1f3a9c"), [(3, "`source` is a language and a revision")]),
        "no ticket": (head.format("ticket: none"), [(3, "`ticket` is a number")]),
        "no title": ("---\ncategory: account\n---\nShort.\n", [(1, "`title` is missing")]),
        "no paragraph": (head.format("").replace("Short.", "## Steps"), [(5, "there is no first paragraph")]),
        "a long answer": (head.format("").replace("Short.", "x" * 601), [(5, "has 601 characters")]),
        "too large": (head.format("") + "\n" + "x" * MOST_FILE, [(0, "larger than 64 KB")]),
        "two at once": (head.format("author: me\nreview: soon"), [(3, "author"), (4, "review")]),
    }
    wrong = []
    for name, (text, expected) in cases.items():
        faults = read("slug", "en", text).faults
        fits = [line for line, _ in expected] == [fault.line for fault in faults[: len(expected)]]
        if not fits or not all(
            part in fault.text for (_, part), fault in zip(expected, faults, strict=False)
        ):
            wrong.append(f"{name}: {faults}")
    assert [] == wrong
    assert "small letters" in read("Big Name", "en", WHOLE).faults[0].text
    assert "no language “xx”" in read("slug", "xx", WHOLE).faults[0].text
    assert "address of the help pages" in read("search", "en", WHOLE).faults[0].text


def test_a_files_name_says_slug_and_language() -> None:
    assert ("deposit", "en") == named("deposit.md", "en")
    assert ("deposit", "zh-Hans") == named("deposit.zh-hans.md", "en")
    assert ("deposit", "xx") == named("deposit.xx.md", "en")
    assert [None, None] == [named("deposit.txt", "en"), named("a.b.c.md", "en")]


def test_a_missing_language_is_shown_in_the_nearest_one() -> None:
    cases = [
        (("en", "zh-Hans"), "zh-Hans", "zh-Hans"),
        (("en", "zh-Hans"), "zh-Hant", "zh-Hans"),
        (("en", "zh-Hant"), "zh-Hans", "zh-Hant"),
        (("en", "de"), "fr", "en"),
        (("de", "fr"), "ja", "fr"),
        ((), "en", ""),
    ]
    assert [] == [case for case in cases if choice.choose(case[0], case[1], "en") != case[2]]
    assert "zh-Hant" == choice.choose(("de", "zh-Hant"), "fr", "zh-Hans")


def lint(**files: str) -> list[str]:
    """What the linter says, as "file:line name", those that are no problem in brackets."""
    readings: dict[Place, Reading] = {}
    for file, text in files.items():
        slug, _, language = file.partition("_in_")
        place = (slug.replace("_", "-"), language.replace("_", "-") or "en")
        readings[place] = read(*place, text)
    remarks = check(readings, RULES)
    assert sum(remark.problem for remark in remarks) == problems(remarks)
    said = [(f"{item.slug}:{item.line} {item.name}", item.problem) for item in remarks]
    return [text if problem else f"({text})" for text, problem in said]


def page(title: str, *head: str, short: str = "It takes an hour.", body: str = "") -> str:
    lines = "\n".join([f"title: {title}", "category: account", *head])
    return f"---\n{lines}\n---\n{short}\n\n{body}\n"


def test_the_linter_sees_what_would_mislead_a_reader() -> None:
    cases = {
        "nothing": ({"a": page("A", "see: b"), "b": page("B")}, []),
        "a broken head": ({"a": page("A", "nothing")}, ["a:4 form"]),
        "a long title": ({"a": page("x" * 81)}, ["a:2 title"]),
        "no category": ({"a": page("A").replace("category: account\n", "")}, ["a:1 category"]),
        "a category of nobody": ({"a": page("A").replace("account", "cars")}, ["a:3 category"]),
        "a broken see": ({"a": page("A", "see: gone, a")}, ["a:4 see", "a:4 see"]),
        "a dead link": ({"a": page("A", body="[more](gone)")}, ["a:7 link"]),
        "a link to another": ({"a": page("A", body="[b](b.zh-Hans.md#x) [b](b)"), "b": page("B")}, []),
        "a link to the desk": ({"a": page("A", body="<https://help.desk.example/x>")}, []),
        "a strange host": ({"a": page("A", body="[x](https://evil.example)")}, ["a:7 link"]),
        "a host with a name in it": (
            {"a": page("A", body="https://desk.example@evil.example")},
            ["a:7 link"],
        ),
        "no https": ({"a": page("A", body="[x](http://desk.example)")}, ["a:7 link"]),
        "no scheme": ({"a": page("A", body="[x](//desk.example)")}, ["a:7 link"]),
        "a script": ({"a": page("A", body="[x](javascript:alert)")}, ["a:7 link"]),
        "a defined link": ({"a": page("A", body="[x]: http://desk.example")}, ["a:7 link"]),
        "a picture": ({"a": page("A", body="![x](b)"), "b": page("B")}, ["a:7 link"]),
        "a question for a secret": ({"a": page("A", short="Send us your recovery phrase.")}, ["a:5 asks"]),
        "one in Chinese": ({"a": page("A", body="请把助记词发给我们。")}, ["a:7 asks"]),
        "a warning": ({"a": page("A", short="Never send anybody your recovery phrase.")}, []),
        "a customer's words": ({"a": page("A", "also: can you send me my recovery phrase")}, []),
        "a key": (
            {"a": page("A", body="5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ")},
            ["a:7 secret"],
        ),
        "a shared way to ask": (
            {"a": page("A", "also: 沒到帳"), "b": page("B", "also: 没到帐")},
            ["b:4 also"],
        ),
        "reviewed too late": ({"a": page("A", "review: 2026-01-01")}, ["(a:4 review)"]),
        "its own source": ({"a": page("A", "source: en@1f3a9c")}, ["a:4 source"]),
        "outdated": (
            {"a": page("A"), "a_in_de": page("Ah", "source: en@1f3a9c")},
            ["(a:4 outdated)"],
        ),
        "translated from this": (
            {"a": page("A"), "a_in_de": page("Ah", f"source: en@{digest(page('A'))[:12]}")},
            [],
        ),
        "two for one question": (
            {
                "a": page("Buy a token", short="Tap Swap."),
                "b": page("Swap", "also: buy a token now; how to buy a token", short="Buy a token: buy."),
            },
            ["(a:2 same)"],
        ),
    }
    wrong = {name: lint(**files) for name, (files, expected) in cases.items() if lint(**files) != expected}
    assert {} == wrong


def test_a_short_answer_stands_in_a_mail_without_its_signs() -> None:
    cases = {
        "Look in **a** `b`.": "Look in a b.",
        "See [the explorer](https://tronscan.example/x).": "See the explorer (https://tronscan.example/x).",
        "See [wrong network](wrong-network) or <https://a.example>.": "See wrong network or https://a.example.",
        "5 \\* 3 and a_b_c and 2 * 3": "5 * 3 and a_b_c and 2 * 3",
    }
    assert list(cases.values()) == [plain(text) for text in cases]


def test_an_article_says_in_which_language_it_is() -> None:
    articles = [Article("a", tag, tag) for tag in ("en", "zh-Hans")] + [Article("b", "de", "de")]
    slugs = choice.by_slug(articles)
    assert ["zh-Hans", "de"] == [item.language for item in choice.edition(slugs, "zh-Hant", "en")]
