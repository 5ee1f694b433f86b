"""The arrows, the homes of the libraries and the purity of the core, read off the source."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from each_case import each

from intake.config.settings import KEY_FILE
from intake.service.service import Service

ROOT = Path(__file__).resolve().parent.parent
MAX_LINES = 400

# Who may import whom. The first prefix that fits a module is its layer; a layer may
# import itself and what stands beside it ("*": anything in intake but the job queue).
LAYERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("intake.desk", ()),
    ("intake.mail", ("intake.desk",)),
    ("intake.ports", ("intake.desk", "intake.views")),
    ("intake.views", ("intake.desk",)),
    ("intake.folders", ()),
    ("intake.refusals", ()),
    # The table of channels, which the reader of the config asks. The channels themselves stand above both.
    ("intake.channels.registry", ("intake.config.keys", "intake.config.mailboxes")),
    ("intake.config", ("intake.desk", "intake.ports", "intake.folders", "intake.channels.registry")),
    (
        "intake.store",
        (
            "intake.desk",
            "intake.mail",
            "intake.ports",
            "intake.config",
            "intake.views",
            "intake.folders",
            "intake.refusals",
            "intake.runtime.pace",
        ),
    ),
    ("intake.dkim_keys", ("intake.ports",)),
    ("intake.runtime.pace", ()),
    ("intake.runtime.lease_owner", ()),
    ("intake.runtime.backoff", ()),
    ("intake.runtime.exhausted", ()),
    ("intake.runtime.pace", ()),
    ("intake.runtime.parse_sandbox", ("intake.desk", "intake.mail", "intake.ports")),
    ("intake.runtime.previews", ("intake.desk",)),
    (
        "intake.channels",
        (
            "intake.desk",
            "intake.mail",
            "intake.ports",
            "intake.config",
            "intake.folders",
            "intake.runtime.lease_owner",
            "intake.runtime.backoff",
            "intake.runtime.exhausted",
        ),
    ),
    (
        "intake.oauth",
        (
            "intake.desk",
            "intake.ports",
            "intake.views",
            "intake.config",
            "intake.channels.calls",
            "intake.runtime.lease_owner",
            "intake.runtime.backoff",
        ),
    ),
    (
        "intake.rendering",
        (
            "intake.desk",
            "intake.mail",
            "intake.ports",
            "intake.config",
            "intake.folders",
            "intake.runtime.previews",
        ),
    ),
    # It writes mails about the desk itself.
    (
        "intake.service.troubles",
        ("intake.desk", "intake.mail", "intake.ports", "intake.views", "intake.service"),
    ),
    ("intake.service.secret_scan", ("intake.desk", "intake.ports", "intake.views", "intake.service")),
    (
        "intake.service",
        (
            "intake.desk",
            "intake.ports",
            "intake.runtime.lease_owner",
            "intake.runtime.backoff",
            "intake.runtime.exhausted",
            "intake.runtime.pace",
            "intake.runtime.parse_sandbox",
        ),
    ),
    ("intake.runtime.deferred_previews", ("intake.ports", "intake.runtime.previews")),
    (
        "intake.web",
        (
            "intake.desk",
            "intake.mail",
            "intake.ports",
            "intake.views",
            "intake.config",
            "intake.folders",
            "intake.service",
            "intake.rendering",
            "intake.oauth.standing",
            "intake.origin.asking",
            "intake.app",
        ),
    ),
    (
        "intake.queue",
        (
            "intake.desk",
            "intake.ports",
            "intake.folders",
            "intake.refusals",
            "intake.service",
            "intake.runtime.deferred_previews",
            "intake.runtime.deferred_readings",
            "intake.runtime.clamd",
            "intake.runtime.clock_leap",
            "intake.config",
            "intake.channels.registry",
            "intake.oauth.telling",
            "intake.app",
            "intake.reports",
            "intake.recording",
            "intake.sealed",
            "intake.origin",
        ),
    ),
    ("intake.cli", ("*", "intake.queue")),
    ("intake", ("*",)),
)

# Each third-party library has one home, so that replacing it changes one place.
HOMES: dict[str, tuple[str, ...]] = {
    "flanker": ("intake.mail",),
    "chardet": ("intake.mail",),
    "justhtml": ("intake.mail",),
    "flufl": ("intake.mail",),
    "authres": ("intake.mail",),
    # The form asks it too, before there is a message that intake.mail could read.
    "filetype": ("intake.mail", "intake.web"),
    "nh3": ("intake.mail", "intake.web"),
    "holidays": ("intake.config.public_holidays",),
    "PIL": ("intake.runtime.previews", "intake.runtime.screen_text", "intake.runtime.file_child"),
    "pillow_heif": ("intake.runtime.previews", "intake.runtime.file_child"),
    "pyrage": ("intake.sealed.age",),
    "pypdfium2": ("intake.runtime.pdf_text",),
    "peewee": ("intake.store",),
    "psycopg": ("intake.store",),
    "playhouse": ("intake.store",),
    "pymysql": ("intake.imports.converters.mysql",),
    "obstore": ("intake.store.files.bucket",),
    "jinja2": ("intake.rendering",),
    "babel": ("intake.rendering.dates",),
    # Signing, verifying, and the command that tries both.
    "dkim": ("intake.mail", "intake.commands.dkim"),
    "dns": ("intake.commands.dkim", "intake.dkim_keys"),
    # The key of DKIM, and how tokens are sealed and proofs are signed.
    "cryptography": ("intake.commands.dkim", "intake.oauth", "intake.origin.keys", "intake.recording.key"),
    "imapclient": ("intake.channels.imap", "intake.testing"),
    "aiosmtpd": ("intake.channels", "intake.testing"),
    "flask": ("intake.web",),
    "werkzeug": ("intake.web",),
    "itsdangerous": ("intake.web",),
    "markupsafe": ("intake.web", "intake.rendering"),
    "waitress": ("intake.web",),
    "prometheus_client": ("intake.web.health",),
    "huey": ("intake.queue",),
    "redis": ("intake.queue",),
    "click": ("intake.cli", "intake.commands"),
    # What a terminal shows, and how wide a text in a mail is.
    "rich": ("intake.cli", "intake.commands", "intake.terminal", "intake.demo", "intake.rendering.listing"),
}

IMPURE = {
    "asyncio",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    "email.utils.formatdate",
    "email.utils.localtime",
    "email.utils.make_msgid",
    "input",
    "logging",
    "open",
    "os",
    "pathlib",
    "print",
    "random",
    "secrets",
    "shutil",
    "socket",
    "sqlite3",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib.request",
    "uuid",
}
# flanker logs what it cannot read, bodies included, and flufl.bounce the traceback of each failure: the one
# home of each turns that off.
ALLOWED = {("intake.mail.structure", "logging"), ("intake.mail.machines.bounces", "logging")}


def _modules() -> dict[str, Path]:
    found = {"intake.cli": ROOT / "cli.py"}
    for folder, package in ((ROOT / "intake", "intake"), (ROOT / "queue", "intake.queue")):
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            found[".".join((package, *(p for p in parts if p != "__init__")))] = path
    return {name: path for name, path in found.items() if path.exists()}


MODULES = _modules()


def _under(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(f"{prefix}.")


@cache
def _imports(name: str, path: Path) -> tuple[str, ...]:
    """Return each imported name in full; `from a import b` gives a.b, which may be a module or a value."""
    return tuple(_imported(name, path))


def _imported(name: str, path: Path) -> Iterator[str]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join((*package.split(".")[: len(package.split(".")) - node.level + 1], base))
            yield from (f"{base.strip('.')}.{alias.name}" for alias in node.names)


@cache
def _used(path: Path) -> frozenset[str]:
    """Return the dotted names that are imported or called, with import aliases undone."""
    return frozenset(_named(path))


def _named(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alias: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                alias[one.asname or one.name.partition(".")[0]] = one.name
                yield one.name
        elif isinstance(node, ast.ImportFrom):
            for one in node.names:
                alias[one.asname or one.name] = f"{node.module}.{one.name}"
                yield f"{node.module}.{one.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            head, *rest = ast.unparse(node.func).split(".")
            yield ".".join((alias.get(head, head), *rest))


def _layer(name: str) -> tuple[str, tuple[str, ...]]:
    return next(layer for layer in LAYERS if _under(name, layer[0]))


@each("name", sorted(MODULES))
def test_arrows_go_one_way(name: str) -> None:
    own, allowed = _layer(name)
    wrong = []
    for imported in _imports(name, MODULES[name]):
        if not _under(imported, "intake") or imported == "intake.__version__":
            continue
        inside = _under(imported, own) if own != "intake" else True
        listed = any(_under(imported, one) for one in allowed) or ("*" in allowed)
        queued = _under(imported, "intake.queue") and not _under(name, "intake.queue")
        if not (inside or listed) or (queued and "intake.queue" not in allowed):
            wrong.append(imported)
    assert wrong == [], f"{name} may import {own} and {allowed}"


@each("name", sorted(MODULES))
def test_each_library_is_imported_only_in_its_home(name: str) -> None:
    wrong = []
    for imported in _imports(name, MODULES[name]):
        library = imported.partition(".")[0]
        if library in sys.stdlib_module_names or library == "intake":
            continue
        if not any(_under(name, home) or name.startswith(f"{home}_") for home in HOMES.get(library, ())):
            wrong.append(imported)
    assert wrong == []


@each("name", sorted(n for n in MODULES if _under(n, "intake.desk") or _under(n, "intake.mail")))
def test_the_core_has_no_clock_no_chance_and_no_world(name: str) -> None:
    impure = {one for one in IMPURE if (name, one) not in ALLOWED}
    wrong = [used for used in _used(MODULES[name]) if any(_under(used, one) for one in impure)]
    assert wrong == []


@each("name", sorted(MODULES))
def test_a_file_is_short_enough_to_be_read(name: str) -> None:
    lines = len(MODULES[name].read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_LINES


# The parts of the store that a database keeps: what uses the store sees its port.
PARTS = {
    f"{name}.{node.name}"
    for name, path in MODULES.items()
    if name.startswith("intake.store.") and name.count(".") == 2
    for node in ast.parse(path.read_text(encoding="utf-8")).body
    if isinstance(node, ast.ClassDef) and (node.name.startswith("Sql") or node.name == "EffectWriter")
}
# Who opens a database, and hands it on for what only a database has: erasure, checks of files, reports.
OPENERS = ("intake.app", "intake.store")


@each("name", sorted(MODULES))
def test_who_uses_the_store_sees_its_port(name: str) -> None:
    parts = {f"intake.store.{part.rpartition('.')[2]}" for part in PARTS} | PARTS
    wrong = [one for one in _imports(name, MODULES[name]) if one in parts]
    assert [] == wrong or any(_under(name, one) for one in OPENERS), "intake.ports has what it needs"


def test_the_store_is_made_of_parts_and_none_is_made_of_the_others() -> None:
    """A part that inherits from another has all that the other can do; one that is given it says what for."""
    assert len(PARTS) > 12
    names = {part.rpartition(".")[2] for part in PARTS}
    for name in {part.rpartition(".")[0] for part in PARTS}:
        for node in ast.parse(MODULES[name].read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                assert not names & {ast.unparse(base) for base in node.bases}, f"{name}.{node.name}"


def test_every_concern_of_the_store_is_a_port_of_its_own() -> None:
    tree = ast.parse(MODULES["intake.ports.store"].read_text(encoding="utf-8"))
    (port,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    members = [node for node in port.body if isinstance(node, ast.FunctionDef)]
    concerns = [node.name for node in members if node.decorator_list]
    rest = {node.name for node in members if not node.decorator_list}
    assert {"ledger", "outbox", "tickets", "promises", "surveys", "upkeep"} <= set(concerns)
    assert {"transaction", "savepoint", "together", "remembering", "probe", "facts", "apply", "close"} == rest


@pytest.mark.parametrize("name", sorted(n for n in MODULES if _under(n, "intake.ports")))
def test_a_port_is_typed(name: str) -> None:
    source = MODULES[name].read_text(encoding="utf-8")
    assert "Any" not in {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}


def test_the_key_file_has_one_name() -> None:
    """Whoever backs it up, looks for it or makes it must mean the same file."""
    held = [
        name
        for name, path in MODULES.items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value == KEY_FILE
    ]
    assert ["intake.config.settings"] == held


def test_the_readers_above_see_what_they_should() -> None:
    assert "intake.desk.rules.table" in MODULES
    assert "intake.ports.Temporary" in set(
        _imports("intake.service.service", MODULES["intake.service.service"])
    )
    assert "datetime.datetime.now" in _used(MODULES["intake.service.service"])
    assert "random.uniform" in _used(MODULES["intake.service.service"])


@each("name", sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("intake/**/*.py")))
def test_a_module_uses_the_values_it_keeps_to_itself(name: str) -> None:
    """A name with a line before it is its module's own. What nobody there reads is left over from a move."""
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    kept = {
        one.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        for one in ast.walk(target)
        if isinstance(one, ast.Name) and one.id.startswith("_") and not one.id.startswith("__")
    }
    read = {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }

    assert set() == kept - read


