"""Finding articles by their words: what makes no difference, what counts more, what only agents see."""

import pytest

from intake.desk.knowledge.article import Article, Audience
from intake.desk.knowledge.folding import folded, terms
from intake.desk.knowledge.measuring import Question, measure, questions
from intake.desk.knowledge.ranking import Library
from intake.desk.knowledge.stems import stemmed
from intake.desk.text.simplified import simplified

ARTICLES = (
    Article("deposit", "en", "My deposit has not arrived", "Look up the hash.", also=("coins not credited",)),
    Article("memo", "en", "I forgot the memo", "Ask the exchange for your deposit."),
    Article("swap", "en", "Swapping tokens", "Tap Swap."),
    Article("deposit", "zh-Hans", "充值没有到账", "先用哈希查询。"),
    Article("memo", "zh-Hans", "忘记填写备注", "请联系交易所。"),
    Article("codes", "en", "Codes for agents", "Codes.", audience=Audience.AGENTS),
    Article("swap", "de", "Tokens tauschen", "Tippe auf Tauschen."),
)


def slugs(text: str, language: str, agents: bool = False) -> list[str]:
    return [hit.article.slug for hit in Library(ARTICLES, "en").search(text, language, 3, agents)]


def test_case_width_accents_forms_and_kinds_of_chinese_make_no_difference() -> None:
    cases = [
        ("ＤＥＰＯＳＩＴ", "en", "deposit"),
        ("deposits arriving", "en", "deposit"),
        ("forgotten memos", "en", "memo"),
        ("depsoit arrived", "en", "deposit"),
        ("儲值沒有到帳", "zh-Hant", "deposit"),
        ("没到账", "zh-Hans", "deposit"),
        ("備註", "zh-Hant", "memo"),
        ("getauscht: Tausch", "de", "swap"),
    ]
    assert [] == [case for case in cases if slugs(case[0], case[1])[:1] != [case[2]]]
    assert ("没到账", "abc") == (folded("沒到賬"), folded("ÀBC"))
    assert "软体 soft" == simplified("軟體 soft")


def test_the_title_counts_more_than_the_text_and_other_ways_to_ask_count_too() -> None:
    assert ["deposit", "memo"] == slugs("where is my deposit", "en")
    assert "deposit" == slugs("coins credited?", "en")[0]
    assert [] == slugs("zebra", "en")
    assert [] == slugs("", "en")
    # Words that stand everywhere find nothing.
    assert [] == slugs("what is it and how can I do this please", "en")


def test_what_is_for_agents_is_found_by_agents_alone() -> None:
    assert ([], ["codes"]) == (slugs("codes", "en"), slugs("codes", "en", agents=True))


def test_an_article_that_is_missing_in_a_language_is_found_in_another() -> None:
    library = Library(ARTICLES, "en")
    article = library.article("swap", "zh-Hant")
    assert article is not None
    assert "en" == article.language
    assert library.article("nothing", "en") is None
    assert ["swap"] == slugs("swapping tokens", "zh-Hant")
    # A customer may write in the desk's own language and read another.
    assert ["deposit"] == slugs("credited", "zh-Hans")


def test_stems_are_those_of_the_language_and_hashes_stay_whole() -> None:
    cases = [
        ("transferred", "en", "transfer"),
        ("zahlungen", "de", "zahlung"),
        ("переводы", "ru", "перевод"),
        ("transferred", "zh-Hans", "transfer"),
        ("chuyển", "vi", "chuyển"),
        ("0xabc123s", "en", "0xabc123s"),
    ]
    assert [] == [case for case in cases if stemmed(case[0], case[1]) != case[2]]
    assert ["充值", "值"] == terms("充值", "zh-Hans")[:2]


def test_questions_are_read_and_measured_by_language() -> None:
    asked = questions(
        '{"article": "deposit", "language": "zh", "text": "没到账"}\n\n'
        '{"article": "swap", "language": "en", "text": "swap"}\n'
        '{"article": "swap", "language": "en", "text": "deposit"}\n'
    )
    assert Question("没到账", "zh-Hans", "deposit") == asked[0]
    reaches = measure(Library(ARTICLES, "en"), asked)
    assert [("en", 2, 1, 1), ("zh-Hans", 1, 1, 1), ("", 3, 2, 2)] == [
        (reach.language, reach.asked, reach.first, reach.shown) for reach in reaches
    ]
    for text, line in (("{}", "line 1"), ('{"article": "a", "language": "xx", "text": "b"}', "'xx'")):
        with pytest.raises(ValueError, match=line):
            questions(text)
