"""What holds for the tests themselves: each one asserts something, and none is skipped in silence."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from each_case import each

TESTS = Path(__file__).resolve().parent
FILES = sorted(TESTS.rglob("test_*.py"))
NAMES = [str(path.relative_to(TESTS)) for path in FILES]

# Tests that pass by not failing, each with what would fail.
BY_NOT_FAILING: dict[str, str] = {}

# What may call off a test, and where. Where CI is true each of them is a failure (plugin_noskip.py):
# a machine that lacks a server or a right may still run the rest.
MAY_SKIP = {
    "conftest.py": "unavailable(), for the servers that tests talk to",
    "store/conftest.py": "PostgreSQL does not start here",
    "web/conftest.py": "no browser",
    "channels/test_imap_dovecot.py": "no openssl, which makes the certificate of a server",
    "cli/test_cli_surroundings.py": "only root owns what is another's, and mounts a disk to fill",
    "faults/test_storage.py": "only root mounts a disk to fill; no PostgreSQL",
    "queue_/test_worker.py": "no Redis",
    "service/test_no_file_of_theirs.py": "no openssl, which signs the mail",
    "web/test_web_connections.py": "fewer descriptors than the attack takes",
}
SKIPPING = {"skip", "skipif", "importorskip"}
CHECKING = {"raises", "warns", "fail", "expect"}
ENDS = (".py", "/__init__.py")
FAILURE = re.compile(r"(AssertionError|TimeoutError)\b")
QUESTION = re.compile(r"(is|has)_\w+|exists|startswith|endswith")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _functions(node: ast.AST) -> Iterator[Function]:
    return (one for one in ast.walk(node) if isinstance(one, Function))


def _name(call: ast.Call) -> str:
    """Return the last part of what is called: `open` of `a.b.open()`."""
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def _called(node: ast.AST) -> set[str]:
    return {_name(one) for one in ast.walk(node) if isinstance(one, ast.Call)}


@cache
def _helpers(path: Path) -> tuple[Path, ...]:
    """Return the modules of tests that a file can call into: those it imports, and the conftests above it."""
    places = (TESTS, TESTS / "e2e", TESTS.parent)
    named = set()
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            named |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
        elif isinstance(node, ast.Import):
            named |= {one.name for one in node.names}
    found = [place / f"{name.replace('.', '/')}{end}" for name in named for place in places for end in ENDS]
    found += [folder / "conftest.py" for folder in path.parents if TESTS in (folder, *folder.parents)]
    ours = TESTS.parent / "intake" / "testing"
    return tuple(one for one in found if one.exists() and (TESTS in one.parents or ours in one.parents))


def _reachable(path: Path) -> set[Path]:
    seen, left = {path}, [path]
    while left:
        for other in _helpers(left.pop()):
            if other not in seen:
                seen.add(other)
                left.append(other)
    return seen


def _asserts(node: ast.AST) -> bool:
    """Return whether it asserts in its own words."""
    return any(
        isinstance(one, ast.Assert)
        or (isinstance(one, ast.Raise) and one.exc is not None and FAILURE.match(ast.unparse(one.exc)))
        or (isinstance(one, ast.Call) and _name(one) in CHECKING)
        for one in ast.walk(node)
    )


def _is_fixture(function: Function) -> bool:
    return any("fixture" in ast.unparse(one) for one in function.decorator_list)


def _bodies(function: Function) -> Iterable[ast.AST]:
    """What runs when it is called: of a fixture, the functions that it hands out, and not its own end."""
    if not _is_fixture(function):
        return [function]
    return [one for one in _functions(function) if one is not function]


@cache
def _checkers(path: Path) -> frozenset[str]:
    """Return the names of the helpers of a file that assert, themselves or by those that they call."""
    bodies = [
        (function.name, body)
        for module in _reachable(path)
        for function in _functions(_tree(module))
        if not function.name.startswith("test_")
        for body in _bodies(function)
    ]
    # A class is called for its beginning.
    bodies += [
        (node.name, function)
        for module in _reachable(path)
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.ClassDef)
        for function in node.body
        if isinstance(function, Function) and function.name in ("__init__", "__exit__")
    ]
    names = {name for name, body in bodies if _asserts(body)}
    while more := {name for name, body in bodies if name not in names and _called(body) & names}:
        names |= more
    return frozenset(names)


def _silent(path: Path) -> list[str]:
    """Return the tests of a file that assert nothing, themselves or by those that they call."""
    return [
        one.name
        for one in _functions(_tree(path))
        if one.name.startswith("test_") and not _asserts(one) and not _called(one) & _checkers(path)
    ]


@each("path", FILES, ids=NAMES)
def test_every_test_asserts_something(path: Path) -> None:
    assert [] == [name for name in _silent(path) if name not in BY_NOT_FAILING]


@each("path", [*FILES, *sorted(TESTS.rglob("conftest.py"))], ids=lambda path: path.name)
def test_no_answer_is_thrown_away(path: Path) -> None:
    """`page.locator("p").is_hidden()` on a line of its own asks, and does not mind the answer."""
    assert [] == _thrown(path)


def _thrown(path: Path) -> list[str]:
    return [
        ast.unparse(node.value)
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and QUESTION.fullmatch(_name(node.value))
    ]


def test_a_silent_test_would_be_seen(tmp_path: Path) -> None:
    file = tmp_path / "test_silent.py"
    file.write_text(
        "def looks(page):\n    page.is_hidden()\n"
        "def checks(page):\n    assert page\n"
        "def test_silent(page):\n    looks(page)\n"
        "def test_loud(page):\n    checks(page)\n"
    )
    assert ["test_silent"] == _silent(file)
    assert ["page.is_hidden()"] == _thrown(file)


def test_exceptions_are_of_tests_that_are_there() -> None:
    there = {one.name for path in FILES for one in _functions(_tree(path))}
    assert set() == set(BY_NOT_FAILING) - there


def _skips(path: Path) -> bool:
    return any(
        isinstance(node, ast.Attribute) and node.attr in SKIPPING and "pytest" in ast.unparse(node)
        for node in ast.walk(_tree(path))
    )


def test_only_what_is_named_may_skip_a_test() -> None:
    """What needs files beside the project is not collected where they are not (conftest.py of the folder)."""
    skipping = {str(path.relative_to(TESTS)) for path in TESTS.rglob("*.py") if _skips(path)}
    assert set(MAY_SKIP) == skipping
