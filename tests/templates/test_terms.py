"""The termbase (docs/terms.toml) held against what people read: mails, pages, commands, documentation."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from each_case import each

from intake.desk.text.language import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
TERMS: dict[str, Any] = tomllib.loads((ROOT / "docs" / "terms.toml").read_text(encoding="utf-8"))
CONCEPTS = {name: said for name, said in TERMS.items() if name not in ("forbidden", "phrases")}
BLOCK = re.compile(r"\{% block (\w+) %\}(.*?)\{% endblock %\}", re.DOTALL)
PAGE_WORD = re.compile(r'^\{% set (\w+) = "(.*)" %\}$', re.MULTILINE)
TO_AGENTS = re.compile(
    r"(delimiter|notice|card|answer|refused|ticket|alert|confirm|copy|brake)_(?!by$)|no_text|no_subject"
    # The page of a link to a file is an agent's.
    "|page file_"
)
# A sentence of a script: letters with blanks between them, in quotes of any kind, and no style.
QUOTED = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'|`([^`]*)`")


def mail_words(language: str) -> dict[str, str]:
    text = (TEMPLATES / "mail" / language / "words.j2").read_text(encoding="utf-8")
    return {f"mail {found[1]}": found[2] for found in BLOCK.finditer(text)}


def page_words(language: str) -> dict[str, str]:
    text = (TEMPLATES / "web" / f"words.{language}.html.j2").read_text(encoding="utf-8")
    return {f"page {name}": said for name, said in PAGE_WORD.findall(text)}


def read_by(whom: str, language: str) -> dict[str, str]:
    """Return what customers or agents read in a language, by where it is."""
    everything = mail_words(language) | page_words(language)
    agents = {name: said for name, said in everything.items() if TO_AGENTS.match(name.removeprefix("mail "))}
    if whom == "agents":
        return agents
    return {name: said for name, said in everything.items() if name not in agents}


def plain(said: str) -> str:
    """Return a sentence without what a template computes in it: its own words alone, in quotes or not."""
    values = re.sub(r"\{[%{].*?[%}]\}", lambda one: " ".join(re.findall(r'"([^"]*)"', one[0])), said)
    return re.sub(r"%\(\w+\)s|#[a-z]+", "", values)


def rules(language: str) -> Iterator[tuple[str, str, str]]:
    for rule in TERMS["forbidden"].get(language, ()):
        for whom in rule["where"]:
            for word in rule["words"]:
                yield whom, word, rule["say"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_holds_a_word_that_the_termbase_forbids(language: str) -> None:
    wrong = [
        f"{where}: {word!r} in {said!r}, write {instead}"
        for whom, word, instead in rules(language)
        for where, said in read_by(whom, language).items()
        if re.search(word, plain(said), re.IGNORECASE)
    ]
    assert [] == wrong


def test_every_language_has_every_term_and_words_that_are_forbidden() -> None:
    assert {} == {
        name: set(LANGUAGES) - set(said) for name, said in CONCEPTS.items() if not set(LANGUAGES) <= set(said)
    }
    assert [] == [language for language in LANGUAGES if not list(rules(language))]
    assert [] == [name for name, said in CONCEPTS.items() for one in LANGUAGES if not all(said[one])]


# Where a concept is named, by the names of its sentences: there its term stands in every language.
NAMED = {
    "number": ("mail acknowledgement_lead", "page sent_number"),
    "reply_to_this": ("mail acknowledgement_more", "mail waiting_reply", "mail thanks_still"),
    "by_email": (
        "mail acknowledgement_next",
        "mail acknowledgement_promise",
        "mail reopened_lead",
        "page lead",
        "page sent_answer",
    ),
    "screenshot": ("mail acknowledgement_more", "page files_label", "page files_paste"),
    "recovery_phrase": (
        "mail secrets",
        "mail secret_seen",
        "mail notice_hidden",
        "page secrets",
        "page field_secret",
        "page phrase_seen",
    ),
    "private_key": ("mail secrets", "mail secret_seen", "mail notice_hidden", "page secrets"),
    "wallet_address": ("page field_wallet", "page field_secret"),
    "transaction_hash": ("page field_hash",),
    "solved": ("page step_resolved", "page ahead_resolved"),
}


@each("language", LANGUAGES)
@each("concept", NAMED)
def test_a_concept_is_named_by_its_term(concept: str, language: str) -> None:
    forms = [one.casefold() for one in CONCEPTS[concept][language]]
    said = mail_words(language) | page_words(language)
    missing = {
        name: said[name] for name in NAMED[concept] if not any(one in said[name].casefold() for one in forms)
    }
    assert {} == missing


@pytest.mark.parametrize(
    "script", sorted((ROOT / "intake" / "web" / "static").glob("*.js")), ids=lambda one: one.name
)
def test_a_script_says_nothing_of_its_own(script: Path) -> None:
    """Its sentences are the page's, so that they exist in every language."""
    code = re.sub(r"^\s*//.*$", "", script.read_text(encoding="utf-8"), flags=re.MULTILINE)
    quoted = ["".join(one) for one in QUOTED.findall(code)]
    sentences = [
        one for one in quoted if re.search(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}", one) and ":" not in one
    ]
    assert ["use strict"] == [one for one in quoted if one == "use strict"]
    assert [] == sentences


# -- English for agents and admins ----------------------------------------------------------------------

PHRASES = [(now, better) for group in TERMS["phrases"].values() for now, better in group]
# What is still to be put into the field's words. A file leaves this list when it is clean, and none is added.
NOT_YET: frozenset[str] = frozenset()


def shown(path: Path) -> list[str]:
    """Return what a file shows: a page whole, a module's strings; of commands the docstrings, too."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return [re.sub(r"\s+", " ", re.sub(r"```.*?```", " ", text, flags=re.DOTALL))]
    tree = ast.parse(text)
    helps = path.is_relative_to(ROOT / "intake" / "commands")
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and not (helps and isinstance(node, ast.FunctionDef) and node.decorator_list)
    }
    return [
        re.sub(r"\s+", " ", node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    ]


READ = sorted(
    path
    for path in (
        ROOT / "cli.py",
        ROOT / "README.md",
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "intake" / "commands").rglob("*.py"),
        *(ROOT / "intake" / "desk").rglob("*.py"),
        *(ROOT / "intake" / "channels").rglob("*.py"),
    )
    # Terms.md tells of the words themselves; words in mail of others are none of ours.
    if path.name != "terms.md" and "words" not in path.stem
)


def old_words(path: Path) -> list[str]:
    said = shown(path)
    return [f"{now!r}: write {better}" for now, better in PHRASES if any(now in one for one in said)]


@each("path", READ, ids=lambda one: str(one.relative_to(ROOT)))
def test_agents_and_admins_read_the_fields_words(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    found = old_words(path)
    if name in NOT_YET:
        assert found, "is clean now: take it out of NOT_YET"
    else:
        assert [] == found
