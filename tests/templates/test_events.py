"""What a ticket's history says is there in every language, although it is stored in English."""

import ast
import importlib
import re
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from each_case import each

from intake.desk.text.language import LANGUAGES
from intake.rendering.sayings import MAX_EVENT, event_in_language, events

ROOT = Path(__file__).resolve().parents[2]
OTHERS = [language for language in LANGUAGES if language != "en"]
# Functions that make the event of a text they are given: which argument it is, and what stands around it.
MAKERS = {"_event": (-1, "{}"), "_amended": (1, "{}, by 7"), "unmark": (1, "no longer spam: {}")}
# Where the text comes from elsewhere: what is said there stands in SAID.
ELSEWHERE = {
    ("_Application", "redact"),
    ("_Doing", "step"),
    ("", "_amended"),
    ("", "_event"),
    # Of a block; said.
    ("", "_told"),
    # Of secrets; said.
    ("", "_lines"),
    ("", "answered_directly"),
    ("", "_given"),
    ("", "merge"),
    ("", "quieted"),
    ("", "seal"),
    ("", "settle"),
    ("", "spam_thread"),
    # Of an incident; said.
    ("", "step"),
    ("", "survey"),
}
SAID = [
    "Anna wrote to lin@customer.example directly; it was not sent again",
    "@evil.example blocked, by Anna",
    "closed at once by rule newsletters",
    "@evil.example no longer blocked, by Anna",
    "closed by the requester",
    "assigned to Wei of team billing by Anna",
    "assigned to team billing by Anna",
    "assigned to nobody by Anna",
    "assigned to Wei automatically (round robin)",
    "assigned to Wei automatically (least loaded)",
    "assigned to nobody: Anna is out of office",
    "escalated by Wei: angry",
    "Escalated to team billing by Anna: late",
    "Escalation 3 acknowledged by Anna",
    "Escalation 3 resolved by Anna: done",
    "#3 (Lost coins) was merged into this ticket by Wei. Not added: a@b.example",
    "no longer spam: assigned to Wei by Anna",
    "no longer spam: brought back by Anna",
    "kept as spam: our own mail server marked it as spam (X-Spam: yes)",
    "a message was kept and nobody was notified: our own mail server marked it as spam (X-Spam: yes) and its "
    "sender is not part of the ticket",
    "a file is not sent on: a virus scanner reported Eicar-Signature",
    "step wallet is done, by Wei",
    "step police is not needed: they report it themselves, by Wei",
    "step police is to be done, by Wei",
    "tags: none, by Wei",
    "survey on, by Wei",
    "survey off, by Wei",
    "Survey: 5 of 5.",
    "snoozed until Monday, 2026-12-24 09:00 CET, by Wei",
    "Survey: 1 of 5. The requester wrote: closed by Wei",
    "redacted: 2 seed phrases, 1 private key, by Anna",
    "sealed: 2 seed phrases, 1 private key",
    "redacted: 1 sealed original, by Anna",
    "hidden in the text: seed phrase, 12 words",
    "hidden in a file's name: private key",
    "nothing was redacted: no secret was found, by Anna",
    "75% of the time for the first response has passed, due 2026-12-24 09:00 CET. Notified: Wei, Anna.",
    "75% of the time for the next response has passed. Assigned to team billing. Notified: Wei.",
    "75% of the time for the resolution has passed. Unassigned. There was nobody to notify.",
    "75% of the time for the resolution has passed. It was unassigned. Not notified, because the hourly "
    "alert limit was reached: Wei.",
    "75% of the time for the resolution has passed. Notified in one email with others, because the hourly "
    "alert limit was reached: Wei.",
    "75% of the time for the resolution has passed. Its priority is now urgent.",
    "75% of the time for the resolution has passed. Its priority is already high.",
    "75% of the time for the resolution has passed. The requester was not notified: mail to this address "
    "failed: 5.1.1.",
    "75% of the time for the resolution has passed. The requester was told to expect a reply by 2026-12-24 "
    "09:00 CET.",
    "75% of the time for the resolution has passed. Paged: the webhook, Wei.",
]  # fmt: skip
# English that no other language has, names and values of the samples apart.
ENGLISH = re.compile(
    r"\b(?:by|the|was|were|of|to|with|is|not|from|until|assigned|closed|opened|notified|priority|team)\b",
    re.IGNORECASE,
)


