"""The help pages in a real browser: on a phone, without JavaScript, in each language, light and dark."""

from web_desk import Served
from webpages import CONTRAST, DANGLING, NAMELESS, OVERFLOW, axe

from intake.desk.knowledge.article import Article, read
from intake.desk.text.language import LANGUAGES

# These are looked at whole; the others have the same tree.
LOOKED_AT = ("en", "zh-Hant")
PHONE = {"width": 360, "height": 740}
TEXT = """---
title: {title}
category: transaction
see: second
---
Look the **hash** up first: it says `success` or not.

## Steps

1. Open [the second](second.md).
2. Wait.
"""


def articles() -> list[Article]:
    """Two articles, the first in two languages."""
    texts = {
        ("first", "en"): "My deposit has not arrived",
        ("first", "zh-Hans"): "转进来的币没有到账",
        ("second", "en"): "ATransferWithAVeryLongNameThatHasNoSpaceInItAtAllAndGoesOnAndOn",
    }
    return [read(*place, TEXT.format(title=title)).article for place, title in texts.items()]


def test_a_reader_finds_an_article_and_says_why_it_did_not_help(served: Served) -> None:
    served.desk.store.articles.publish(articles(), "keyboard", served.desk.service.clock(), "keyboard")
    page = served.open(f"{served.url}help/en/", viewport=PHONE, java_script_enabled=False)
    page.get_by_label("What do you need help with?").fill("deposit not arrived")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="My deposit has not arrived").click()
    page.get_by_text("No", exact=True).click()
    page.get_by_role("button", name="Something is missing").click()
    page.get_by_text("We are sorry that it did not help").wait_for()
    page.get_by_role("link", name="Write to us").click()
    assert "My deposit has not arrived" == page.input_value("#subject")
    (tally,) = served.desk.store.verdicts.tallies(served.desk.service.clock().replace(year=2000)).values()
    assert (0, 1) == (tally.helped, tally.failed)


def test_every_page_is_readable_on_a_phone_in_every_language(served: Served) -> None:
    served.desk.store.articles.publish(articles(), "keyboard", served.desk.service.clock(), "keyboard")
    pages = {
        scheme: served.open(served.url, viewport=PHONE, color_scheme=scheme) for scheme in ("light", "dark")
    }
    wrong = []
    for number, tag in enumerate(LANGUAGES):
        page = pages["dark" if number % 2 else "light"]
        for path in ("", "first", "second", "search?q=deposit") if tag in LOOKED_AT else ("", "first"):
            page.goto(f"{served.url}help/{tag}/{path}")
            faults = [
                *([f"wider by {page.evaluate(OVERFLOW)}"] if page.evaluate(OVERFLOW) else []),
                *page.evaluate(CONTRAST),
                *page.evaluate(NAMELESS),
                *page.evaluate(DANGLING),
                *(axe(page) if tag in LOOKED_AT else []),
            ]
            small = page.evaluate(TOO_SMALL)
            if faults or small or page.locator("h1").count() != 1:
                wrong.append((tag, path, faults, small))
    assert [] == wrong, wrong[:4]


# What a finger has to hit, apart from links within a text (WCAG 2.2, 2.5.8: 24 px).
TOO_SMALL = """() => [...document.querySelectorAll('button, summary, a.button, .articles a, .hits a, input')]
    .filter(e => e.offsetParent && e.getBoundingClientRect().height < 24).map(e => e.outerHTML)"""
