"""What stands behind a command may be written in the agent's language, and is shown in it."""

import re
from datetime import UTC, datetime

import pytest

from intake.desk.commands import canned, lists, merge, participants, persons, ticket, time_words
from intake.desk.commands.execute import read
from intake.desk.commands.table import COMMANDS, NAMES
from intake.desk.commands.time_expressions import until
from intake.desk.text.argument_words import PLACES, SPOKEN, spelled
from intake.desk.text.kept_sayings import as_text, from_text
from intake.desk.text.language import LANGUAGES
from intake.rendering.sayings import in_language

OTHERS = [language for language in LANGUAGES if language != "en"]
NOW = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)
# What is a word of a program's everywhere: codes of languages.
LEFT = {"CODE"}


def _examples(language: str) -> list[str]:
    return re.split(r", |、| (?:or|o|ou|oder|или|veya|hoặc) ", in_language(time_words.EXAMPLES, language))


@pytest.mark.parametrize("language", OTHERS)
def test_the_times_that_an_agent_is_shown_are_read_as_the_english_ones_are(language: str) -> None:
    english, own = _examples("en"), _examples(language)
    assert len(english) == len(own) == 9
    assert [until(text, NOW, UTC) for text in english] == [until(text, NOW, UTC) for text in own]
    assert None not in [until(text, NOW, UTC) for text in own]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("morgen um 9:30", datetime(2026, 11, 26, 9, 30, tzinfo=UTC)),
        ("übermorgen", datetime(2026, 11, 27, 9, tzinfo=UTC)),
        ("el lunes a las 8:00", datetime(2026, 11, 30, 8, tzinfo=UTC)),
        ("в среду в 8:00", datetime(2026, 12, 2, 8, tzinfo=UTC)),
        ("2j", datetime(2026, 11, 27, 7, 30, tzinfo=UTC)),
        ("2 Tagen", datetime(2026, 11, 27, 7, 30, tzinfo=UTC)),
        ("月曜日 10:00", datetime(2026, 11, 30, 10, tzinfo=UTC)),
        ("gestern", None),
        ("montags", None),
        ("hier", None),
    ],
)
def test_a_time_is_read_in_the_agents_own_words(text: str, moment: datetime | None) -> None:
    assert until(text, NOW, UTC) == moment


# Who reads which words: the row, what stands around the word, and what its reader makes of it.
READ = [
    *(("priority", "{}", word, word) for word in ("urgent", "high", "normal", "low")),
    *(("survey", "{}", word, word) for word in ("off", "on")),
    *(("cc", "{} eve@x.example", word, f"{word} eve@x.example") for word in ("add", "remove")),
    ("merge", "12 {}", "anyway", "12 anyway"),
    ("block", "eve@x.example {}", "anyway", "eve@x.example anyway"),
    *(("canned", "{} refund", word, f"{word} refund") for word in ("save", "delete")),
    *(("list", "{}", word, word) for word in ("mine", "team", "todo", "due", "overdue", "snoozed", "spam")),
    ("list", "{} eve@x.example", "from", "from eve@x.example"),
    ("person", "{} likes tea", "note", "note likes tea"),
    ("person", "{}", "notes", "notes"),
    ("person", "{} 3", "forget", "forget 3"),
    *(("incident", "{}", word, word) for word in ("stolen", "phishing", "leak", "fraud", "end")),
    ("step", "call {}", "done", "call done"),
    ("step", "call {} they ask", "no", "call no they ask"),
    ("my", "{} de", "language", "language de"),
]


@pytest.mark.parametrize("language", OTHERS)
def test_every_word_that_an_agent_is_shown_is_obeyed(language: str) -> None:
    assert {word for _, _, word, _ in READ} == set(SPOKEN)
    misread = [
        (command, SPOKEN[word][language])
        for command, around, word, meant in READ
        if _same(NAMES[command].read(around.format(SPOKEN[word][language]))) != _same(meant)
    ]
    assert [] == misread


def _same(argument: str) -> str:
    return argument.replace(" ", "").replace(":", "").casefold()


@pytest.mark.parametrize("language", OTHERS)
def test_how_a_command_is_written_stands_there_in_the_agents_language(language: str) -> None:
    words = {word for kind in COMMANDS for word in re.findall(r"\w+", kind.grammar)}
    assert set() == words - set(PLACES) - set(SPOKEN) - {"9", "00"}
    for kind in COMMANDS:
        name, _, rest = in_language(spelled(kind.written), language).partition(" ")
        assert name == f"#{kind.name}"
        if language in ("zh-Hans", "zh-Hant", "ja", "ko", "ru"):
            assert not re.search(r"(?!2d)[A-Za-z]{2,}", rest)


def test_a_refusal_that_is_kept_is_still_translated() -> None:
    problem = read("#priority x").problem
    again = from_text(as_text(problem))
    assert problem == again
    assert in_language(problem, "de") == in_language(again, "de")
    assert "dringend" in in_language(again, "de")
    assert "#priority 紧急|高|普通|低" in in_language(again, "zh-Hans")


def test_an_address_that_begins_like_a_word_is_an_address() -> None:
    for address in ("de@x.example", "von@x.example", "from.me@x.example", "by@x.example"):
        assert lists.read_list(address) == f"from {address}" or lists.read_list(address).endswith(address)
    assert merge.is_anyway("trotzdem")
    assert participants.read_cc("eve@x.example") == "add eve@x.example"
    assert persons.read_person("notizen") == "notes"
    assert canned.read("speichern refund") == "save refund"
    assert ticket.read_mine("sprache de") == "language de"


@pytest.mark.parametrize(
    "written",
    [
        "note list", "notes list", "Note: list.", "note all", "list", "notes", "备注列表", "备注 列表",
        "备注清单", "查看备注", "備註清單", "備註 列表", "备注：列表。", "notiz liste",
        "заметка список", "nota lista",
    ],
)  # fmt: skip
def test_the_word_for_a_list_behind_note_lists_the_notes_of_a_person(written: str) -> None:
    assert "notes" == persons.read_person(written)


@pytest.mark.parametrize("text", ["list of wallets: two", "列表很长", "calls all day", "全部退款"])
def test_a_note_that_begins_with_such_a_word_is_a_note(text: str) -> None:
    assert f"note {text}" == persons.read_person(f"note {text}")
