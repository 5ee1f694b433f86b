"""The starter set of help articles, `examples/help`: in order, whole in both languages, safe to follow."""

from datetime import date
from pathlib import Path

import pytest

from intake.config.faq_files import readings
from intake.desk.knowledge.article import Article, Automatic
from intake.desk.knowledge.checking import Rules, check

FOLDER = Path(__file__).resolve().parent.parent / "examples" / "help"
# Of these a machine never asserts anything: questions that are an incident in truth look like them.
SUGGESTED = {
    "forgot-password", "wallet-password", "withdrawal-limited", "withdrawal-time", "balance-wrong",
}  # fmt: skip
CATEGORIES = ("transaction", "account", "technical", "security", "enquiry")
# Before the first of them is to be looked through again.
DAY = date(2026, 12, 1)


@pytest.fixture(scope="module")
def articles() -> dict[tuple[str, str], Article]:
    return {place: reading.article for place, reading in readings(FOLDER, "en").items()}


def test_the_linter_finds_nothing_at_all() -> None:
    remarks = check(readings(FOLDER, "en"), Rules(CATEGORIES, frozenset(), DAY))
    assert [] == [(remark.slug, remark.language, remark.line, remark.text) for remark in remarks]


def test_there_are_forty_and_each_is_in_both_languages(articles: dict[tuple[str, str], Article]) -> None:
    english, chinese = ({slug for slug, tag in articles if tag == language} for language in ("en", "zh-Hans"))
    assert len(english) >= 40
    assert english == chinese


def test_each_is_asked_for_in_several_ways(articles: dict[tuple[str, str], Article]) -> None:
    assert [] == [place for place, item in articles.items() if not 3 <= len(item.also) <= 8]
    assert [] == [
        place for place, item in articles.items() if not (item.see and item.review_by and item.body)
    ]


def test_what_attracts_incidents_is_never_answered_by_a_machine_alone(
    articles: dict[tuple[str, str], Article],
) -> None:
    careful = {place for place, item in articles.items() if item.automatic is not Automatic.ALLOWED}
    security = {place for place, item in articles.items() if item.category == "security"}
    assert security | {(slug, tag) for slug in SUGGESTED for tag in ("en", "zh-Hans")} <= careful


def test_both_languages_agree_on_all_but_the_words(articles: dict[tuple[str, str], Article]) -> None:
    def of(item: Article) -> object:
        return item.category, item.see, item.automatic, item.review_by, item.audience

    differ = [slug for slug, tag in articles if of(articles[slug, tag]) != of(articles[slug, "en"])]
    assert [] == differ
    made_of = {slug: str(item.source) for (slug, tag), item in articles.items() if tag != "en"}
    assert {slug: articles[slug, "en"].as_source for slug in made_of} == made_of
