"""What the desk knows stands in one place: each fact by the form it has in code, and its home.

Four faults came of facts that were kept in two places and changed in one. Who writes a second one finds
here where the first is.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from each_case import each
from test_architecture import MODULES

# What it is, how its form is found in the source, and the only modules that may hold it.
FACTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "the priorities and their order",
        r"[\"']low[\"'],\s*(?:[\"']normal[\"']|NORMAL)|[\"']urgent[\"'],\s*[\"']high[\"']"
        r"|[\"']urgent[\"']:\s*\d",
        ("intake.desk.ticket",),
    ),
    ("the desk as the author of events", r"Address\(\"\", ?\"desk\"\)", ("intake.desk.ticket",)),
    ("an alert to each of several agents", r"f\"alert:[^\"]*\{\w+\.id\}\"", ()),
    ("an agent as an address", r"Address\((\w+)\.address, ?\1\.name\)", ("intake.desk.ticket",)),
    (
        "which pause follows which failure",
        r"[a-z]\[min\([\w.]+, len\(|BACKOFF\[|PAUSES\[|\(1\.0, 2\.0, ",
        ("intake.runtime.backoff",),
    ),
    ("a domain in A-labels", r"encode\(.idna.\)", ("intake.desk.addresses",)),
    ("how long an address may be", r"ADDRESS = 254|[<>]=? 254|, 254\)", ("intake.desk.addresses",)),
    ("the light of a colour", r"0\.7152", ("intake.rendering.contrast",)),
    ("a kind of a language", r"def _?speaks\(", ("intake.desk.text.language",)),
    ("the letters of Base58", r"ABCDEFGHJKLMNPQRSTUVWXYZ", ("intake.desk.sensitive.base58",)),
    ("the letters of bech32", r"qpzry9x8", ("intake.desk.sensitive.chains",)),
    (
        "what stands before the subject of an answer or a forwarded mail",
        r"re\|aw|aw\|sv|\|antw\||fwd\?|\|wg\||[\"']fwd?:",
        (),
    ),
    ("the table of that", r"[\"']aw[\"'],|[\"']fwd[\"']\)", ("intake.desk.text.subject_prefixes",)),
    ("what stands for a value in a statement", r"database\.param\b|\.param\)", ()),
    ("the tokens that act for an agent", r"Purpose\.AGENT, Purpose\.CONFIRM, ", ("intake.desk.tokens",)),
    ("the kinds of mail that agents get", r"MailKind\.NOTICE, MailKind\.ALERT, ", ("intake.desk.effects",)),
    ("bytes made durable", r"os\.fsync\(", ("intake.folders",)),
    ("the mail of a status", r"MailKind\.STATUS,\s+ticket\.id", ("intake.desk.mails",)),
)


@pytest.mark.parametrize(("fact", "form", "homes"), FACTS, ids=[fact for fact, *_ in FACTS])
def test_a_fact_stands_in_one_place(fact: str, form: str, homes: tuple[str, ...]) -> None:
    held = {name for name, path in MODULES.items() if re.search(form, path.read_text(encoding="utf-8"))}
    assert set(homes) == held, f"{fact} has its home in {homes or 'a function'}"


@each("name", sorted(MODULES))
def test_no_module_hands_on_what_another_defines(name: str) -> None:
    """Such a name says nothing of where a thing lives. A package may name what it is made for."""
    text = MODULES[name].read_text(encoding="utf-8")
    assert MODULES[name].name == "__init__.py" or re.findall(r"import (\w+) as \1\b", text) == []


# Two that look alike and are not one fact, or that wait for their own change; each with its reason.
ALIKE = {
    "[\x00-\x08\x0b-\x1f\x7f-\x9f]": "a form and a mail each say what they take",
    r"\n\r?\n": "the gate reads nothing of what it guards",
    r"[^=]+": "what is no escape",
    r"\([^()]{0,200}\)": "a comment in an address, and in a header field",
    r"[^\W\d_]+": "a word",
    "(signal.SIGTERM, signal.SIGINT, signal.SIGHUP)": "the parent imports next to nothing",
    "('assigned', 'waiting', 'delayed', 'resolved', 'reopened', 'thanks')": "a test compares them",
    "{'files_large', 'files_many', 'cut'}": "what a program and a person may do about it is not the same",
}


def _tables_and_patterns(path: Path) -> Iterator[str]:
    """Yield the tables of constants and the regular expressions of a module, as the parser writes them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile" and node.args:
            if isinstance(node.args[0], ast.Constant):
                pattern = node.args[0].value
                yield pattern.decode("latin-1") if isinstance(pattern, bytes) else str(pattern)
        elif isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict):
            inside = node.values if isinstance(node, ast.Dict) else node.elts
            constant = all(isinstance(one, ast.Constant | ast.Attribute) for one in inside)
            constant = constant and not ast.unparse(node).startswith("(self.")
            if constant and len(inside) >= 3 and len(ast.unparse(node)) > 30:
                yield ast.unparse(node)


def test_no_table_and_no_pattern_stands_in_two_modules() -> None:
    held: dict[str, set[str]] = {}
    for name, path in MODULES.items():
        for text in _tables_and_patterns(path):
            held.setdefault(text, set()).add(name)
    twice = {text: sorted(names) for text, names in held.items() if len(names) > 1 and text not in ALIKE}

    assert {} == twice


# They say that something is held, and not what: a reader has to look up where it came from.
EMPTY_NAMES = {"one", "found", "given", "what", "told"}


def _names_bound(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and name of each parameter and variable of the functions and comprehensions."""
    scopes = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.comprehension
    for node in (inner for scope in ast.walk(tree) if isinstance(scope, scopes) for inner in ast.walk(scope)):
        if isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.lineno, node.name


@each("name", sorted(MODULES))
def test_a_variable_is_named_for_what_it_holds(name: str) -> None:
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    assert sorted({bound for bound in _names_bound(tree) if bound[1] in EMPTY_NAMES}) == []


def test_an_empty_name_is_seen_wherever_it_is_bound() -> None:
    source = """
def f(given):
    for one in given:
        try:
            (found := one)
        except OSError as what:
            return lambda told: told
x = [one for one in ()]
class Row:
    what: str
"""
    assert {name for _, name in _names_bound(ast.parse(source))} == EMPTY_NAMES