def circles_of(arrows: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups that lead back to themselves (Tarjan's strongly connected components)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    circles = []

    def visit(name: str) -> None:
        order[name] = low[name] = len(order)
        path.append(name)
        for other in sorted(arrows[name]):
            if other not in order:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in path:
                low[name] = min(low[name], order[other])
        if low[name] == order[name]:
            group = path[path.index(name) :]
            del path[path.index(name) :]
            if len(group) > 1:
                circles.append(sorted(group))

    for name in sorted(arrows):
        if name not in order:
            visit(name)
    return circles


def arrows_between(modules: dict[str, Path]) -> dict[str, set[str]]:
    """Return which module imports which, within functions and for types included."""
    arrows: dict[str, set[str]] = {}
    for name, path in modules.items():
        seen = set()
        for imported in _imports(name, path):
            module = imported if imported in modules else imported.rpartition(".")[0]
            seen.add(module)
        arrows[name] = (seen & set(modules)) - {name}
    return arrows


def test_no_circle_of_imports() -> None:
    assert [] == circles_of(arrows_between(MODULES))


def test_a_circle_would_be_seen() -> None:
    arrows = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set(), "e": {"a"}}
    assert [["a", "b", "c"]] == circles_of(arrows)


@each("name", sorted(n for n, path in MODULES.items() if path.name == "__init__.py"))
def test_a_package_begins_with_words_and_names_and_no_code(name: str) -> None:
    if name == "intake":
        # It finds queue/, templates/ and cli.py beside itself in a checkout.
        return
    body = ast.parse(MODULES[name].read_text(encoding="utf-8")).body
    assert ast.get_docstring(ast.parse(MODULES[name].read_text(encoding="utf-8"))), name
    for node in body[1:]:
        assert isinstance(node, ast.Import | ast.ImportFrom) or (
            isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        ), ast.unparse(node)


def test_few_modules_lie_loose() -> None:
    loose = [path.name for path in (ROOT / "intake").glob("*.py")]
    assert len(loose) <= 10, loose


def _who_calls(names: tuple[str, ...], *on: str) -> set[str]:
    """Return the modules outside the stores in which one of these is called on what is called so."""
    return {
        name
        for name, path in MODULES.items()
        if not _under(name, "intake.store") and not _under(name, "intake.testing.memory")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names
        if {part.lstrip("_") for part in ast.unparse(node.func.value).split(".")} & set(on)
    }


def test_what_comes_in_has_one_door() -> None:
    doors = ("receive", "receive_post", "receive_request")
    # A part of the store may be called by its own name, too.
    assert {"intake.service.service"} == _who_calls(doors, "store", "ledger", "web", "database")


def test_what_is_decided_is_applied_in_one_place() -> None:
    assert {"intake.service.deciding"} == _who_calls(("apply",), "store", "database")


# What is done to a decision, and who alone may do it.
ROAD: dict[str, set[str]] = {
    "intake.desk.rules.table.PASSES": set(),
    "intake.desk.rules.table.conclude": {"intake.service.deciding"},
    "intake.desk.rules.table.decide": {"intake.service.deciding", "intake.commands.parse"},
    "intake.desk.rules.notifications.arrange": {"intake.desk.rules.passes"},
    "intake.desk.sla_clocks.with_promises": {"intake.desk.rules.passes"},
    "intake.desk.undo.held": {"intake.desk.rules.passes"},
}


@pytest.mark.parametrize("what", ROAD)
def test_a_decision_has_one_road(what: str) -> None:
    assert ROAD[what] == {name for name, path in MODULES.items() if what in _used(path)}


def test_a_service_is_never_changed() -> None:
    assert Service.__dataclass_params__.frozen  # type: ignore[attr-defined]
    changed = [
        f"{name}: {ast.unparse(target)}"
        for name, path in MODULES.items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute) and ast.unparse(target.value).rpartition(".")[2] == "service"
    ]
    assert [] == changed