def _modules() -> Iterator[tuple[ast.Module, ModuleType]]:
    for path in sorted([*ROOT.glob("intake/desk/**/*.py"), *ROOT.glob("intake/s*/**/*.py")]):
        text = path.read_text("utf-8")
        if "EVENT" in text and "AddEntry" in text:
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield ast.parse(text), importlib.import_module(name)


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield "", node
        if isinstance(node, ast.ClassDef):
            yield from ((node.name, part) for part in node.body if isinstance(part, ast.FunctionDef))


def _texts(function: ast.FunctionDef) -> Iterator[tuple[ast.expr, str]]:
    """Yield what is said in each event that a function makes, and what its maker puts around that."""
    for node in ast.walk(function):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id == "AddEntry" and len(node.args) > 3 and "EVENT" in ast.dump(node.args[1]):
            yield node.args[3], "{}"
        if node.func.id in MAKERS:
            place, around = MAKERS[node.func.id]
            yield node.args[place], around


def _samples(text: ast.expr, function: ast.FunctionDef, module: ModuleType) -> Iterator[str]:
    """Yield English sentences that this expression may become, nothing for what cannot be known here."""
    if isinstance(text, ast.Constant):
        yield str(text.value)
    elif isinstance(text, ast.JoinedStr):
        yield "".join(_piece(part, module) for part in text.values)
    elif isinstance(text, ast.Call) and isinstance(text.func, ast.Name) and text.func.id == "said":
        values = {str(word.arg): _value(word.value, module) for word in text.keywords}
        yield str(ast.literal_eval(text.args[0])).format(**values)
    elif isinstance(text, ast.Name):
        for node in ast.walk(function):
            targets = node.targets if isinstance(node, ast.Assign) else ()
            if any(isinstance(target, ast.Name) and target.id == text.id for target in targets):
                assert isinstance(node, ast.Assign)
                yield from _samples(node.value, function, module)


def _piece(part: ast.expr, module: ModuleType) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    assert isinstance(part, ast.FormattedValue)
    if part.format_spec is not None and "%A" in ast.dump(part.format_spec):
        return "Monday, 2026-12-24 09:00 CET"
    return _value(part.value, module)


def _value(part: ast.expr, module: ModuleType) -> str:
    written = ast.unparse(part)
    # A constant of the module is what it is; anything else may be anything.
    return str(eval(written, vars(module))) if re.match(r"[A-Z_]+\b(?![.(])", written) else "7"


def test_every_event_of_a_history_has_a_template_in_every_language() -> None:
    unknown = {
        (owner, function.name)
        for tree, module in _modules()
        for owner, function in _functions(tree)
        for text, around in _texts(function)
        for sample in list(_samples(text, function, module)) or [""]
        if not sample or event_in_language(around.format(sample), "de") == around.format(sample)
    }
    # Whoever stands in ELSEWHERE for nothing is taken out of it.
    assert unknown == ELSEWHERE


@each("text", SAID)
@each("language", ["de", "zh-Hans"])
def test_an_event_is_read_in_the_agents_language(text: str, language: str) -> None:
    shown = event_in_language(text, language)
    foreign = re.sub("closed by Wei|billing|X-Spam: yes|webhook|E-Mail", "", shown)
    if language == "de":
        # These are German as well.
        foreign = re.sub(r"\b(?:Team|was)\b", "", foreign)
    assert not ENGLISH.search(foreign), shown


def test_every_template_is_there_in_every_language_with_its_values() -> None:
    odd = [
        (template, language)
        for template, table in events().items()
        for language in OTHERS
        if language not in table
        or set(re.findall(r"\{[a-z]+\}", table[language])) != set(re.findall(r"\{[a-z]+\}", template))
    ]
    assert [] == odd


def test_what_a_customer_wrote_in_an_event_stays_as_it_is() -> None:
    shown = event_in_language("Survey: 1 of 5. The requester wrote: closed by Wei", "de")
    assert shown == "Umfrage: 1 von 5. Der Kunde schrieb: closed by Wei"


def test_an_event_that_nobody_knows_and_english_stay_as_they_are() -> None:
    assert event_in_language("something else", "de") == "something else"
    assert event_in_language("closed by Wei", "en") == "closed by Wei"


def test_a_long_event_costs_no_time() -> None:
    began = time.perf_counter()
    for filler in (" by ", "#1 (", " wrote to ", ". Not added: "):
        event_in_language((filler * MAX_EVENT)[:MAX_EVENT], "de")
    assert time.perf_counter() - began < 2
