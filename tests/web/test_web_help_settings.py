"""What the config says of the help pages: on or off, where links lead, how topics are called, brands."""

from collections.abc import Callable

import pytest
from help_desk import Pages, article, opened
from web_desk import Clock, MakeDesk

SETTINGS = """colour = #006644
mailbox = support
[faq]
links = explorer.example
[form]
categories =
    transfer = A transfer | de: Eine Überweisung
[brand nova]
name = Nova Wallet
base_url = https://help.nova.example
colour = #aa2200
[mailbox nova]
type = ingest
address = support@nova.example
brand = nova
"""


@pytest.fixture
def open_pages(make_desk: MakeDesk, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Pages]:
    return lambda more: opened(make_desk, clock, monkeypatch, more)


def test_switched_off_nothing_is_there_and_nothing_was_there(open_pages: Callable[[str], Pages]) -> None:
    pages = open_pages("[faq]\nenabled = no")
    pages.publish(article("two", "en"), article("gone", "en"))
    pages.desk.store.articles.withdraw("gone", "", "keyboard", pages.clock.now, "keyboard")
    paths = ("en/", "en/two", "en/gone", "en/search?q=two", "en/feed.xml", "sitemap.xml")
    assert {404} == {pages.client.get(f"/help/{path}").status_code for path in paths}
    assert "/help/" not in pages.client.get("/").text
    pages.desk.store.close()


def test_links_lead_where_the_config_allows_and_to_us(open_pages: Callable[[str], Pages]) -> None:
    pages = open_pages(SETTINGS)
    targets = ("https://tx.explorer.example/1", "https://help.example/help/en/", "https://other.example/")
    pages.publish(article("two", "en", short=" ".join(f"[here]({target})" for target in targets)))
    page = pages.client.get("/help/en/two").text
    assert [True, True, False] == [f'href="{target}"' in page for target in targets]
    pages.desk.store.close()


def test_topics_have_the_words_of_the_form_and_show_twenty_at_first(
    open_pages: Callable[[str], Pages],
) -> None:
    pages = open_pages(SETTINGS)
    many = [article(f"a{number:02}", "en", category="transfer") for number in range(25)]
    pages.publish(*many, article("b", "en", category="security"), article("c", "en", category="odd"))
    first = pages.client.get("/help/de/").text
    assert [True] * 3 == [word in first for word in ("Eine Überweisung", "Sicherheit", "Odd")]
    assert (20, "/help/de/a19" in first, "/help/de/a20" in first) == (first.count("/help/de/a"), True, False)
    topic = pages.client.get("/help/de/?topic=transfer").text
    assert 25 == topic.count("/help/de/a")
    assert "/help/de/b" not in topic
    assert 404 == pages.client.get("/help/de/?topic=none").status_code
    pages.desk.store.close()


def test_a_brand_shows_the_same_articles_at_its_own_address(open_pages: Callable[[str], Pages]) -> None:
    pages = open_pages(SETTINGS)
    pages.publish(article("two", "en", short="[This](three.md).", see="three"), article("three", "en"))
    page = pages.client.get("/help/en/two", base_url="https://help.nova.example").text
    assert "Nova Wallet" in page
    assert '<link rel="canonical" href="https://help.nova.example/help/en/two">' in page
    assert 2 == page.count('href="/help/en/three"')
    # Asked for at the desk's own address, every link stays with the brand.
    other = pages.client.get("/help/en/two?brand=nova").text
    assert 2 == other.count('href="/help/en/three?brand=nova"')
    pages.desk.store.close()
