"""The help pages: one slug in all languages, nothing written by a GET, a verdict by POST, gone is gone."""

import re
from collections.abc import Iterator
from typing import Any

import peewee
import pytest
from help_desk import BASE, Pages, article, opened, shipped
from web_desk import Clock, MakeDesk

from intake.app import Desk
from intake.desk.knowledge.verdicts import Reason
from intake.desk.text.language import LANGUAGES
from intake.store.schema.tables import TABLES
from intake.web import make_app

LINK = re.compile(r'(?:href|action|src)="([^"]+)"')


@pytest.fixture
def pages(make_desk: MakeDesk, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pages]:
    made = opened(make_desk, clock, monkeypatch)
    yield made
    made.desk.store.close()


def rows(desk: Desk) -> dict[str, list[Any]]:
    """Every row of every table."""
    return {
        table.__name__: list(desk.database.db.rows(table.select().tuples()))
        for table in TABLES
        if issubclass(table, peewee.Model)
    }


def test_no_switch_of_ours_leads_nowhere(pages: Pages) -> None:
    every = [article("everywhere", tag) for tag in LANGUAGES]
    pages.publish(*every, article("two", "en"), article("two", "zh-Hans"), article("alone", "vi", see="two"))
    seen: set[str] = set()
    waiting = [f"/help/{tag}/" for tag in LANGUAGES] + ["/help/sitemap.xml"]
    wrong = []
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = pages.client.get(path)
        if answer.status_code >= 400:
            wrong.append((path, answer.status_code))
        for link in LINK.findall(answer.text):
            inside = link.replace("&amp;", "&").removeprefix(BASE)
            if inside.startswith("/help/"):
                waiting.append(inside.partition("#")[0])
    assert [] == wrong
    assert len(seen) >= 12 * 4


def test_a_missing_language_shows_the_nearest_and_says_so(pages: Pages) -> None:
    pages.publish(article("two", "en", "In English"), article("two", "zh-Hans", "中文标题"))
    cases = {"zh-Hant": ("zh-Hans", "簡體中文|简体中文"), "de": ("en", "English"), "zh-Hans": ("zh-Hans", "")}
    wrong = []
    for asked, (shown, name) in cases.items():
        page = pages.client.get(f"/help/{asked}/two")
        says = re.search(r'<p class="warning">(.*?)</p>', page.text)
        canonical = f'<link rel="canonical" href="{BASE}/help/{shown}/two">'
        good = page.status_code == 200 and canonical in page.text and f'<article lang="{shown}">' in page.text
        if not good or bool(says) != bool(name) or (says and not re.search(name, says[1])):
            wrong.append((asked, page.status_code, says and says[1]))
    assert [] == wrong
    page = pages.client.get("/help/en/two").text
    alternates = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page))
    two = {tag: f"{BASE}/help/{tag}/two" for tag in ("en", "zh-Hans")}
    assert {**two, "x-default": two["en"]} == alternates


def test_another_way_to_write_a_language_leads_to_ours(pages: Pages) -> None:
    pages.publish(article("two", "en"))
    moved = {path: pages.client.get(path) for path in ("/help/zh-CN/two", "/help/zh-TW/", "/help/pt-BR/")}
    assert ["/help/zh-Hans/two", "/help/zh-Hant/", "/help/pt/"] == [one.location for one in moved.values()]
    assert 404 == pages.client.get("/help/xx/two").status_code
    entry = pages.client.get("/help/", headers={"Accept-Language": "ko-KR"})
    assert (302, "/help/ko/") == (entry.status_code, entry.location)


def test_what_is_not_for_the_public_is_not_there(pages: Pages) -> None:
    pages.publish(article("open", "en"), article("inside", "en", "Our secret routine", audience="agents"))
    pages.publish(
        article("mixed", "en", "Public words"), article("mixed", "zh-Hans", "内部", audience="agents")
    )
    paths = ("/help/en/", "/help/en/search?q=secret+routine", "/help/sitemap.xml", "/help/en/feed.xml")
    texts = {path: pages.client.get(path).text for path in paths}
    assert [] == [path for path, text in texts.items() if "Our secret" in text or "/inside" in text]
    assert 404 == pages.client.get("/help/en/inside").status_code
    assert 200 == pages.client.get("/help/zh-Hans/mixed").status_code
    assert "内部" not in pages.client.get("/help/zh-Hans/mixed").text
    # Not even that it was there.
    pages.desk.store.articles.withdraw("inside", "", "keyboard", pages.clock.now, "keyboard")
    pages.later(5)
    assert 404 == pages.client.get("/help/en/inside").status_code


def test_a_withdrawn_article_is_gone_from_every_process_within_five_seconds(pages: Pages) -> None:
    pages.publish(article("two", "en"), article("other", "en"))
    other = make_app(pages.desk, patience=0).test_client()
    assert [200, 200] == [client.get("/help/en/two").status_code for client in (pages.client, other)]
    pages.desk.store.articles.withdraw("two", "", "keyboard", pages.clock.now, "keyboard")
    pages.later(5)
    for client in (pages.client, other):
        gone = client.get("/help/de/two")
        assert 410 == gone.status_code
        assert "zurückgezogen" in gone.text
        assert "/help/en/two" not in client.get("/help/en/").text
        assert "/help/en/two" not in client.get("/help/en/search?q=two").text
        assert "two" not in client.get("/help/sitemap.xml").text + client.get("/help/en/feed.xml").text
    pages.publish(article("two", "en", "Once more"))
    pages.later(5)
    assert 200 == pages.client.get("/help/en/two").status_code


