"""Commands may be written in the languages of our mails, and a near miss is told with what was meant."""

import unicodedata

import pytest
from each_case import each

from intake.desk.commands.execute import read
from intake.desk.commands.native import NATIVE, names_of
from intake.desk.commands.strays import stray
from intake.desk.commands.table import COMMANDS, NAMES
from intake.desk.text.language import LANGUAGES
from intake.rendering.sayings import in_language

NATIVES = [
    (command, name) for command, languages in NATIVE.items() for names in languages.values() for name in names
]


@each(("command", "name"), NATIVES)
def test_a_command_is_obeyed_in_the_agents_language(command: str, name: str) -> None:
    argument = " Wei" if command == "assign" else ""
    for written in (name, name.upper() if name.upper().casefold() == name else name):
        asked = read(f"#{written}{argument}\nThe text below")
        assert not asked.problem
        assert asked.note == (command == "note")
        assert [command] == [done.name for done in asked.commands] or command == "note"
        assert asked.text == "The text below"


@pytest.mark.parametrize("name", [name for command, name in NATIVES if command == "note"])
def test_a_note_in_the_agents_language_never_leaks(name: str) -> None:
    for line in (f"#{name}", f"# {name}", f"**#{name}**", f"#{name} this is private", f"Hi Lin, #{name}"):
        assert stray(f"Dear Lin,\n\n{line}\nhe is difficult", NAMES), line
    # A Mac may part the accents from their letters.
    parted = unicodedata.normalize("NFD", f"#{name}")
    assert read(f"{parted}\nprivate").note or read(f"{parted}\nprivate").problem


def test_no_word_stands_for_two_commands() -> None:
    names = [name.casefold() for kind in COMMANDS for name in (kind.name, *kind.aliases)]
    own = [name for command in NATIVE for name in names_of(command)]
    assert [] == [name for name in own if (names + own).count(name) > 1]


def test_every_language_has_its_names() -> None:
    for languages in NATIVE.values():
        # English and Chinese stand in the table itself.
        assert set(languages) == set(LANGUAGES) - {"en", "zh-Hans", "zh-Hant"}


@each(
    ("written", "meant"),
    [
        ("#关比", "#关闭"),
        ("#转合小王", "#转给"),
        ("#備住", "#備註"),
        ("#clsoe", "#close"),
        ("#schliesen", "#schliessen"),
        ("#zuweissen", "#zuweisen"),
        ("#übernehmen", "#mine"),
        ("#fermez", "#fermer"),
        ("#cerar", "#cerrar"),
        ("#закрить", "#закрыть"),
        ("#閉しる", "#閉じる"),
    ],
)
@each("language", LANGUAGES)
def test_a_near_miss_is_told_with_what_was_meant_in_every_language(
    written: str, meant: str, language: str
) -> None:
    asked = read(f"{written}\nprivate words")
    first = in_language(asked.problem, language).splitlines()[0]
    assert meant in first
    assert written.split()[0] in first
    assert ("Did you mean" in first) == (language == "en")


@pytest.mark.parametrize("written", ["#note中文", "#wei", "#1", "# Überschrift mit Wörtern"])
def test_what_is_no_command_is_none(written: str) -> None:
    assert not read(f"{written}\ntext").commands
    assert not read(f"{written}\ntext").note
