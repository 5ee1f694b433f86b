"""The words of every language: the same sentences, made of the same values, and none left over."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, meta

from intake.desk.rules import yes_and_no
from intake.desk.text.language import LANGUAGES
from intake.rendering.catalogue import Catalogue
from intake.rendering.sayings import translations
from intake.rendering.templates import Renderer

SHIPPED = Path(__file__).resolve().parents[2] / "templates"
BLOCK = re.compile(r"\{% block (\w+) %\}(.*?)\{% endblock %\}", re.DOTALL)
# How a greeting, a plural or a date is put is each language's own business; which ticket it is about is not.
FREE = {"plural", "length"}


def words(language: str) -> dict[str, str]:
    text = (SHIPPED / "mail" / language / "words.j2").read_text(encoding="utf-8")
    return {found[1]: found[2] for found in BLOCK.finditer(text)}


def values(text: str) -> set[str]:
    return meta.find_undeclared_variables(Environment().parse(text)) - FREE


ENGLISH = words("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_the_same_sentences_in_the_same_order(language: str) -> None:
    assert list(ENGLISH) == list(words(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_sentence_names_the_same_values(language: str) -> None:
    differing = {
        block: (values(ENGLISH[block]), values(text))
        for block, text in words(language).items()
        if values(text) != values(ENGLISH[block])
    }
    assert {} == differing


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty_or_said_nowhere(language: str) -> None:
    # English has no need to explain the line above it: that is written in English.
    assert {"delimiter_words"} >= {block for block, text in words(language).items() if not text.strip()}
    assert set(words(language)) == Catalogue().needed()


def test_no_language_lacks_a_word_of_a_mail_or_a_page() -> None:
    """Lists exactly which words are missing, by file."""
    assert {} == Catalogue().missing()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_is_written_in_its_own_script(language: str) -> None:
    script = {
        "ja": "[\u3040-\u30ff]",
        "ko": "[\uac00-\ud7af]",
        "ru": "[\u0400-\u04ff]",
        "zh-Hans": "[\u4e00-\u9fff]",
        "zh-Hant": "[\u4e00-\u9fff]",
    }.get(language, "[a-z]")
    plain = {block: re.sub(r"\{[%{].*?[%}]\}", "", text) for block, text in words(language).items()}
    spoken = {block: text for block, text in plain.items() if len(text) > 12}
    assert [] == [block for block, text in spoken.items() if not re.search(script, text)]
    # Simplified and traditional letters are not mixed.
    wrong = {
        "zh-Hans": "們這為發對時個說過還進應開關題單請帳錢轉買賣",
        "zh-Hant": "们这为发对时个说过还进应开关题单请帐钱转买卖",
    }
    text = "".join(plain.values())
    assert [] == [letter for letter in wrong.get(language, "") if letter in text]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_addressed_as_a_friend(language: str) -> None:
    """The customary, formal address, as far as single words tell."""
    familiar = {
        "de": r"\b(du|dein\w*|dir|dich)\b",
        "fr": r"\b(tu|ton|ta|tes|toi)\b",
        "es": r"\b(tú|tu|tus|te|ti)\b",
        "ru": r"\b(ты|тебе|тебя|твой|твоя|твоё|твои)\b",
        "tr": r"\b(sen|senin|sana|seni)\b",
        "ko": r"(너는|네가|했어\b|해줘)",
        "zh-Hans": "你",
        "zh-Hant": "你",
    }.get(language)
    text = " ".join(words(language).values())
    assert familiar is None or not re.search(familiar, text, re.IGNORECASE)


PAGE_WORD = re.compile(r'^\{% set (\w+) = "(.*)" %\}$', re.MULTILINE)
ENGLISH_PAGES = dict(PAGE_WORD.findall((SHIPPED / "web" / "words.en.html.j2").read_text(encoding="utf-8")))


# What stands between two sentences: nothing in a script without spaces.
UNSPACED = {"between"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_pages_name_the_same_values(language: str) -> None:
    """A value that is left out or misspelt would stop the page."""
    text = (SHIPPED / "web" / f"words.{language}.html.j2").read_text(encoding="utf-8")
    there = dict(PAGE_WORD.findall(text))

    def placed(sentence: str) -> list[str]:
        return sorted(re.findall(r"%\((\w+)\)s", sentence))

    assert [] == [key for key, said in ENGLISH_PAGES.items() if placed(said) != placed(there[key])]
    assert [] == [
        key for key, said in ENGLISH_PAGES.items() if key not in UNSPACED and bool(said) != bool(there[key])
    ]
    # A percent sign that is no value would stop the page, too.
    assert "%" not in re.sub(r"%\(\w+\)s|%%", "", "".join(there.values()))


def test_no_line_of_french_ends_before_a_sign() -> None:
    """Where a phone breaks the line, a colon must not begin the next: no-break blanks stand before signs."""
    files = [SHIPPED / "mail" / "fr" / "words.j2", SHIPPED / "web" / "words.fr.html.j2"]
    lines = [line for one in files for line in one.read_text(encoding="utf-8").split("\n")]
    said = [line for line in lines if not line.startswith("{#")]
    assert [] == [line for line in said if re.search(r"\S [:;?!»]|« |[a-z]'[a-z]", line)]
    assert any("\u202f" in line for line in said)


@pytest.mark.parametrize("language", ["ja", "zh-Hans", "zh-Hant"])
def test_no_blank_stands_behind_a_full_width_sign(language: str) -> None:
    texts = [*words(language).values(), *page_words(language).values()]
    assert [] == [
        text for text in texts if re.search("[：。，、（「！？] |[\u3040-\u9fff] [（：。，、！？]", text)
    ]
    assert "" == page_words(language)["between"]


# What agents and admins call it, in each language: a customer writes to us and makes a request.
AGENTS_WORD = {
    "en": r"\bticket",
    "de": r"\bticket",
    "es": r"\b(ticket|tique)",
    "fr": r"\bticket",
    "ja": "チケット",
    "ko": "티켓",
    "pt": r"\b(ticket|chamado)",
    "ru": "заявк|тикет",
    "tr": r"\b(ticket|kayıt|kaydınız|kaydı\b)",
    "vi": r"\bphiếu",
    # One word for both, as Chinese shops have it; this is what used to be said instead.
    "zh-Hans": "请求",
    "zh-Hant": "工單|請求",
}
CUSTOMERS_WORD = {
    "en": "request",
    "de": "anfrage",
    "es": "solicitud",
    "fr": "demande",
    "ja": "お問い合わせ",
    "ko": "문의",
    # A customer who asks for a number asks for the "protocolo".
    "pt": "solicitação|protocolo",
    "ru": "обращени",
    "tr": "tale[pb]",
    "vi": "yêu cầu",
    "zh-Hans": "工单",
    "zh-Hant": "案件",
}
TO_AGENTS = re.compile(
    r"(delimiter|notice|card|answer|refused|ticket|alert|confirm|copy|brake)_(?!by$)|no_text|no_subject"
)
OF_A_REQUEST = (
    "assigned_lead",
    "waiting_lead",
    "delayed_lead",
    "resolved_lead",
    "reopened_lead",
    "survey_lead",
)
PAGES_OF_A_REQUEST = (
    "sent_number",
    "sent_reload",
    "ticket_title",
    "survey_lead",
    "unsolved_hint",
    "done_solved",
    "done_unsolved",
)  # fmt: skip


def page_words(language: str) -> dict[str, str]:
    return dict(
        PAGE_WORD.findall((SHIPPED / "web" / f"words.{language}.html.j2").read_text(encoding="utf-8"))
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_customers_read_one_word_for_what_they_asked(language: str) -> None:
    mails = {block: text for block, text in words(language).items() if not TO_AGENTS.match(block)}
    everything = {**mails, **{f"page {name}": text for name, text in page_words(language).items()}}
    # The page of a link to a file is an agent's.
    everything = {name: text for name, text in everything.items() if not name.startswith("page file_")}
    wrong = re.compile(AGENTS_WORD[language], re.IGNORECASE)
    assert [] == [name for name, text in everything.items() if wrong.search(text)]

    right = re.compile(CUSTOMERS_WORD[language], re.IGNORECASE)
    asked = [*OF_A_REQUEST, *(f"page {name}" for name in PAGES_OF_A_REQUEST)]
    assert [] == [name for name in asked if not right.search(everything[name])]


# "Open again", as a mail or page of each language would promise it.
OPENED_AGAIN = {
    "en": r"\b(re)?open", "zh-Hans": "打开", "zh-Hant": "開啟", "ja": "再開", "ko": "다시 접수|다시 열",
    "es": "reabr", "pt": "reabr", "fr": "rouvr", "de": "öffn", "ru": "откр[ыо]", "tr": "yeniden aç",
    "vi": "mở lại",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_mail_of_a_closed_ticket_promises_that_a_reply_opens_it_again(language: str) -> None:
    """With `reopen_days = 0`, and once they have passed, a reply opens another ticket."""
    opened, mails, pages = OPENED_AGAIN[language], words(language), page_words(language)
    promised = [mails["resolved_not"], mails["closing_reply"], mails["survey_still"], pages["solved_hint"]]
    assert [] == [text for text in promised if re.search(opened, text, re.IGNORECASE)]
    # Shown only where it is true.
    assert re.search(opened, pages["solved_later"], re.IGNORECASE)


# What agents answer to confirm a draft, as each language says it.
YES = {
    "en": "yes",
    "zh-Hans": "是",
    "zh-Hant": "是",
    "ja": "はい",
    "ko": "예",
    "es": "sí",
    "pt": "sim",
    "fr": "oui",
    "de": "ja",
    "ru": "да",
    "tr": "evet",
    "vi": "có",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_that_confirms_is_named_in_ones_own_language_and_taken(language: str) -> None:
    assert re.search(rf"(?<!\w)(?:[“「])?{YES[language]}(?:[”」])?", words(language)["confirm_how"])
    for said in (YES[language], f"{YES[language].capitalize()}.", f"“{YES[language]}”\n\n> quoted"):
        assert yes_and_no.confirms(said)


NO = {
    "en": "no", "zh-Hans": "否", "zh-Hant": "否", "ja": "いいえ", "ko": "아니요", "es": "no", "pt": "não",
    "fr": "non", "de": "nein", "ru": "нет", "tr": "hayır", "vi": "không",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_that_discards_is_named_in_ones_own_language_and_taken(language: str) -> None:
    assert re.search(rf"(?<!\w)[“「]?{NO[language]}[”」]?", words(language)["confirm_not"])
    for said in (NO[language], f"{NO[language].capitalize()}.", f"“{NO[language]}”\n\n> quoted"):
        assert yes_and_no.discards(said)
        assert not yes_and_no.confirms(said)


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_wherever_a_yes_is_asked_for_it_is_that_of_the_language(language: str) -> None:
    told = [table[language] for template, table in translations().items() if re.search(r"\byes\b", template)]
    assert told
    assert [] == [text for text in told if re.search(r"\byes\b", str(text))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_survey_asks_one_question_and_offers_the_same_answers_everywhere(language: str) -> None:
    mails, pages = words(language), page_words(language)
    assert mails["survey_subject"] == pages["survey_title"]
    assert mails["survey_subject"].rstrip(".。") in mails["survey_lead"]
    assert [mails[f"score_{n}"] for n in range(1, 6)] == [pages[f"score_{n}"] for n in range(1, 6)]
    assert {mails["score_1"].casefold(), mails["score_5"].casefold()} <= set(
        re.findall(r"[(（](.*?)[)）]", mails["survey_or_number"].casefold())
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_address_of_a_link_stands_behind_a_colon(language: str) -> None:
    values = {"number": 7, "subject": "", "name": "", "desk": "Desk", "progress": "https://desk.example/t/x"}
    text = Renderer().mail("resolved", language, html=False, due=None, **values).text
    colon = {"fr": "\u00a0:", "ja": "：", "zh-Hans": "：", "zh-Hant": "："}.get(language, ":")
    assert f"{words(language)['progress']}{colon}\nhttps://desk.example/t/x\n" in text


@pytest.mark.parametrize("language", ["en", "es", "pt", "fr", "de", "ru"])
def test_one_is_not_counted_as_many(language: str) -> None:
    """Seconds until a reply leaves, and files that were too large, in languages that decline them."""
    counted = [words(language)[block] for block in ("copy_undo", "notice_left_out", "relay_left_out")]
    assert all("plural(" in one and "one=" in one and "other=" in one for one in counted)
    assert language != "ru" or all("few=" in one for one in counted)


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_long_a_message_may_be_is_told_only_to_whom_it_concerns(language: str) -> None:
    """256 KiB are fewer letters in some scripts; each language names about as many as fit."""
    room = re.compile(r"[0-9]{1,3}[.,\s]?000|8\s?[万萬만]")
    there = page_words(language)
    named = {name for name, text in there.items() if room.search(text)}
    assert {"message_long"} == named