def test_without_articles_there_are_no_pages(pages: Pages) -> None:
    paths = ("/help/en/", "/help/en/x", "/help/en/search?q=x", "/help/en/feed.xml", "/help/sitemap.xml")
    assert [404] * len(paths) == [pages.client.get(path).status_code for path in paths]
    assert "/help/" not in pages.client.get("/").text


def test_a_thousand_gets_of_every_link_change_no_row(pages: Pages) -> None:
    pages.publish(*shipped())
    paths = {"/help/", "/help/sitemap.xml", "/help/en/two?said=yes"}
    for start in ("/help/en/", "/help/zh-Hans/deposit-missing", "/help/en/search?q=lost"):
        paths |= {link.replace("&amp;", "&") for link in LINK.findall(pages.client.get(start).text)}
    paths = {path for path in paths if path.startswith("/help/")}
    before = rows(pages.desk)
    asked = 0
    while asked < 1000:
        for path in sorted(paths):
            pages.client.get(path)
            asked += 1
    assert before == rows(pages.desk)


def test_a_verdict_counts_once_a_day_from_one_network(pages: Pages) -> None:
    pages.publish(article("two", "en"), article("other", "en"))
    assert 303 == pages.judge("/help/en/two", "yes").status_code
    thanks = pages.client.get(pages.judge("/help/en/two", "unclear").location).text
    assert "We are sorry" in thanks
    assert "article=two" in thanks
    assert (1, {}) == pages.tally("two")
    pages.judge("/help/en/other", "missing")
    assert (0, {Reason.MISSING: 1}) == pages.tally("other")
    pages.clock.forward(days=1, minutes=1)
    pages.judge("/help/en/two", "wrong")
    assert (1, {Reason.WRONG: 1}) == pages.tally("two")


def test_a_verdict_needs_the_form_of_its_article(pages: Pages) -> None:
    pages.publish(article("two", "en"), article("other", "en"))
    token = pages.token("/help/en/other")
    cases = {
        "no token": pages.client.post("/help/en/two", data={"said": "yes"}),
        "another's token": pages.judge("/help/en/two", "yes", token),
        "no word of ours": pages.judge("/help/en/two", "perhaps"),
        "another site": pages.judge("/help/en/two", "yes", Origin="https://evil.example"),
        "no such article": pages.client.post("/help/en/none", data={"said": "yes", "token": token}),
    }
    answers = {name: answer.status_code for name, answer in cases.items()}
    assert [400, 400, 400, 403, 404] == list(answers.values()), answers
    assert (0, {}) == pages.tally("two")


def test_searching_finds_and_has_a_measure(pages: Pages) -> None:
    pages.publish(*shipped())
    page = pages.client.get("/help/en/search?q=my+coins+have+not+arrived")
    assert "/help/en/deposit-missing" in page.text
    assert "noindex" == page.headers["X-Robots-Tag"]
    assert "all" == pages.client.get("/help/en/").headers["X-Robots-Tag"]
    traditional = pages.client.get("/help/zh-Hant/search", query_string={"q": "收不到驗證碼"})
    assert "/help/zh-Hant/verification-code" in traditional.text
    nothing = pages.client.get("/help/en/search", query_string={"q": "<b>qqzzy</b>" + "x" * 5000})
    assert 200 == nothing.status_code
    assert "<b>" not in nothing.text
    assert "x" * 301 not in nothing.text
    answers = [pages.client.get("/help/en/search?q=x") for _ in range(60)]
    assert 429 == answers[-1].status_code
    assert int(answers[-1].headers["Retry-After"]) <= 60


def test_the_first_page_is_small_and_the_form_leads_there_and_back(pages: Pages) -> None:
    pages.publish(*shipped())
    for tag in LANGUAGES:
        size = len(pages.client.get(f"/help/{tag}/").data)
        assert size <= 50_000, (tag, size)
    assert 'href="/help/zh-Hans/"' in pages.client.get("/?lang=zh-Hans").text
    form = pages.client.get("/?lang=zh-Hans&article=memo-missing").text
    assert 'value="忘记填 Memo 或标签"' in form


def test_what_is_cited_and_helped_stands_first(pages: Pages) -> None:
    pages.publish(article("two", "en"), article("other", "en"), article("third", "en"))
    assert "Frequently needed" not in pages.client.get("/help/en/").text
    pages.desk.store.verdicts.record("third", "en", 1, None, pages.clock.now)
    pages.later(61)
    first = pages.client.get("/help/en/").text.partition("Frequently needed")[2]
    assert first.index("/help/en/third") < first.index("/help/en/other")
    assert "/help/en/two" not in first.partition("<h2>")[0]


def test_feed_and_sitemap_are_well_formed(pages: Pages) -> None:
    from xml.etree import ElementTree

    pages.publish(*shipped(), article("odd", "en", "A & B <c>", 'It\'s "so" & 1 < 2.'))
    feed = ElementTree.fromstring(pages.client.get("/help/zh-Hans/feed.xml").data)
    name = "{http://www.w3.org/2005/Atom}"
    assert 30 == len(feed.findall(f"{name}entry"))
    links = [str(link.get("href")) for link in feed.iter(f"{name}link")]
    assert [] == [link for link in links if not link.startswith(f"{BASE}/help/")]
    tree = ElementTree.fromstring(pages.client.get("/help/sitemap.xml").data)
    places = [str(place.text) for place in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(shipped()) + 1 == len(places)
    assert f"{BASE}/help/zh-Hans/deposit-missing" in places
