"""Prints the figures of the code for docs/architecture.md: `make figures` (WRITE=1 keeps them there).

What is counted are intake/, queue/ and cli.py, without tests, benches and scripts.
"""

import argparse
import ast
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests")]

from test_architecture import MODULES, arrows_between, circles_of  # noqa: E402

PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"
LONG, BRANCHED = 60, 25
# Why those that are longer, or decide more often, are one function all the same.
REASONS = {
    "intake.commands.effects_in_words.sentence": "one case for each effect, each a sentence of its own",
    "intake.commands.status.warnings": "one warning after another, in the order of their weight",
    "intake.config.settings.settings": "one step for each section, and all problems in one list",
    "intake.desk.rules.agents.agent_reply": "the order of its questions is the policy",
    "intake.desk.rules.notifications.arrange": "the order of its questions is the policy",
    "intake.mail.addresses._split": "one pass over the characters, whose state would be handed around",
    "intake.mail.charsets.decode.decode": "the order in which charsets are tried",
    "intake.mail.formats.rtf.pieces": "one pass over the tokens, whose state would be handed around",
    "intake.mail.machines.automatic._automatic": "one sign after another, the surest first",
    "intake.mail.machines.bounces.read": "one form of report after another, the surest first",
    "intake.mail.quotes.lines._is_attribution": "one sign after another, the surest first",
    "intake.mail.quotes.lines._kind": "one kind of line after another",
    "intake.mail.structure._part": "one case for each type of part",
    "intake.store.apply.run": "one case for each effect",
    "intake.store.facts.facts": "one question for each fact, asked for the whole set at once",
    "intake.store.upkeep.erasure.erase": "the order of its steps is what makes it safe to be killed in",
    "intake.testing.memory.effects.one": "one case for each effect",
    "intake.testing.memory.facts.facts": "one question for each fact",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """A function, or method, with the lines from `def` to its end and the ways that can be taken in it."""

    name: str
    lines: int
    branches: int


def branches(function: ast.AST) -> int:
    """Return how often the code decides: if, elif, for, while, except, case, each and/or, `x if y else z`."""
    count = 0
    for node in ast.walk(function):
        match node:
            case ast.If() | ast.IfExp() | ast.For() | ast.AsyncFor() | ast.While() | ast.ExceptHandler():
                count += 1
            case ast.BoolOp(values=values):
                count += len(values) - 1
            case ast.comprehension(ifs=ifs):
                count += len(ifs)
            case ast.Match(cases=cases):
                count += len(cases)
    return count


def functions(name: str, path: Path) -> Iterator[Measured]:
    """Measure every function of a module; one within another counts in both."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            yield Measured(f"{name}.{node.name}", lines, branches(node))


def package(module: str) -> str:
    """Return the package that a module is in: of the first level, or intake for those at the root."""
    parts = module.split(".")
    return ".".join(parts[:2]) if (ROOT / Path(*parts[:2])).is_dir() or parts[1:2] == ["queue"] else "intake"


def all_functions() -> list[Measured]:
    """Return every function of the code, measured."""
    return [function for name, path in MODULES.items() for function in functions(name, path)]


def too_long(measured: list[Measured]) -> list[Measured]:
    """Return those that are longer, or decide more often, than one would like."""
    over = (function for function in measured if function.lines > LONG or function.branches > BRANCHED)
    return sorted(over, key=lambda function: function.name)


def rows() -> list[tuple[str, str]]:
    """Return what is measured, and its figure."""
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in MODULES.items()}
    longest = max(lengths, key=lambda name: lengths[name])
    measured = all_functions()
    long = max(measured, key=lambda function: function.lines)
    arrows = arrows_between(MODULES)
    packages = {package(name) for name in MODULES}
    between = {(package(a), package(b)) for a, others in arrows.items() for b in others}
    folders = {path.parent for path in MODULES.values()}
    over = too_long(measured)
    return [
        ("Files", f"{len(lengths)}"),
        ("Lines", f"{sum(lengths.values()):,}"),
        ("Lines of a file, median", f"{statistics.median(lengths.values()):.0f}"),
        ("Longest file", f"{lengths[longest]} (`{longest}`)"),
        ("Functions", f"{len(measured):,}"),
        ("Lines of a function, median", f"{statistics.median(function.lines for function in measured):.0f}"),
        ("Longest function", f"{long.lines} (`{long.name}`)"),
        ("Packages", f"{len(packages)}, in {len(folders)} folders"),
        ("Arrows between packages", f"{len({(a, b) for a, b in between if a != b})}"),
        ("Circles of imports", f"{len(circles_of(arrows))}"),
        (f"Functions over {LONG} lines or {BRANCHED} branches", f"{len(over)}"),
    ]


def section() -> str:
    """Return what stands in the page: the figures, and the functions that are long, with the reason."""
    figures = "".join(f"| {label} | {figure} |\n" for label, figure in rows())
    named = "".join(
        f"| `{row.name}` | {row.lines} | {row.branches} | {REASONS.get(row.name, 'no reason is given')} |\n"
        for row in too_long(all_functions())
    )
    return (
        f"| what | figure |\n| --- | --- |\n{figures}\n"
        f"| function | lines | branches | why it is one |\n| --- | --- | --- | --- |\n{named}"
    )


def main() -> None:
    """Print the table, or write it into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the table into docs/architecture.md")
    text = section()
    if not parser.parse_args().write:
        print(text, end="")
        return
    before, begun, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not (begun and ended):
        sys.exit(f"{PAGE} has no {BEGIN} and {END} to write between")
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
