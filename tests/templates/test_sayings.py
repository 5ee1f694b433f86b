"""What the desk says to agents is there in every language, with the same values in it."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from string import Formatter

import pytest

from intake.desk.commands import helping
from intake.desk.commands.table import COMMANDS
from intake.desk.text.argument_words import spelled
from intake.desk.text.language import LANGUAGES
from intake.desk.text.said import counted, joined, said
from intake.rendering.sayings import helps, in_language, marks_in_language, translations

ROOT = Path(__file__).resolve().parents[2]
FILES = [*ROOT.glob("intake/**/*.py"), *ROOT.glob("queue/*.py"), ROOT / "cli.py"]


def _calls() -> Iterator[tuple[Path, ast.Call]]:
    for path in FILES:
        if "def said(" in (text := path.read_text("utf-8")):
            continue
        for node in ast.walk(ast.parse(text)):
            called = node.func if isinstance(node, ast.Call) else None
            if not isinstance(node, ast.Call) or not isinstance(called, ast.Name):
                continue
            if called.id == "said" or (called.id == "counted" and _forms(node)):
                yield path, node


def _forms(call: ast.Call) -> list[ast.expr]:
    return [word.value for word in call.keywords if word.arg == "several"]


def _templates() -> Iterator[str]:
    for path, call in _calls():
        place = f"{path.name}:{call.lineno}"
        written = _forms(call) or call.args[:1]
        assert written, f"{place}: what is said?"
        assert isinstance(written[0], ast.Constant), f"{place}: a template is written out where it is said"
        yield str(written[0].value)


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_everything_that_is_said_to_agents_is_translated() -> None:
    wanted = set(LANGUAGES) - {"en"}
    lacking = {text: sorted(wanted - translations().get(text, {}).keys()) for text in _templates()}
    assert {} == {text: languages for text, languages in lacking.items() if languages}


def test_what_each_command_does_is_there_in_every_language() -> None:
    wanted = set(LANGUAGES) - {"en", "zh-Hans", "zh-Hant"}
    lacking = {kind.name: sorted(wanted - helps().get(kind.help, {}).keys()) for kind in COMMANDS}
    assert {} == {name: languages for name, languages in lacking.items() if languages}


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_the_table_of_commands_is_in_the_agents_language(language: str) -> None:
    shown = in_language(helping.table(COMMANDS), language)
    assert not re.search(r"\b(?:the|send|your|reply to|with its|also:)\b", shown, re.IGNORECASE)
    assert all(in_language(spelled(kind.written), language) in shown for kind in COMMANDS)


def test_nothing_is_translated_that_nobody_says() -> None:
    assert set() == set(translations()) - set(_templates())


def _told(function: ast.FunctionDef) -> Iterator[ast.expr]:
    """Yield what a function gives as the text of an alert, an answer or a refusal."""
    for node in ast.walk(function):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "alerts" and len(node.args) > 2:
            yield node.args[2]
        if (
            name == "Mail"
            and node.args
            and ast.unparse(node.args[0]) in ("MailKind.ALERT", "MailKind.ANSWER")
        ):
            yield from (word.value for word in node.keywords if word.arg == "text")
        if name in ("drafted", "_unproven") and len(node.args) > 3:
            yield node.args[3]
        if name in ("Obeyed", "ParsedCommand"):
            yield from (word.value for word in node.keywords if word.arg == "problem")
        if name == "Refused" and node.args and "--as" not in ast.unparse(node.args[0]):
            yield node.args[0]


def _plain(text: ast.expr, function: ast.FunctionDef) -> bool:
    """Whether a text is English written out where it is told, which nobody can translate."""
    if isinstance(text, ast.Name):
        nodes = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
        return any(
            _plain(node.value, function)
            for node in nodes
            for target in node.targets
            if isinstance(target, ast.Name) and target.id == text.id
        )
    return isinstance(text, ast.JoinedStr) or (
        isinstance(text, ast.Constant) and isinstance(text.value, str) and bool(text.value)
    )


def test_no_agent_is_told_what_cannot_be_translated() -> None:
    plain = [
        f"{path.name}:{text.lineno}"
        for path in ROOT.glob("intake/**/*.py")
        if "channels" not in path.parts and "store" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
        for text in _told(node)
        if _plain(text, node)
    ]
    assert [] == plain


def test_a_translation_has_the_values_of_its_sentence() -> None:
    odd = [
        (language, form)
        for template, table in translations().items()
        for language, forms in table.items()
        for form in ([forms] if isinstance(forms, str) else forms.values())
        if not _places(form) <= _places(template)
        or (isinstance(forms, str) and _places(form) != _places(template))
    ]
    assert [] == odd


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_is_said_in_the_readers_language(language: str) -> None:
    text = said("{by} assigned this ticket to you.", by="Anna")
    shown = in_language(text, language)
    assert "Anna" in shown
    assert (shown == "Anna assigned this ticket to you.") == (language == "en")


def test_a_sentence_is_its_english_text_wherever_nobody_translates_it() -> None:
    assert said("{by} assigned this ticket to you.", by="Anna") == "Anna assigned this ticket to you."
    assert "2 of them" == counted(2, single="{count} of it", several="{count} of them")
    assert "a b" == joined(["a", "", "b"])


def test_a_sentence_within_a_sentence_is_said_in_the_same_language() -> None:
    inner = said("{by} assigned this ticket to you.", by="Anna")
    both = joined([inner, "kept as it is"], "\n")
    assert in_language(both, "de") == "Anna hat Ihnen dieses Ticket zugewiesen.\nkept as it is"


def test_a_moment_is_said_on_the_readers_clock() -> None:
    at = datetime(2026, 11, 23, 16, 5, tzinfo=UTC)
    text = said("due {at}", at=at)
    assert text == "due 2026-11-23 16:05 UTC"
    assert "17:05" in in_language(text, "de", timezone(timedelta(hours=1))) or "5:05" in in_language(
        text, "en", timezone(timedelta(hours=1))
    )


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "ja"])
def test_no_blank_stands_between_sentences_of_a_script_without_blanks(language: str) -> None:
    first = said("{by} assigned this ticket to you.", by="Anna")
    assert " " not in in_language(joined([first, first]), language).replace("Anna ", "")
    assert "a、b" == in_language(joined(["a", "b"], ", "), language)
    assert "a b" == in_language(joined(["a", "b"]), language)


@pytest.mark.parametrize(
    ("text", "language", "read"),
    [
        ("我的[redacted: text]打不开了", "zh-Hans", "我的[已脱敏：文字]打不开了"),
        ("Mein [redacted: seed phrase]", "de", "Mein [entfernt: Wiederherstellungsphrase]"),
        ("[hidden: card number] [redacted: text]", "fr", "[masqué : numéro de carte] [supprimé : texte]"),
        ("[redacted: text]", "en", "[redacted: text]"),
        ("[redacted: apples]", "de", "[redacted: apples]"),
    ],
)
def test_the_mark_of_a_secret_is_read_in_the_agents_language(text: str, language: str, read: str) -> None:
    assert read == marks_in_language(text, language)