@each("name", sorted(n for n in MODULES if _under(n, "intake.commands")))
def test_commands_ask_the_service_and_gather_no_facts(name: str) -> None:
    """`intake parse` alone decides by itself, where there is no database to ask."""
    own = {"intake.desk.facts.Facts", "intake.desk.rule_context.RuleContext", "intake.desk.tokens.Token"}
    assert set() == (own & _used(MODULES[name]) if name != "intake.commands.parse" else set())


# A function that is longer than MAX_CODE lines (without its docstring), or has more than MAX_BRANCHES, is
# read by nobody in one go. These stay, each for its reason.
MAX_CODE, MAX_BRANCHES = 60, 25
LONG = {
    "intake.commands.effects_in_words.sentence": "one match: a sentence for each effect",
    "intake.mail.addresses._split": "one walk over the characters of a list, whose state every step needs",
    "intake.mail.formats.rtf.pieces": "one walk over the tokens of a document, as above",
    "intake.mail.structure._part": "one part: each way in which a mail is broken has its line",
    "intake.store.apply.run": "one match: what each effect does to the database",
    "intake.store.facts.facts": "one question for each fact the rules may know, in one transaction",
    "intake.testing.memory.effects.one": "one match: what each effect does in memory",
    "intake.store.upkeep.erasure.erase": "one transaction: what is erased first tells what is erased next",
}
_BRANCHING = (
    ast.If,
    ast.IfExp,
    ast.For,
    ast.While,
    ast.ExceptHandler,
    ast.comprehension,
    ast.match_case,
)


def _code_and_branches(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[int, int]:
    """Return the lines without the docstring, and McCabe's number of ways through it."""
    lines = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function):
        lines -= (first.end_lineno or 0) - first.lineno + 1
    ways = 1
    for node in ast.walk(function):
        ways += isinstance(node, _BRANCHING)
        ways += len(node.values) - 1 if isinstance(node, ast.BoolOp) else 0
    return lines, ways


def test_a_function_can_be_read_in_one_go() -> None:
    over = set()
    for name, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines, ways = _code_and_branches(node)
                if lines > MAX_CODE or ways > MAX_BRANCHES:
                    over.add(f"{name}.{node.name}")

    assert set() == over - set(LONG), "split it, or say in LONG why it stays"
    assert set() == set(LONG) - over, "it is short by now: take it out of LONG"
    assert len(LONG) <= 8
