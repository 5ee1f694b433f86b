"""What languages are called: each in the reader's language, and understood in any of them."""

from each_case import each

from intake.desk.commands.ticket import language_called
from intake.desk.text.language import LANGUAGES
from intake.desk.text.language_names import NAMES, SPOKEN
from intake.rendering.sayings import in_language

CALLED = {
    "englisch": "en",
    "英文": "en",
    "英语": "en",
    "Tiếng Anh": "en",
    "tieng anh": "en",
    "日本語": "ja",
    "日语": "ja",
    "日文": "ja",
    "中文": "zh-Hans",
    "Chinesisch": "zh-Hans",
    "китайский": "zh-Hans",
    "繁體": "zh-Hant",
    "İngilizce": "en",
    "ingilizce": "en",
    "francais": "fr",
    "Deutsch.": "de",
    "deutsch": "de",
    "немецкий": "de",
    "독일어": "de",
    "zh-TW": "zh-Hant",
    "pt-BR": "pt",
    "Klingon": "",
    "": "",
}


@each(("name", "code"), CALLED.items())
def test_a_language_is_understood_by_its_name_in_any_language(name: str, code: str) -> None:
    assert code == language_called(name, LANGUAGES)


@each("code", LANGUAGES)
@each("reader", LANGUAGES)
def test_what_an_agent_reads_of_a_language_they_can_write(code: str, reader: str) -> None:
    assert code == language_called(in_language(SPOKEN[code], reader), LANGUAGES)
    assert code == language_called(NAMES[code], LANGUAGES)


def test_a_language_is_called_as_its_reader_calls_it() -> None:
    shown = [in_language(SPOKEN["zh-Hans"], reader) for reader in ("en", "de", "zh-Hans")]
    assert ["Simplified Chinese", "Chinesisch (vereinfacht)", "简体中文"] == shown
    assert [] == [
        code
        for code in LANGUAGES
        if in_language(SPOKEN[code], code).casefold()
        not in (NAMES[code].casefold(), "русский", "简体中文", "繁體中文")
    ]
